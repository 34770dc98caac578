"""What leads to the provider is changed while requests are under way."""

from ..system import SIDE_BY_SIDE, System, messages, until
from ..workers import Worker

KEY = "atsk_new"


def test_a_key_that_is_replaced_while_requests_are_under_way_is_used_at_once(
    system: System, workers
) -> None:
    dispatcher, administrator = workers(2)
    system.admin.settings(accounts={"sandbox": KEY}, latency_ms=3000)
    dispatcher.queue(sms := messages(3 * SIDE_BY_SIDE))

    dispatcher.start("run_cron")
    until(lambda: system.admin.summary()["in_flight"], "requests with the old key")
    replace_key(system, administrator)
    system.admin.settings(latency_ms=0)
    dispatcher.result()

    assert system.judge() == {"pending": len(sms)}
    assert system.sql("SELECT hold_reason FROM sms_gateway_config") == [(None,)]
    assert not system.sql("SELECT id FROM mail_activity"), "somebody was told"


def replace_key(system: System, administrator: Worker) -> None:
    """Paste the new key and save."""
    administrator("begin")
    administrator(
        "write",
        model="sms.gateway.config",
        ids=[system.gateway],
        values={"api_key": KEY},
    )
    administrator("commit")
