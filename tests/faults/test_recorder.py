"""What came back from the provider, and can't be put on record."""

import contextlib
from collections.abc import Iterator

import pytest

from .house import House, messages, number
from .workers import OrderFailed, Worker

COUNT = 100


def test_a_message_that_cannot_be_recorded_takes_no_other_along(
    house: House, worker: Worker
) -> None:
    worker.queue(messages(COUNT))

    with refused(house, number(13)):
        worker("dispatch")

    assert house.states() == {"pending": COUNT - 1, "process": 1}
    assert house.accepted() == COUNT
    [error] = [line for line in worker.errors() if "put on record" in line]
    assert "can't be put on record: DataException" in error
    house.end_leases()
    worker("dispatch")
    assert house.judge() == {"pending": COUNT - 1, "unknown": 1}


def test_nothing_is_sent_without_a_connection_to_record_on(
    house: House, worker: Worker
) -> None:
    worker.queue(messages(COUNT))
    # the cron's, and one more
    worker("set_connections", most=2)
    with pytest.raises(OrderFailed):
        worker("dispatch")
    assert house.judge() == {"outgoing": COUNT}
    assert house.admin.summary()["requests"] == 0


def test_what_was_sent_is_recorded_without_a_connection_to_publish_it(
    house: House, worker: Worker
) -> None:
    worker.queue(messages(COUNT))
    worker("set_connections", most=3)
    worker("dispatch")
    assert house.judge() == {"pending": COUNT}
    assert "Results are published later" in worker.log.read_text()


@contextlib.contextmanager
def refused(house: House, recipient: str) -> Iterator[None]:
    """Let the database refuse that a message to ``recipient`` becomes pending."""
    house.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE data_exception; END $$"
    )
    house.sql(
        "CREATE TRIGGER refuse BEFORE UPDATE ON sms_sms FOR EACH ROW WHEN"
        f" (NEW.state = 'pending' AND NEW.number = '{recipient}')"
        " EXECUTE FUNCTION refuse()"
    )
    try:
        yield
    finally:
        house.sql("DROP FUNCTION refuse() CASCADE")
