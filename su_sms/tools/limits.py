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
def of_one(cr, what):
    """Let ``count_of_one`` count from here to the end of this, whatever is within."""
    data, key = cr.postcommit.data, _key(what)
    if key in data:
        yield
        return
    data[key] = 0
    try:
        yield
    finally:
        data.pop(key, None)


def count_of_one(cr, what, more=1):
    """Return how many of something there were in the outermost ``of_one``, with these.

    Outside of any it is none.
    """
    data, key = cr.postcommit.data, _key(what)
    if key not in data:
        return 0
    data[key] += more
    return data[key]


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
