"""The bytes of recorded exchanges, ids apart; sources: docs/africastalking.md."""

import json
import re
from urllib.parse import urlencode

import pytest

FORM = "application/x-www-form-urlencoded"
ID = re.compile(rb"ATXid_[0-9a-f]{32}")
NUMBER = "+254700072929"
ONE_SENT = (
    b'{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: USD 0.0079 Message parts:'
    b' 1","Recipients":[{"cost":"KES 0.8000","messageId":"<id>",'
    b'"number":"+254700072929","status":"Success","statusCode":%d}]}}'
)
INVALID_SENDER = b'{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}'
SANDBOX = [
    ({}, ONE_SENT % 101),
    ({"enqueue": "1"}, ONE_SENT % 102),
    ({"enqueue": "0"}, ONE_SENT % 101),
    ({"from": "INVALID_SENDER"}, INVALID_SENDER),
    ({"from": "UNKNOWN"}, INVALID_SENDER),
    (
        {"bulkSMSMode": "0", "from": "22334", "keyword": "k"},
        b'{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"cost":"0",'
        b'"messageId":"<id>","number":"+254700072929","status":"Success",'
        b'"statusCode":102}]}}',
    ),
]
LIVE_ONE = (
    b'{"cost":"KES 0.8000","messageId":"<id>","messageParts":1,"number":"%s",'
    b'"status":"Success","statusCode":%d}'
)
LIVE = [
    (
        {"to": "+254790904509,+254700072929", "enqueue": "0"},
        b'{"SMSMessageData":{"Message":"Sent to 2/2 Total Cost: KES 1.6000",'
        b'"Recipients":[%s,%s]}}'
        % (
            LIVE_ONE % (b"+254790904509", 101),
            LIVE_ONE % (b"+254700072929", 101),
        ),
    ),
    (
        {"message": "x" * 700},
        b'{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: KES 4.0000",'
        b'"Recipients":[{"cost":"KES 4.0000","messageId":"<id>","messageParts":5,'
        b'"number":"+254700072929","status":"Success","statusCode":100}]}}',
    ),
    (
        {"to": "+254700000406"},
        b'{"SMSMessageData":{"Message":"Sent to 0/1 Total Cost: 0","Recipients":'
        b'[{"cost":"0","messageId":"None","number":"+254700000406",'
        b'"status":"UserInBlacklist","statusCode":406}]}}',
    ),
    (
        {"to": "07035361770"},
        b'{"SMSMessageData":{"Message":"Sent to 0/1 Total Cost: 0","Recipients":'
        b'[{"cost":"0","messageId":"None","number":"07035361770",'
        b'"status":"InvalidPhoneNumber","statusCode":403}]}}',
    ),
    (
        {"to": "+254700072929,+254700000404"},
        b'{"SMSMessageData":{"Message":"Sent to 1/2 Total Cost: KES 0.8000",'
        b'"Recipients":[%s,{"cost":"0","messageId":"None",'
        b'"number":"+254700000404","status":"UnsupportedNumberType",'
        b'"statusCode":404}]}}' % (LIVE_ONE % (b"+254700072929", 100)),
    ),
]


def without_ids(body):
    return ID.sub(b"<id>", body)


def check_sent(response, body):
    assert response.status == 201
    assert response.getheader("Content-Type") == "application/json"
    assert response.getheader("Server") == "akka-http/10.2.10"
    assert without_ids(response.content) == body


@pytest.mark.parametrize("fields, body", SANDBOX)
def test_sandbox_send(client, fields, body):
    check_sent(client.send(**{"to": NUMBER, **fields}), body)


@pytest.mark.parametrize("fields, body", LIVE)
def test_live_send(client, admin, fields, body):
    admin.settings(profile="live")
    given = {"to": NUMBER, "username": "university", **fields}
    check_sent(client.send(**given), body)


def bulk(client, fields, path="/version1/messaging/bulk"):
    return client.call(
        "POST",
        path,
        fields if isinstance(fields, str) else json.dumps(fields),
        apiKey=client.simulator.api_key,
        Content_Type="application/json",
    )


BULK = {
    "username": "university",
    "phoneNumbers": [NUMBER],
    "message": "Hello",
    "senderId": "UNIVERSITY",
}


def test_live_bulk_send(client, admin):
    admin.settings(profile="live")
    check_sent(
        bulk(client, BULK),
        b'{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: KES 0.8000",'
        b'"Recipients":[%s]}}' % (LIVE_ONE % (NUMBER.encode(), 100)),
    )
    assert admin.ledger()[0]["sender"] == "UNIVERSITY"


def test_bulk_to_a_hashed_number(client, admin):
    admin.settings(profile="live")
    hashed = "+" + "0a" * 32
    fields = {**BULK, "phoneNumbers": [], "maskedNumber": hashed, "telco": "Safaricom"}
    assert bulk(client, fields).status == 201
    assert [message["number"] for message in admin.ledger()] == [hashed]


