"""What AT answers, row by row, and what we make of it."""

import json
from decimal import Decimal

import pytest

from su_sms.africastalking import answers
from su_sms.africastalking.answers import (
    Answer,
    Balance,
    failed,
    read_balance,
    read_outcomes,
)
from su_sms.africastalking.errors import GatewayError, NotSent, OutcomeUnknown

from .server import envelope

NUMBER = "+254711000111"
OTHER = "+254722000222"
ID = "ATXid_09b5a410fd2f388a06f152f56ce95801"
FAILED = {"cost": "0", "messageId": "None"}
CHARGED = {"cost": "KES 0.8000", "messageId": ID}


def read(*recipients, message="Sent to 1/1 Total Cost: KES 0.8000", numbers=(NUMBER,)):
    return read_outcomes(Answer(201, {}, envelope(message, *recipients)), numbers)


def read_one(**entry):
    [outcome] = read({"number": NUMBER} | entry)
    return outcome


@pytest.mark.parametrize(
    "code, name, state, reason",
    [
        (100, "Success", "accepted", ""),
        (101, "Success", "accepted", ""),
        (102, "Success", "accepted", ""),
        (401, "RiskHold", "refused", "risk"),
        (402, "InvalidSenderId", "not_sent", "sender"),
        (403, "InvalidPhoneNumber", "refused", "number"),
        (404, "UnsupportedNumberType", "refused", "number_type"),
        (405, "InsufficientBalance", "not_sent", "credit"),
        (406, "UserInBlacklist", "refused", "opted_out"),
        (407, "CouldNotRoute", "refused", "route"),
        (409, "DoNotDisturbRejection", "not_sent", "window"),
        (500, "InternalServerError", "not_sent", "provider"),
        (501, "GatewayError", "not_sent", "provider"),
        (502, "RejectedByGateway", "refused", "rejected"),
    ],
)
@pytest.mark.parametrize("spelling", ["code", "text code", "name only", "NAME only"])
def test_code_of_a_number(code, name, state, reason, spelling):
    entry = {
        "code": {"statusCode": code, "status": "other words"},
        "text code": {"statusCode": str(code), "status": name},
        "name only": {"status": name},
        "NAME only": {"status": name.upper(), "statusCode": None},
    }[spelling]
    outcome = read_one(**entry, **(CHARGED if state == "accepted" else FAILED))
    assert (outcome.state, outcome.reason) == (state, reason)
    assert outcome.code == (code if "code" in spelling else None)
    assert outcome.message_id == (ID if state == "accepted" else "")
    assert outcome.text


@pytest.mark.parametrize(
    "entry, state, reason",
    [
        ({"statusCode": 599, "status": "New", **FAILED}, "refused", "provider_unknown"),
        ({"status": "Could Not Send", **FAILED}, "refused", "provider_unknown"),
        ({"statusCode": 199, "status": "New", **CHARGED}, "unknown", "unreadable"),
        ({"statusCode": 599, "status": "New"}, "unknown", "unreadable"),
        ({}, "unknown", "unreadable"),
        ({"statusCode": 500, **CHARGED}, "unknown", "unreadable"),
        ({"statusCode": 405, "cost": "0", "messageId": ID}, "unknown", "unreadable"),
        ({"statusCode": 501, "cost": "KES 0.8000"}, "unknown", "unreadable"),
        ({"statusCode": 403, **CHARGED}, "refused", "number"),
        ({"statusCode": 101, "messageId": "None"}, "accepted", ""),
        ({"statusCode": True, "status": "Success"}, "accepted", ""),
    ],
)
def test_evidence_of_one_entry(entry, state, reason):
    outcome = read_one(**entry)
    assert (outcome.state, outcome.reason) == (state, reason)


def test_an_id_given_to_what_cannot_be_understood_is_kept():
    assert read_one(statusCode=199, **CHARGED).message_id == ID


@pytest.mark.parametrize(
    "cost, amount, currency",
    [
        ("KES 0.8000", "0.8", "KES"),
        ("USD 0.0079", "0.0079", "USD"),
        ("kes0.8", "0.8", "KES"),
        ("0", "0", ""),
        (0, "0", ""),
        (0.8, "0.8", ""),
        ("0.8000", "0.8", ""),
        ("KES 1,234.5000", "1234.5", "KES"),
        ("KES 1,234", "1234", "KES"),
        ("KES 0,8", "0.8", "KES"),
        ("KES 0,800", "0.8", "KES"),
        ("None", None, ""),
        ("", None, ""),
        (None, None, ""),
        ("KES", None, ""),
        ("KES 1.2.3", None, ""),
        ("KES 1,2,3", None, ""),
        ("free", None, ""),
        ([], None, ""),
        ("KES 9" + "9" * 40, None, ""),
    ],
)
def test_cost(cost, amount, currency):
    outcome = read_one(statusCode=101, status="Success", cost=cost, messageId=ID)
    assert outcome.cost == (None if amount is None else Decimal(amount))
    assert outcome.currency == currency


