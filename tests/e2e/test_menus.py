"""Who sees which menus."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import SignIn
from .person import GATEWAYS
from .system import System

APP = "SMS Marketing"
MAILINGS = [APP, "Mailing Lists"]
CAMPAIGNS = ["SMS Campaigns", "Messages"]
REST = ["Reporting", "Configuration"]
BLACKLIST = ["Blacklist"]
WORDS = ["Opt-Out Words"]
ODOO = ["Link Tracker"]
GATEWAY = ["SMS Gateway", "SMS Gateway Events"]
REQUESTS = ["Personal Data Request"]
# group -> menus of the app, and of its Configuration
SEEN = {
    "mass_mailing.group_mass_mailing_user": ([*MAILINGS, *REST], ODOO),
    "su_sms.group_user": ([*CAMPAIGNS, *REST], BLACKLIST),
    "su_sms.group_manager": (
        ["Dashboard", *CAMPAIGNS, "Incoming", *REST],
        [*BLACKLIST, *WORDS, *REQUESTS],
    ),
    "su_sms.group_gateway_admin": (
        ["Dashboard", *CAMPAIGNS, "Incoming", *REST],
        [*GATEWAY, *BLACKLIST, *WORDS, *REQUESTS],
    ),
}


@pytest.mark.parametrize("group", SEEN)
def test_menus_of_a_group(system: System, sign_in: SignIn, group: str):
    menus, configuration = SEEN[group]
    system.user(group, "Esther Wanjiru", group)
    person = sign_in(group)
    person.choose(APP)
    sections = person.page.locator(".o_menu_sections")
    expect(sections.locator("> *")).to_have_text(menus)
    sections.get_by_role("button", name="Configuration").click()
    items = person.page.locator(".o-dropdown--menu").get_by_role("menuitem")
    expect(items).to_have_text(configuration)


def test_employee_without_a_group_does_not_see_the_app(system: System, sign_in: SignIn):
    system.user("employee", "Esther Wanjiru")
    assert APP not in sign_in("employee").apps()


def test_gateway_is_closed_to_a_manager_who_knows_its_address(
    system: System, sign_in: SignIn
):
    gateway = system.gateway(name="Main account")
    system.user("manager", "Peter Njoroge", "su_sms.group_manager")
    manager = sign_in("manager")
    page = manager.page
    page.goto(f"{system.url}/odoo/{GATEWAYS}/{gateway}")
    expect(page.get_by_role("dialog").last).to_contain_text("Access Error")
    expect(page.get_by_text("Main account")).to_have_count(0)
