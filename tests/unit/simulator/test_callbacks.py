"""What AT posts to the application, as forms, until the answer is 200."""

import json
from urllib.parse import parse_qsl

import pytest

from tests.simulator.account.numbers import SCRIPTS
from tests.simulator.callbacks import pause
from tests.simulator.process import SimulatorError

NUMBER = "+254706318147"


def first_id(admin, number=NUMBER):
    return admin.ledger(number)[0]["id"]


def tried(admin, *states):
    return [
        callback
        for callback in admin.callbacks()
        if callback["attempts"] and (not states or callback["state"] in states)
    ]


def test_a_report_looks_like_a_real_one(client, admin, application, eventually):
    admin.settings(
        profile="live",
        report_script=[{"status": "Failed", "failureReason": "DeliveryFailure"}],
    )
    client.send(NUMBER, username="university")
    (path, headers, body) = eventually(lambda: application.posts)[0]
    assert path == "/delivery"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body.startswith("phoneNumber=%2B254706318147&")
    assert dict(parse_qsl(body)) == {
        "phoneNumber": NUMBER,
        "failureReason": "DeliveryFailure",
        "retryCount": "0",
        "id": first_id(admin),
        "status": "Failed",
        "networkCode": "63902",
    }


def test_the_sandbox_network(client, application, eventually):
    client.send(NUMBER)
    eventually(lambda: application.posts)
    assert application.fields()[0]["networkCode"] == "99999"


def test_one_message_a_post(client, admin, application, eventually):
    numbers = [f"+2547123456{n:02d}" for n in range(20)]
    client.send(",".join(numbers))
    eventually(lambda: len(application.posts) == 20)
    ids = {message["id"]: message["number"] for message in admin.ledger()}
    assert {f["id"]: f["phoneNumber"] for f in application.fields()} == ids


def test_a_script_in_its_order(client, admin, application, eventually):
    # Far enough apart to arrive in their order on a busy machine, too.
    script = ["Sent", {"status": "Submitted", "delay_ms": 300}, "Success"]
    admin.settings(report_script=script, report_delay_ms=250)
    client.send(NUMBER)
    eventually(lambda: len(application.posts) == 3)
    statuses = [fields["status"] for fields in application.fields()]
    assert statuses == ["Sent", "Submitted", "Success"]
    assert admin.ledger()[0]["reports"] == statuses


@pytest.mark.parametrize("number, steps", SCRIPTS.items())
def test_numbers_with_a_script_of_their_own(
    client, admin, application, eventually, number, steps
):
    client.send(f"{number},{NUMBER}")
    eventually(lambda: len(application.posts) == len(steps) + 1)
    mine = [f for f in application.fields() if f["phoneNumber"] == number]
    assert [f["status"] for f in mine] == [step.status for step in steps]
    for fields, step in zip(mine, steps, strict=True):
        assert step.fields.items() <= fields.items()


def test_a_report_can_come_before_the_answer(client, admin, application, eventually):
    admin.settings(latency_ms=60_000, report_delay_ms=0)
    client.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        client.send(NUMBER)
    eventually(lambda: application.fields())


def test_no_url_no_report(client, admin):
    client.send(NUMBER)
    assert admin.callbacks() == []
    with pytest.raises(SimulatorError, match="no URL is set for delivery"):
        admin.report(first_id(admin), "Success")


def test_tried_until_200(client, admin, application, eventually):
    admin.settings(callback_speed=1000)
    application.answers["/delivery"] = [500, 302, 404, 201]
    client.send(NUMBER)
    eventually(lambda: tried(admin, "delivered"))
    assert admin.callbacks()[0]["attempts"] == [500, 302, 404, 201, 200]
    assert len({body for _, _, body in application.posts}) == 1


def test_given_up_after_ten_minutes(client, admin, application, eventually):
    admin.settings(callback_speed=2000)
    application.answers["/delivery"] = [503] * 50
    client.send(NUMBER)
    eventually(lambda: tried(admin, "given up"))
    assert set(admin.callbacks()[0]["attempts"]) == {503}