@pytest.mark.parametrize(
    "parts, expected",
    [(1, 1), ("5", 5), (2.0, 2), (None, None), ("many", None), (-1, None)],
)
def test_parts(parts, expected):
    assert read_one(statusCode=101, messageParts=parts).parts == expected


def test_recorded_sandbox_answer():
    body = (
        b'{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: USD 0.0079 Message '
        b'parts: 1","Recipients":[{"cost":"KES 0.8000","messageId":"' + ID.encode() +
        b'","number":"+254700072929","status":"Success","statusCode":101}]}}'
    )  # fmt: skip
    [outcome] = read_outcomes(Answer(201, {}, body), ["+254700072929"])
    assert (outcome.state, outcome.message_id) == ("accepted", ID)
    assert (outcome.cost, outcome.currency) == (Decimal("0.8"), "KES")
    assert outcome.parts is None


@pytest.mark.parametrize("echo", ["254711000111", "++254711000111", 254711000111])
def test_numbers_match_by_their_digits(echo):
    [outcome] = read({"number": echo, "statusCode": 101, **CHARGED})
    assert outcome.state == "accepted"
    assert outcome.number == NUMBER


def test_an_invalid_number_is_echoed_as_given():
    entry = {"number": "07035361770", "statusCode": 403, **FAILED}
    [outcome] = read(entry, numbers=["07035361770"])
    assert outcome.reason == "number"


def test_order_does_not_matter():
    outcomes = read(
        {"number": OTHER, "statusCode": 403, **FAILED},
        {"number": NUMBER, "statusCode": 101, **CHARGED},
        numbers=[NUMBER, OTHER],
    )
    assert [outcome.number for outcome in outcomes] == [NUMBER, OTHER]
    assert [outcome.state for outcome in outcomes] == ["accepted", "refused"]


@pytest.mark.parametrize(
    "codes, state",
    [
        ((403, 101), "accepted"),
        ((101, 403), "accepted"),
        ((500, 199), "unknown"),
        ((199, 101), "accepted"),
        ((403, 500), "refused"),
    ],
)
def test_a_number_listed_twice_was_sent_if_either_entry_says_so(codes, state):
    entries = [
        {"number": NUMBER, "statusCode": code, **(CHARGED if code < 200 else FAILED)}
        for code in codes
    ]
    assert read(*entries)[0].state == state


@pytest.mark.parametrize(
    "message, numbers, state, reason",
    [
        ("InvalidSenderId", [NUMBER, OTHER], "not_sent", "sender"),
        ("invalidsenderid", [NUMBER], "not_sent", "sender"),
        ("InsufficientBalance", [NUMBER, OTHER], "not_sent", "credit"),
        ("InvalidPhoneNumber", [NUMBER], "refused", "number"),
        ("InvalidPhoneNumber", [NUMBER, OTHER], "not_sent", "provider"),
        ("Sent to 0/2 Total Cost: 0", [NUMBER, OTHER], "not_sent", "provider"),
        ("Sent to 2/2 Total Cost: KES 1.6", [NUMBER, OTHER], "unknown", "missing"),
        ("Success", [NUMBER], "unknown", "missing"),
        ("Something new", [NUMBER], "unknown", "missing"),
        ("", [NUMBER], "unknown", "missing"),
    ],
)
def test_a_request_turned_down_as_a_whole(message, numbers, state, reason):
    outcomes = read(message=message, numbers=numbers)
    assert [(o.state, o.reason) for o in outcomes] == [(state, reason)] * len(numbers)


def test_a_number_the_answer_leaves_out_is_unknown():
    entry = {"number": NUMBER, "statusCode": 101, **CHARGED}
    missing = read(entry, message="Sent to 1/2", numbers=[NUMBER, OTHER])[1]
    assert (missing.state, missing.reason, missing.code) == ("unknown", "missing", 201)


@pytest.mark.parametrize("status", [200, 201, 202, 400, 409, 500, 503])
def test_entries_are_better_evidence_than_the_http_status(status):
    body = envelope("Sent to 0/1", {"number": NUMBER, "statusCode": 409, **FAILED})
    [outcome] = read_outcomes(Answer(status, {}, body), [NUMBER])
    assert (outcome.state, outcome.reason, outcome.code) == ("not_sent", "window", 409)


