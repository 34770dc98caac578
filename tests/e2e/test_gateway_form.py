"""An administrator configures a gateway."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .conftest import SignIn
from .person import GATEWAYS, Person
from .system import ADMINISTRATOR, System


def test_menu_leads_to_an_empty_list_that_teaches(administrator: Person):
    page = administrator.page
    administrator.choose("SMS Marketing", "Configuration", "SMS Gateway")
    empty = page.locator(".o_view_nocontent")
    expect(empty).to_contain_text("Connect Odoo to Africa's Talking")
    expect(empty).to_contain_text("Test Connection")


def test_key_is_pasted_once_and_never_comes_back(
    system: System, sign_in: SignIn, tmp_path: Path
):
    administrator = sign_in(record=tmp_path / "answers.har")
    page = administrator.open(GATEWAYS)
    page.get_by_role("button", name="New").click()
    page.get_by_label("API Key").fill(system.simulator.api_key)
    administrator.save()
    expect(page.get_by_label("API Key")).to_have_value("")
    expect(page.locator("[name=api_key_hint]")).to_have_text(
        f"•••• {system.simulator.api_key[-4:]}"
    )
    expect(page.locator("[name=status]")).to_have_text("Ready")
    page.reload()
    expect(page.get_by_label("API Key")).to_have_value("")
    administrator.open(GATEWAYS)
    expect(page.locator(".o_data_row")).to_have_count(1)
    html = page.content()

    administrator.leave()
    secret = system.simulator.api_key
    answers = list(administrator.received())
    assert [url for url, text in answers if secret[-4:] in text], "no hint was sent"
    assert [url for url, text in answers if secret in text] == []
    assert secret not in html


def test_sandbox_wears_a_ribbon_and_production_does_not(
    system: System, administrator: Person
):
    gateway = system.gateway()
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    ribbon = page.locator(".ribbon")
    expect(ribbon).to_have_text("Sandbox")
    page.get_by_label("Production").check()
    page.get_by_label("Username").fill("university")
    administrator.save()
    expect(ribbon).to_have_count(0)


def test_relaxed_trust_is_asked_for_twice_and_shown_in_red(
    system: System, administrator: Person
):
    gateway = system.gateway()
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    page.get_by_label("Do not verify").check()
    page.get_by_role("button", name="Save manually").click()
    refusal = page.get_by_role("dialog")
    expect(refusal).to_contain_text("Confirm that you accept this")
    refusal.get_by_role("button", name="Close").last.click()
    assert system.trust(gateway) == "verify"

    page.get_by_role(
        "checkbox", name="I accept that the connection can be intercepted"
    ).check()
    administrator.save()
    expect(page.locator(".alert-danger")).to_contain_text(
        "The connection is not verified."
    )
    expect(page.locator(".ribbon")).to_have_text("Not verified")
    assert system.trust(gateway) == "relaxed"


def test_relaxed_trust_in_production_is_confirmed_by_name(
    system: System, administrator: Person
):
    gateway = system.gateway(trust="relaxed", relaxed_confirmed=True)
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    confirmation = page.get_by_label("Type the Username to Confirm")
    expect(confirmation).to_have_count(0)
    page.get_by_label("Production").check()
    page.locator("[name=username] input").fill("savanna")
    confirmation.fill("savana")
    page.get_by_role("button", name="Save manually").click()
    refusal = page.get_by_role("dialog")
    expect(refusal).to_contain_text("type the username “savanna”")
    refusal.get_by_role("button", name="Close").last.click()
    confirmation.fill("savanna")
    administrator.save()
    reminder = page.locator(
        ".o-mail-Activity", has_text="The connection is not verified"
    )
    expect(reminder).to_be_visible()
    page.get_by_role("tab", name="Health").click()
    health = page.locator("[name=health]").filter(
        has_text="The connection is not verified"
    )
    expect(health).to_contain_text(f"{ADMINISTRATOR} accepted this on")
    page = administrator.open(GATEWAYS)
    expect(page.locator(".o_data_row td[name=health_state]")).to_have_text("Problem")
