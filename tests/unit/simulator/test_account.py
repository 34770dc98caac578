"""What the account remembers: money, senders, numbers, the ledger."""

import json

import phonenumbers
import pytest

from tests.simulator.account.numbers import REFUSED, SCRIPTS, STATUS_NAMES
from tests.simulator.process import SimulatorError

NUMBERS = [f"+2547123456{n:02d}" for n in range(10)]


def recipients(response):
    return json.loads(response.content)["SMSMessageData"]["Recipients"]


@pytest.mark.parametrize("number", [*REFUSED, *SCRIPTS])
def test_magic_numbers_are_valid_mobiles(number):
    parsed = phonenumbers.parse(number)
    assert phonenumbers.is_valid_number(parsed)
    assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


@pytest.mark.parametrize("number, code", REFUSED.items())
def test_refused_numbers(client, admin, number, code):
    assert recipients(client.send(number)) == [
        {
            "cost": "0",
            "messageId": "None",
            "number": number,
            "status": STATUS_NAMES[code],
            "statusCode": code,
        }
    ]
    assert admin.summary()["accepted"] == 0


@pytest.mark.parametrize("number", ["0712345678", "254712345678", "", " +254712345678"])
def test_only_e164_is_a_number_and_anything_else_is_echoed(client, number):
    (recipient,) = recipients(client.send(number))
    assert (recipient["number"], recipient["statusCode"]) == (number, 403)


def test_balance_falls_by_parts(client, admin):
    admin.settings(balance=10, price="0.5")
    client.send(",".join(NUMBERS[:2]), "x" * 161)
    client.send(NUMBERS[0], "é" * 70 + "漢")
    assert admin.settings()["balance"] == "7.0000"


def test_a_spent_balance_refuses_the_rest(client, admin):
    admin.settings(balance="2.4", price="0.8")
    codes = [r["statusCode"] for r in recipients(client.send(",".join(NUMBERS[:5])))]
    assert codes == [101, 101, 101, 405, 405]
    assert admin.settings()["balance"] == "0.0000"
    assert admin.summary()["accepted"] == 3


def test_senders(client, admin):
    admin.settings(senders=["REGISTERED", "ONEANDTWELVE"])
    for sender, accepted in (
        ("REGISTERED", 1),
        ("ELSE", 0),
        ("ONEANDTWELVE", 0),
        (None, 1),
    ):
        assert len(recipients(client.send(**{"from": sender}))) == accepted
    assert [m["sender"] for m in admin.ledger()] == ["REGISTERED", "AFRICASTKNG"]


def test_duplicates_go_out_twice_unless_collapsed(client, admin):
    twice = f"{NUMBERS[0]},{NUMBERS[0]}"
    assert len(recipients(client.send(twice))) == 2
    assert admin.summary()["most_repeated"] == 2
    admin.reset()
    admin.settings(collapse_duplicates=True)
    assert len(recipients(client.send(twice))) == 1


def test_idempotency_key_is_ignored_unless_honoured(client, admin):
    key = {"Idempotency-Key": "one"}
    client.send(headers=key)
    client.send(headers=key)
    assert admin.summary()["accepted"] == 2
    admin.reset()
    admin.settings(honour_idempotency=True)
    first, second = client.send(headers=key), client.send(headers=key)
    assert first.content == second.content
    assert [m["idempotency_key"] for m in admin.ledger()] == ["one"]


def test_who_opted_out_is_refused_for_that_sender(client, admin):
    admin.optout(NUMBERS[0], "UNIVERSITY")
    admin.optout(NUMBERS[1])
    both = ",".join(NUMBERS[:2])
    codes = {
        sender: [r["statusCode"] for r in recipients(client.send(both, **sent))]
        for sender, sent in (("own", {"from": "UNIVERSITY"}), ("other", {}))
    }
    assert codes == {"own": [406, 406], "other": [101, 406]}


def test_the_ledger_knows_every_message(client, admin):
    client.send(",".join(NUMBERS), "one", headers={"Idempotency-Key": "k"})
    client.send(NUMBERS[3], "one")
    client.send(NUMBERS[3], "مرحبا 👋")
    summary = admin.summary()
    counts = ("accepted", "distinct", "most_repeated", "numbers", "requests")
    assert [summary[name] for name in counts] == [12, 11, 2, 10, 3]
    assert summary["statuses"] == {"201": 3}
    ledger = admin.ledger()
    assert [m["sequence"] for m in ledger] == list(range(1, 13))
    assert len({m["id"] for m in ledger}) == 12
    assert ledger[0]["idempotency_key"] == "k"
    assert [m["text"] for m in admin.ledger(NUMBERS[3])] == ["one", "one", "مرحبا 👋"]
    assert admin.ledger(limit=2, offset=10) == ledger[10:]
    admin.clear_ledger()
    assert admin.ledger() == [] and admin.requests() == []


def test_requests_are_on_record_without_the_key(simulator, client, admin):
    client.send(",".join(NUMBERS))
    client.send(NUMBERS[0], headers={"apiKey": "another secret"})
    first, second = admin.requests()
    assert (first["recipients"], first["accepted"], first["status"]) == (10, 10, 201)
    assert (second["accepted"], second["status"]) == (0, 401)
    assert first["peer"] == second["peer"]
    shown = json.dumps([first, second, admin.settings()])
    assert simulator.api_key not in shown and "another secret" not in shown


def test_reset_takes_the_start_settings_again(client, admin):
    start = admin.settings()
    admin.settings(profile="live", price=3, latency_ms=1, senders=["X"])
    admin.fault("xml", times=None)
    admin.reset()
    assert admin.settings() == start
    assert admin.faults() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"profile": "moon"},
        {"balance": "much"},
        {"balance": -1},
        {"latency_ms": "1"},
        {"senders": "X"},
        {"accounts": []},
        {"callbacks": {"other": "http://localhost"}},
        {"report_script": [{}]},
        {"callback_speed": 0},
        {"collapse_duplicates": 1},
        {"nonsense": 1},
    ],
)
def test_settings_that_make_no_sense_change_nothing(admin, changes):
    start = admin.settings()
    with pytest.raises(SimulatorError, match="error"):
        admin.settings(price=7, **changes)
    assert admin.settings() == start
