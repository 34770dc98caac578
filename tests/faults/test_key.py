"""What leads to the provider is changed while requests are under way."""

from .house import SIDE_BY_SIDE, House, messages, until
from .workers import Worker

KEY = "atsk_new"


def test_a_key_that_is_replaced_while_requests_are_under_way_is_used_at_once(
    house: House, workers
) -> None:
    dispatcher, administrator = workers(2)
    house.admin.settings(accounts={"sandbox": KEY}, latency_ms=3000)
    dispatcher.queue(sms := messages(3 * SIDE_BY_SIDE))

    dispatcher.start("run_cron")
    until(lambda: house.admin.summary()["in_flight"], "requests with the old key")
    replace_key(house, administrator)
    house.admin.settings(latency_ms=0)
    dispatcher.result()

    assert house.judge() == {"pending": len(sms)}
    assert house.sql("SELECT hold_reason FROM sms_gateway_config") == [(None,)]
    assert not house.sql("SELECT id FROM mail_activity"), "somebody was told"


def replace_key(house: House, administrator: Worker) -> None:
    """Paste the new key and save."""
    administrator("begin")
    administrator(
        "write",
        model="sms.gateway.config",
        ids=[house.gateway],
        values={"api_key": KEY},
    )
    administrator("commit")