@pytest.mark.parametrize(
    "status, error, reason",
    [
        (200, OutcomeUnknown, "unreadable"),
        (201, OutcomeUnknown, "unreadable"),
        (204, OutcomeUnknown, "unreadable"),
        (301, NotSent, "request"),
        (307, NotSent, "request"),
        (400, NotSent, "request"),
        (401, NotSent, "auth"),
        (403, NotSent, "request"),
        (404, NotSent, "request"),
        (405, NotSent, "request"),
        (408, NotSent, "busy"),
        (409, NotSent, "window"),
        (413, NotSent, "request"),
        (415, NotSent, "request"),
        (429, NotSent, "throttled"),
        (500, OutcomeUnknown, "http_5xx"),
        (502, OutcomeUnknown, "http_5xx"),
        (503, NotSent, "busy"),
        (504, OutcomeUnknown, "http_5xx"),
        (599, OutcomeUnknown, "http_5xx"),
    ],
)
@pytest.mark.parametrize("read", [lambda a: read_outcomes(a, [NUMBER]), read_balance])
def test_http_status_alone(status, error, reason, read):
    with pytest.raises(error) as caught:
        read(Answer(status, {"retry-after": "7"}, b"<html>No</html>"))
    assert caught.value.reason == reason
    assert caught.value.http_status == status
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [200, 500, 502])
def test_an_answer_to_half_a_request_is_not_sent(status):
    with pytest.raises(NotSent):
        read_outcomes(Answer(status, {}, b"", written=False), [NUMBER])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"SMSMessageData":null}',
        b'{"SMSMessageData":[1]}',
        b'{"SMSMessageData":{}}',
        b'{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"numb',
        b"<AfricasTalkingResponse><SMSMessageData/></AfricasTalkingResponse>",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"SMSMessageData":' + b"9" * 10_000 + b"}",
    ],
)
def test_an_unreadable_success_is_unknown(body):
    with pytest.raises(OutcomeUnknown) as caught:
        read_outcomes(Answer(201, {}, body), [NUMBER])
    assert caught.value.reason == "unreadable"


def test_junk_among_the_entries_is_passed_over():
    good = {"number": NUMBER, "statusCode": 101, **CHARGED}
    [outcome] = read(None, [], "text", 7, {"number": None}, {"number": {}}, good)
    assert outcome.state == "accepted"


def test_what_a_database_refuses_is_gone():
    outcome = read_one(statusCode=101, messageId="AT\0X\ud800id", status="a\0b")
    assert "\0" not in outcome.message_id + outcome.text
    assert outcome.message_id.encode()
    assert len(read_one(statusCode=101, messageId="x" * 9000).message_id) == 255


@pytest.mark.parametrize(
    "body, secret",
    [
        (b"Unknown number +254711000111 in 'to'", "254711000111"),
        (b"Bad key atsk_0123456789abcdef", "0123456789abcdef"),
        (b"Bad key " + b"0123456789abcdef" * 4, "0123456789abcdef"),
    ],
)
def test_words_shown_hold_no_number_and_no_key(body, secret):
    with pytest.raises(GatewayError) as caught:
        read_outcomes(Answer(400, {}, body), [NUMBER])
    assert secret not in caught.value.text
    assert "400" in caught.value.text


@pytest.mark.parametrize(
    "body, text",
    [
        (b"The supplied authentication is invalid", "is invalid"),
        (b"<html><head><title>502 Bad Gateway</title></head>", "502 Bad Gateway"),
        (b"The request content was malformed:\nsecret content", "malformed:"),
        (b"x " * 5000, "…"),
    ],
)
def test_the_first_line_of_an_error_is_shown(body, text):
    with pytest.raises(GatewayError) as caught:
        read_outcomes(Answer(400, {}, body), [NUMBER])
    assert caught.value.text.endswith(text)
    assert len(caught.value.text) < 140


def test_a_failed_request_is_the_outcome_of_each_number():
    error = NotSent("throttled", "HTTP 429", http_status=429, retry_after=3.0)
    outcomes = failed(error, [NUMBER, OTHER])
    assert [outcome.number for outcome in outcomes] == [NUMBER, OTHER]
    for outcome in outcomes:
        assert (outcome.state, outcome.reason) == ("not_sent", "throttled")
        assert (outcome.code, outcome.retry_after) == (429, 3.0)


@pytest.mark.parametrize("spelling", ["UserData", "userData"])
@pytest.mark.parametrize(
    "text, amount, currency",
    [
        ("USD 999999589.6168", "999999589.6168", "USD"),
        ("KES 420.00", "420", "KES"),
        ("KES -1.50", "-1.5", "KES"),
    ],
)
def test_balance(spelling, text, amount, currency):
    body = json.dumps({spelling: {"balance": text}}).encode()
    balance = read_balance(Answer(200, {}, body))
    assert balance == Balance(Decimal(amount), currency)


def test_what_an_answer_says_at_length_is_not_kept():
    """Whoever answers in the provider's place: a proxy, a firewall."""
    before = answers._kept_reading.cache_info().currsize
    for number in range(300):
        words = f"{number} " + "x" * 10_000
        entry = {"number": NUMBER, "status": words, "statusCode": 101, "cost": words}
        entry |= {words: words}
        body = {"SMSMessageData": {"Message": "Sent", "Recipients": [entry]}}
        read_outcomes(Answer(201, {}, json.dumps(body).encode()), [NUMBER])
    assert answers._kept_reading.cache_info().currsize <= before + 1
    assert answers._kept_lower.cache_info().currsize <= 16
