"""People opt out: a secretary does it for them, or they do it by their link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import SignIn
from .person import CONTACTS
from .system import COMPANY, System

BLACKLIST = "action-su_sms.sms_blacklist_action"
MAILING_CONTACTS = "action-mass_mailing_sms.mailing_contact_action_sms"
WORDS = "action-su_sms.sms_optout_word_action"
NARROW = {"width": 375, "height": 667}


def confirm(page: Page, button: str, note: str) -> None:
    """Fill the dialog that asks why, and press its button."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Evidence").fill(note)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_be_hidden()


def test_secretary_opts_a_contact_out_and_a_manager_in_again(
    system: System, sign_in: SignIn
):
    system.gateway()
    contact = system.contact("Fatuma Abdi", "0733 345 699")
    system.user("optout_user", "Esther Wanjiru", "su_sms.group_user")
    system.user("optout_manager", "Peter Njoroge", "su_sms.group_manager")

    secretary = sign_in("optout_user")
    page = secretary.open(f"{CONTACTS}/{contact}")
    page.get_by_role("button", name="Opt Out of SMS").click()
    expect(page.get_by_role("dialog")).to_contain_text("+254733345699")
    confirm(page, "Opt Out", "Called on 3 May")
    expect(page.get_by_role("button", name="Opt Out of SMS")).to_be_hidden()
    expect(page.get_by_role("button", name="Opt In to SMS")).to_be_hidden()

    manager = sign_in("optout_manager")
    page = manager.open(BLACKLIST)
    row = page.locator(".o_data_row").filter(has_text="+254733345699")
    expect(row.locator("td[name=partner_id]")).to_have_text("Fatuma Abdi")
    expect(row.locator("td[name=reason]")).to_have_text("Own Request")
    expect(row.locator("td[name=user_id]")).to_have_text("Esther Wanjiru")
    row.locator("td[name=number]").click()
    page.get_by_role("button", name="Opt In").click()
    confirm(page, "Opt In", "Signed form 12")
    history = page.locator("[name=consent_ids] .o_data_row")
    expect(history).to_have_count(2)
    expect(history.first.locator("td[name=kind]")).to_have_text("Opted in")
    expect(history.first.locator("td[name=note]")).to_have_text("Signed form 12")
    expect(page.get_by_text("Receives SMS", exact=True)).to_be_visible()


def test_mailing_contact_has_the_same_button(system: System, sign_in: SignIn):
    values = {"name": "Otieno", "mobile": "+254733345698"}
    contact = system.admin.call("mailing.contact", "create", [values])[0]
    page = sign_in().open(f"{MAILING_CONTACTS}/{contact}")
    page.get_by_role("button", name="Opt Out").click()
    confirm(page, "Opt Out", "Letter")
    expect(page.get_by_role("button", name="Opt In")).to_be_visible()


def test_entry_by_hand_and_bad_number(system: System, sign_in: SignIn):
    page = sign_in().open(BLACKLIST)
    page.get_by_role("button", name="New").click()
    page.get_by_label("Reason").click()
    reasons = page.locator(".o_select_menu_item")
    expect(reasons).to_have_text(["Own Request", "Complaint", "Unreachable"])
    reasons.filter(has_text="Complaint").click()
    page.get_by_label("Phone Number").fill("nobody")
    page.get_by_role("button", name="Save manually").click()
    expect(page.get_by_role("dialog")).to_contain_text("is not a phone number")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.get_by_label("Phone Number").fill("0733 345 697")
    page.get_by_role("button", name="Save manually").click()
    expect(page.locator("[name=number]")).to_have_text("+254733345697")
    expect(page.locator("[name=consent_ids] .o_data_row")).to_have_count(1)


def test_words_are_shown_in_two_languages(system: System, sign_in: SignIn):
    page = sign_in().open(WORDS)
    for word in ("STOP", "ACHA", "START", "ANZA"):
        row = page.locator(".o_data_row").filter(
            has=page.locator("td[name=word]", has_text=re.compile(f"^{word}$"))
        )
        expect(row).to_have_count(1)


def test_text_of_an_opt_out_is_only_text(system: System, sign_in: SignIn):
    nasty = "<img src=x onerror=\"document.title='hacked'\">"
    values = {"number": "+254733345695", "reason": "complaint", "note": nasty}
    [entry] = system.admin.call("sms.blacklist", "create", [values])
    page = sign_in().open(f"{BLACKLIST}/{entry}")
    expect(page.locator("[name=consent_ids] td[name=note]")).to_have_text(nasty)
    assert "hacked" not in page.title()


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, NARROW])
def test_link_in_a_message(system: System, browser: Browser, size: dict[str, int]):
    number = f"+2547333456{size['width'] % 90 + 10}"
    url = link(system, number)
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_role("heading", name=COMPANY)).to_be_visible()
    assert number not in page.content()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size["width"], "nobody scrolls sideways on a phone"
    page.get_by_role("button", name="Stop promotional SMS").click()
    expect(page.get_by_text("You have opted out.")).to_be_visible()
    assert reason(system, number) == [("web_link", True)]
    page.reload()
    page.get_by_role("button", name="Receive SMS again").click()
    expect(page.get_by_role("button", name="Stop promotional SMS")).to_be_visible()
    assert reason(system, number) == [("web_link", False)]
    context.close()


def test_wrong_link_is_told_kindly(system: System, browser: Browser):
    page = browser.new_page()
    answer = page.goto(f"{system.url}/o/XXXXXXXXXXXX")
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Unknown link")).to_be_visible()
    page.close()


def link(system: System, number: str) -> str:
    """Return the opt-out link of a number, as a campaign puts it into a message."""
    code = (
        f"urls = env['sms.optout.link']._urls(['{number}'], env.company)\n"
        "action = {'type': 'ir.actions.act_url', 'url': list(urls.values())[0]}"
    )
    values = {"name": "Link", "state": "code", "code": code}
    values["model_id"] = system.ref("su_sms.model_sms_optout_link")
    [action] = system.admin.call("ir.actions.server", "create", [values])
    url = system.admin.call("ir.actions.server", "run", [action])["url"]
    return f"{system.url}{urlsplit(url).path}"


def reason(system: System, number: str) -> list[tuple[str, bool]]:
    """Return (reason, whether it counts) of a number's entry."""
    found = system.admin.call(
        "sms.blacklist",
        "search_read",
        [("number", "=", number), ("active", "in", [True, False])],
        ["reason", "active"],
    )
    return [(each["reason"], each["active"]) for each in found]