@pytest.mark.parametrize(
    "fields, text",
    [
        ("{", "The request content was malformed:\n"),
        ("[]", "The request content was malformed:\nObject expected"),
        ({**BULK, "message": 1}, "The request content was malformed:\nExpected"),
        ({**BULK, "phoneNumbers": NUMBER}, "The request content was malformed:\n"),
        ({"username": "university"}, "The request content was malformed:\nObject is"),
    ],
)
def test_bulk_refuses_what_it_cannot_read(client, admin, fields, text):
    admin.settings(profile="live")
    response = bulk(client, fields)
    assert response.status == 400
    assert response.content.decode().startswith(text)
    assert admin.ledger() == []


def test_bulk_is_not_in_the_sandbox(client):
    response = bulk(client, BULK)
    assert response.status == 404
    assert response.content == b"The requested resource could not be found."


REJECTIONS = [
    ({"headers": {"apiKey": "wrong"}}, 401, "The supplied authentication is invalid"),
    ({"username": "nobody"}, 401, "The supplied authentication is invalid"),
    ({"username": "university"}, 401, "The supplied authentication is invalid"),
    ({"username": None}, 400, "Request is missing required form field 'username'"),
    ({"to": None}, 400, "Request is missing required form field 'to'"),
    ({"message": None}, 400, "Request is missing required form field 'message'"),
]


@pytest.mark.parametrize("fields, status, text", REJECTIONS)
def test_rejections_are_plain_text(client, admin, fields, status, text):
    response = client.send(**fields)
    assert (response.status, response.content.decode()) == (status, text)
    assert response.getheader("Content-Type") == "text/plain; charset=UTF-8"
    challenge = 'Basic realm="api",charset=UTF-8' if status == 401 else None
    assert response.getheader("WWW-Authenticate") == challenge
    assert admin.summary()["accepted"] == 0


ELSEWHERE = [
    ("GET", "/version1/user?username=sandbox", {}, 401, "The resource requires"),
    ("GET", "/version1/nothing", {}, 404, "The requested resource could not be"),
    ("GET", "/nothing", {}, 404, "The requested resource could not be found."),
    ("PUT", "/version1/messaging", {}, 405, "HTTP method not allowed, supported"),
    (
        "POST",
        "/version1/messaging",
        {"Content_Type": "text/plain"},
        415,
        "The request's Content-Type is not supported. Expected:\n" + FORM,
    ),
]


@pytest.mark.parametrize("method, path, headers, status, text", ELSEWHERE)
def test_where_akka_answers(client, method, path, headers, status, text):
    response = client.call(method, path, "", **headers)
    assert response.status == status
    assert response.content.decode().startswith(text)
    assert response.getheader("Allow") == ("GET, POST" if status == 405 else None)


def get(client, path, **query):
    query = {"username": "sandbox", **query}
    given = {name: value for name, value in query.items() if value is not None}
    return client.call(
        "GET", f"{path}?{urlencode(given)}", apiKey=client.simulator.api_key
    )


def test_balance(client):
    response = get(client, "/version1/user")
    assert response.status == 200
    assert response.content == b'{"UserData":{"balance":"USD 999999589.6168"}}'


def test_live_balance(client, admin):
    admin.settings(profile="live", balance="420.0042")
    response = get(client, "/version1/user", username="university")
    assert response.content == b'{"UserData":{"balance":"KES 420.0042"}}'


def test_missing_query_parameter(client):
    response = get(client, "/version1/user", username=None)
    assert response.status == 404
    assert response.content.decode() == (
        "Request is missing required query parameter 'username'"
    )


def test_fetching_is_a_cursor(client, admin):
    empty = b'{"SMSMessageData":{"Messages":[]}}'
    assert get(client, "/version1/messaging").content == empty
    for text in ("one", "two"):
        admin.incoming(NUMBER, "22334", text)
    everything = json.loads(get(client, "/version1/messaging").content)
    messages = everything["SMSMessageData"]["Messages"]
    assert list(messages[0]) == ["linkId", "text", "to", "id", "date", "from"]
    assert [message["text"] for message in messages] == ["one", "two"]
    rest = get(client, "/version1/messaging", lastReceivedId=messages[0]["id"])
    assert [
        m["id"] for m in json.loads(rest.content)["SMSMessageData"]["Messages"]
    ] == [messages[1]["id"]]


def test_xml_is_the_default_of_old_behind_a_switch(client, admin):
    admin.settings(xml_without_accept=True)
    unasked = client.send(NUMBER, headers={"Accept": "*/*"})
    assert unasked.getheader("Content-Type") == "application/xml"
    assert b"<number>+254700072929</number>" in unasked.content
    check_sent(client.send(NUMBER), ONE_SENT % 101)
