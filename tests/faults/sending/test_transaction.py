"""What a transaction of the caller's sends: nothing before its commit, then once."""

from ..system import System, messages, until
from ..workers import Worker

ROWS = messages(7)
# Of the queue's job: Odoo's own may be triggered at any time.
TRIGGERS = """
    SELECT count(*) FROM ir_cron_trigger
     WHERE cron_id = (SELECT res_id FROM ir_model_data
                       WHERE module = 'su_sms' AND name = 'ir_cron_outbox')
"""


def test_a_rolled_back_transaction_sends_and_leaves_nothing(
    system: System, worker: Worker
) -> None:
    triggers = system.sql(TRIGGERS)

    worker("begin")
    worker("send", rows=ROWS)
    worker("rollback")
    worker("dispatch")

    assert system.admin.summary()["requests"] == 0
    assert system.states() == {}
    assert system.sql(TRIGGERS) == triggers


def test_a_committed_transaction_sends_once_and_only_after_its_commit(
    system: System, worker: Worker
) -> None:
    worker("begin")
    worker("send", rows=ROWS)
    assert system.admin.summary()["requests"] == 0

    worker("commit")
    until(lambda: system.states() == {"pending": len(ROWS)}, "what was committed", 10)
    assert system.judge() == {"pending": len(ROWS)}

    worker("dispatch")
    assert system.accepted() == len(ROWS)


def test_a_process_killed_before_its_commit_sends_and_leaves_nothing(
    system: System, worker: Worker
) -> None:
    worker("begin")
    worker("send", rows=ROWS)
    worker.kill()

    assert system.admin.summary()["requests"] == 0
    assert system.states() == {}


def test_a_serialization_failure_that_odoo_retries_sends_once(
    system: System, worker: Worker
) -> None:
    [(partner,)] = system.sql("SELECT min(id) FROM res_partner")

    worker.start("send_retried", rows=ROWS, partner=partner)
    worker.result("waiting")
    system.sql("UPDATE res_partner SET ref = 'another' WHERE id = %s", [partner])
    assert system.admin.summary()["requests"] == 0
    worker.go_on()

    assert worker.result() == 2
    until(lambda: system.states() == {"pending": len(ROWS)}, "what was committed", 10)
    assert system.judge() == {"pending": len(ROWS)}
    assert system.sql("SELECT ref FROM res_partner WHERE id = %s", [partner]) == [
        ("try 2",)
    ]
