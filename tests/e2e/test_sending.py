"""A secretary sends an SMS from a contact."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import SignIn
from .person import MESSAGES
from .system import System

TEXT = "Dear Fatuma, your registration is complete. Karibu!"


def test_sms_from_a_contact_arrives_and_is_on_record(system: System, sign_in: SignIn):
    system.gateway()
    contact = system.contact("Fatuma Abdi", "0733 345 682")
    # Odoo lets only those write to a contact's chatter who may change the contact.
    groups = ("su_sms.group_user", "base.group_partner_manager")
    system.user("secretary", "Esther Wanjiru", *groups)
    secretary = sign_in("secretary")
    simulator = secretary.window(system.simulator.url)
    expect(simulator.get_by_text("Nothing received yet")).to_be_visible()

    page = secretary.send_sms(contact, TEXT)
    phone = simulator.locator(".phone").filter(has_text="+254733345682")
    expect(phone.locator(".bubble")).to_have_count(1)
    expect(phone).to_contain_text(TEXT)

    message = page.locator(".o-mail-Message").filter(has_text=TEXT)
    message.locator(".o-mail-Message-notification").click()
    told = page.locator(".o-mail-MessageNotificationPopover")
    expect(told).to_have_text("Fatuma Abdi")
    expect(told.get_by_title("Sent")).to_be_visible()

    secretary.open(MESSAGES)
    row = page.locator(".o_data_row").filter(has_text="+254733345682")
    expect(row).to_have_count(1)
    expect(row.locator("td[name=state]")).to_have_text("Sent")
    expect(row.locator("td[name=cost]")).to_have_text("0.8000")
    expect(row.locator("td[name=currency_id]")).to_have_text("KES")
    assert len(system.simulator.admin.ledger()) == 1


def test_refused_number_is_told_in_the_chatter(system: System, sign_in: SignIn):
    system.gateway()
    contact = system.contact("Daudi Hassan", "0700 000 407")
    administrator = sign_in()
    page = administrator.send_sms(contact, TEXT)
    message = page.locator(".o-mail-Message").filter(has_text=TEXT)
    expect(message.locator(".o-mail-Message-notification.text-danger")).to_be_visible()
    administrator.open(MESSAGES)
    # The newest is the first; tests before this one had the number, too.
    row = page.locator(".o_data_row").filter(has_text="+254700000407").first
    expect(row.locator("td[name=state]")).to_have_text("Error")
