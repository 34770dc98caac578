"""An administrator tests the connection."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .person import GATEWAYS, Person
from .system import ADMINISTRATOR, System

STEPS = ["Your number", "Name lookup", "Connection", "Account", "Message"]
WRONG_KEY = "atsk_" + "0" * 64


@pytest.mark.parametrize(
    ("phone", "message"),
    [("", "no phone number"), ("12345", "too few digits")],
    ids=["none", "not valid"],
)
def test_without_a_valid_number_it_says_so_and_leads_to_the_profile(
    system: System, administrator: Person, phone: str, message: str
):
    system.own_phone(phone)
    page = administrator.open(f"{GATEWAYS}/{system.gateway()}")
    page.get_by_role("button", name="Test Connection").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".alert-warning")).to_contain_text(message)
    expect(dialog.get_by_role("button", name="Send Test SMS")).to_be_hidden()

    dialog.get_by_role("button", name="Open your profile").click()
    profile = page.get_by_role("dialog").filter(has_text="Preferences")
    expect(profile.locator("[name=name] input")).to_have_value(ADMINISTRATOR)
    profile.locator("[name=phone] input").fill("0722 000 111")
    profile.get_by_role("button", name="Update Preferences").click()
    expect(profile).to_be_hidden()
    assert system.simulator.admin.ledger() == []

    page.get_by_role("button", name="Test Connection").click()
    expect(dialog.locator("[name=number]")).to_have_text("+254722000111")


def test_success_shows_the_steps_and_the_sms_arrives(
    system: System, administrator: Person
):
    system.own_phone("0722 000 222")
    simulator = administrator.window(system.simulator.url)
    expect(simulator.locator("#link")).to_have_text("connected")
    page = administrator.open(f"{GATEWAYS}/{system.gateway()}")
    dialog = administrator.test_connection()
    expect(dialog.locator(".alert-success")).to_contain_text("+254722000222")
    expect(dialog.locator("td[name=name]")).to_have_text(STEPS)
    expect(dialog.locator("[data-tooltip=Passed]")).to_have_count(len(STEPS))
    times = dialog.locator("td[name=milliseconds]").all_inner_texts()
    assert float(times[STEPS.index("Message")].replace(",", "")) > 0

    phone = simulator.locator(".phone").filter(has_text="+254722000222")
    expect(phone.locator(".bubble")).to_have_count(1)
    expect(phone.locator(".bubble")).to_contain_text(ADMINISTRATOR)
    assert len(system.simulator.admin.ledger()) == 1
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.locator("[name=message_count] .o_stat_value")).to_have_text("1")


def test_wrong_key_is_named_and_once_it_is_right_what_waited_is_sent(
    system: System, administrator: Person
):
    system.own_phone("0722 000 333")
    gateway = system.gateway(api_key=WRONG_KEY)
    contact = system.contact("Chebet Kiprono", "0712 345 333")
    administrator.send_sms(contact, "The library closes at five today.")
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    status = page.locator("[name=status]")
    held = page.locator(".o_form_view .alert-warning")
    expect(status).to_have_text("Held")
    expect(held).to_contain_text("Username or API key refused")

    dialog = administrator.test_connection()
    diagnosis = dialog.locator(".alert-danger")
    expect(diagnosis).to_contain_text("The supplied authentication is invalid")
    expect(diagnosis).to_contain_text("Sandbox and production have different keys")
    expect(dialog.locator("td[name=name]")).to_have_text(STEPS[:4])
    expect(dialog.locator("[data-tooltip=Failed]")).to_have_count(1)
    assert system.simulator.admin.ledger() == []

    administrator.open(f"{GATEWAYS}/{gateway}")
    page.get_by_label("API Key").fill(system.simulator.api_key)
    administrator.save()
    expect(status).to_have_text("Ready")
    expect(held).to_be_hidden()
    expect(administrator.test_connection().locator(".alert-success")).to_be_visible()
    simulator = administrator.window(system.simulator.url)
    phone = simulator.locator(".phone").filter(has_text="+254712345333")
    expect(phone.locator(".bubble")).to_have_count(1)
    expect(phone).to_contain_text("The library closes at five today.")
