"""AT's own SDK against the simulator, unchanged but for its base URL."""

import pytest
from africastalking.Application import ApplicationService
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

NUMBERS = ["+254712345678", "+254110123456"]


def service(kind, simulator, key=None):
    made = kind("sandbox", key or simulator.api_key)
    made._baseUrl = made._contentUrl = f"{simulator.url}/version1"
    return made


@pytest.fixture
def sms(simulator):
    return service(SMSService, simulator)


def test_balance(simulator):
    data = service(ApplicationService, simulator).fetch_application_data()
    assert data == {"UserData": {"balance": "USD 999999589.6168"}}


def test_send(sms, admin):
    data = sms.send("Habari", NUMBERS, sender_id="UNIVERSITY", enqueue=True)
    recipients = data["SMSMessageData"]["Recipients"]
    assert [(r["number"], r["statusCode"]) for r in recipients] == [
        (number, 102) for number in NUMBERS
    ]
    ledger = admin.ledger()
    assert [m["id"] for m in ledger] == [r["messageId"] for r in recipients]
    assert {(m["text"], m["sender"]) for m in ledger} == {("Habari", "UNIVERSITY")}


def test_invalid_sender(sms):
    data = sms.send("Habari", NUMBERS, sender_id="NOT OURS")
    assert data == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}


def test_premium(sms):
    data = sms.send_premium("Habari", "22334", NUMBERS[:1], keyword="k")
    assert data["SMSMessageData"]["Message"] == "Sent to 1/1"


def test_hashed_number(simulator, admin):
    admin.settings(profile="live")
    sms = SMSService("university", simulator.api_key)
    sms._baseUrl = f"{simulator.url}/version1"
    hashed = "+" + "0a" * 32
    data = sms.send_hashed("Habari", hashed, "UNIVERSITY")
    assert data["SMSMessageData"]["Recipients"][0]["number"] == hashed


def test_fetch(sms, admin):
    admin.incoming(NUMBERS[0], "22334", "Swali")
    (message,) = sms.fetch_messages(0)["SMSMessageData"]["Messages"]
    assert message["text"] == "Swali"


def test_wrong_key(simulator):
    sms = service(SMSService, simulator, "wrong")
    with pytest.raises(AfricasTalkingException, match="authentication is invalid"):
        sms.send("Habari", NUMBERS)
