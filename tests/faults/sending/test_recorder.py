"""What came back from the provider, and can't be put on record."""

import contextlib
from collections.abc import Iterator

import pytest

from ..system import System, messages, number
from ..workers import OrderFailed, Worker

COUNT = 100


def test_a_message_that_cannot_be_recorded_takes_no_other_along(
    system: System, worker: Worker
) -> None:
    worker.queue(messages(COUNT))

    with refused(system, number(13)):
        worker("dispatch")

    assert system.states() == {"pending": COUNT - 1, "process": 1}
    assert system.accepted() == COUNT
    [error] = [line for line in worker.errors() if "put on record" in line]
    assert "can't be put on record: DataException" in error
    system.end_leases()
    worker("dispatch")
    assert system.judge() == {"pending": COUNT - 1, "unknown": 1}


def test_nothing_is_sent_without_a_connection_to_record_on(
    system: System, worker: Worker
) -> None:
    worker.queue(messages(COUNT))
    # the cron's, and one more
    worker("set_connections", most=2)
    with pytest.raises(OrderFailed):
        worker("dispatch")
    assert system.judge() == {"outgoing": COUNT}
    assert system.admin.summary()["requests"] == 0


def test_what_was_sent_is_recorded_without_a_connection_to_publish_it(
    system: System, worker: Worker
) -> None:
    worker.queue(messages(COUNT))
    worker("set_connections", most=3)
    worker("dispatch")
    assert system.judge() == {"pending": COUNT}
    assert "Results are published later" in worker.log.read_text()


@contextlib.contextmanager
def refused(system: System, recipient: str) -> Iterator[None]:
    """Let the database refuse that a message to ``recipient`` becomes pending."""
    system.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE data_exception; END $$"
    )
    system.sql(
        "CREATE TRIGGER refuse BEFORE UPDATE ON sms_sms FOR EACH ROW WHEN"
        f" (NEW.state = 'pending' AND NEW.number = '{recipient}')"
        " EXECUTE FUNCTION refuse()"
    )
    try:
        yield
    finally:
        system.sql("DROP FUNCTION refuse() CASCADE")
