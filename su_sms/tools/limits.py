"""How much one transaction does of what takes long: its caller may name very many.

It is remembered beside what is done after the commit. What Odoo keeps for before it is
emptied by every savepoint.
"""

from contextlib import contextmanager
from time import monotonic


def seconds_left(cr, what, seconds):
    """Return how long there is time for something, counted from the first question.

    :param seconds: for all of it in the transaction
    """
    now = monotonic()
    return cr.postcommit.data.setdefault(_key(what), now + seconds) - now


def count(cr, what, more=1):
    """Return how many of something there were in the transaction, with these."""
    data = cr.postcommit.data
    data[_key(what)] = data.get(_key(what), 0) + more
    return data[_key(what)]


@contextmanager
def taking(cr, what):
    """Add what is done within to the time that something has taken."""
    began = monotonic()
    try:
        yield
    finally:
        count(cr, what, monotonic() - began)


def _key(what):
    return f"su_sms.{what}"