def test_nobody_there(client, admin, application, eventually):
    application.server.shutdown()
    application.server.server_close()
    client.send(NUMBER)
    (callback,) = eventually(lambda: tried(admin))
    assert callback["attempts"][0] == "ClientConnectorError"
    assert application.url not in json.dumps(callback)


@pytest.mark.parametrize(
    "attempts, elapsed, expected",
    [
        (1, 0.0, 1.0),
        (2, 1.0, 2.0),
        (6, 31.0, 32.0),
        (7, 63.0, 60.0),
        (15, 540.0, 60.0),
        (16, 541.0, None),
        (16, 600.0, None),
    ],
)
def test_the_pauses_add_up_to_ten_minutes(attempts, elapsed, expected):
    assert pause(attempts, elapsed) == expected


def test_reports_by_hand(client, admin, application):
    admin.settings(report_script=[])
    client.send(NUMBER)
    known = admin.report(first_id(admin), "Success", wait=5)
    assert known["attempts"] == [200]
    assert application.fields()[0]["phoneNumber"] == NUMBER
    admin.report("ATXid_unknown", "Whatever", wait=5, requestId="r", retryCount="2")
    last = application.fields()[1]
    assert last["id"] == "ATXid_unknown"
    assert (last["status"], last["requestId"]) == ("Whatever", "r")
    assert last["retryCount"] == "2"


def test_incoming(admin, application):
    admin.incoming(NUMBER, "22334", "Habari 👋", wait=5, cost="KES 1.00")
    (fields,) = application.fields("/incoming")
    assert {"linkId", "id", "date"} < set(fields)
    known = {name: fields[name] for name in ("from", "to", "text", "cost")}
    assert known == {
        "from": NUMBER,
        "to": "22334",
        "text": "Habari 👋",
        "cost": "KES 1.00",
    }


def test_incoming_takes_any_date_format(admin, application):
    admin.incoming(NUMBER, "22334", "STOP", wait=5, date="2017-05-03 06:04:45")
    assert application.fields("/incoming")[0]["date"] == "2017-05-03 06:04:45"


def test_what_is_written_to_a_shared_code_comes_by_its_keyword(admin, application):
    admin.settings(shared_codes={"20880": ["STRATH"]})
    admin.incoming(NUMBER, "20880", "strath STOP", wait=5)
    assert admin.incoming(NUMBER, "20880", "STRATHMORE STOP", wait=5) is None
    assert admin.incoming(NUMBER, "20880", "STOP", wait=5) is None
    admin.settings(strip_keyword=True)
    admin.incoming(NUMBER, "20880", "STRATH  STOP", wait=5)
    texts = [fields["text"] for fields in application.fields("/incoming")]
    assert texts == ["strath STOP", "STOP"]


def test_optout(admin, application):
    admin.optout(NUMBER, "UNIVERSITY", wait=5)
    assert application.fields("/optout") == [
        {"senderId": "UNIVERSITY", "phoneNumber": NUMBER}
    ]


def test_subscription(admin, application):
    admin.subscription(phoneNumber=NUMBER, shortCode="22334", keyword="k", wait=5)
    assert application.fields("/subscription") == [
        {
            "phoneNumber": NUMBER,
            "shortCode": "22334",
            "keyword": "k",
            "updateType": "addition",
        }
    ]


def test_reset_forgets_what_waits(client, admin, application, eventually):
    admin.settings(report_delay_ms=60_000)
    client.send(NUMBER)
    admin.reset()
    assert admin.callbacks() == []
    admin.settings(callbacks={"delivery": f"{application.url}/delivery"})
    client.send(NUMBER)
    eventually(lambda: len(application.posts) == 1)
    assert json.dumps(admin.callbacks()).count("delivered") == 1
