"""Whatever AT answers, each number gets exactly one outcome, and its own."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from su_sms.africastalking.answers import Answer, number_key, read_outcomes
from su_sms.africastalking.codes import RECIPIENT
from su_sms.africastalking.errors import GatewayError
from su_sms.africastalking.wording import brief, clean

STATES = {"accepted", "not_sent", "refused", "unknown"}
numbers = st.lists(
    st.from_regex(r"\+254[17][0-9]{8}", fullmatch=True), unique=True, max_size=20
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = ["number", "statusCode", "status", "cost", "messageId", "messageParts"]
strange_entries = st.dictionaries(st.sampled_from(KEYS), junk)


def post(message, entries):
    data = {"SMSMessageData": {"Message": message, "Recipients": entries}}
    return Answer(201, {}, json.dumps(data).encode())


@given(st.data(), numbers)
def test_any_order_and_any_neighbours_never_mismatch(data, asked):
    codes = [data.draw(st.sampled_from(sorted(RECIPIENT))) for _ in asked]
    entries = [
        {
            "number": number,
            "statusCode": code,
            "messageId": f"ATXid_{number}" if code < 200 else "None",
            "cost": "KES 0.8" if code < 200 else "0",
        }
        for number, code in zip(asked, codes, strict=True)
    ]
    strangers = data.draw(st.lists(st.just({"number": "+1555", "statusCode": 101})))
    shuffled = data.draw(st.permutations(entries + strangers))
    outcomes = read_outcomes(post("Sent", shuffled), asked)
    assert [outcome.number for outcome in outcomes] == asked
    assert [outcome.code for outcome in outcomes] == codes
    for outcome in outcomes:
        if outcome.state == "accepted":
            assert outcome.message_id == f"ATXid_{outcome.number}"


@given(numbers, st.lists(strange_entries | junk, max_size=8), junk)
def test_every_number_gets_one_outcome_from_any_envelope(asked, entries, message):
    outcomes = read_outcomes(post(message, entries), asked)
    assert [outcome.number for outcome in outcomes] == asked
    for outcome in outcomes:
        assert outcome.state in STATES
        assert bool(outcome.reason) == (outcome.state != "accepted")
        assert "\0" not in outcome.text + outcome.message_id + outcome.currency
        assert outcome.cost is None or abs(outcome.cost) < Decimal(10) ** 15


@given(st.binary() | junk.map(lambda value: json.dumps(value).encode()), numbers)
def test_any_body_is_read_or_named(body, asked):
    try:
        outcomes = read_outcomes(Answer(201, {}, body), asked)
    except GatewayError as error:
        assert error.state == "unknown"
    else:
        assert [outcome.number for outcome in outcomes] == asked


@given(st.text())
def test_any_words_can_be_shown(text):
    shown = brief(text)
    assert len(shown) <= 120
    assert shown == "" or shown.isprintable()
    assert clean(shown) == shown


@given(st.text(), st.text())
def test_a_key_is_digits_and_nothing_else(left, right):
    assert number_key(left) + number_key(right) == number_key(left + right)
    assert number_key(left).isdigit() or number_key(left) == ""
