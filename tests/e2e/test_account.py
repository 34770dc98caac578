"""A manager reads the log, prints a month, and answers a person's request."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from .conftest import SignIn
from .person import GATEWAYS, MESSAGES, Person
from .system import System

NUMBER, TEXT = "+254722000551", "Dear Kiprono, your balance is 12,400"
OTHER = "+254722000552"


@pytest.fixture
def manager(system: System, sign_in: SignIn) -> Person:
    """Give a signed-in manager, when two messages have been sent."""
    system.gateway()
    call = system.admin.call
    for number, text in ((NUMBER, TEXT), (OTHER, "Dear Naliaka, welcome")):
        ids = call("sms.sms", "create", [{"number": number, "body": text}])
        call("sms.sms", "send", ids)
    login = "accountant"
    if not call("res.users", "search", [("login", "=", login)]):
        system.user(login, "Peter Njoroge", "su_sms.group_manager")
    return sign_in(login)


def rows(page: Page):
    return page.locator(".o_data_row")


def search(page: Page, text: str) -> None:
    """Search the list for a text in the first of its fields."""
    box = page.get_by_role("searchbox")
    box.click()
    box.press_sequentially(text)
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text(text)
    box.press("Enter")


def choose(page: Page, name: str) -> None:
    """Choose a filter or a grouping from the search menu, and close it."""
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name=name, exact=True).first.click()
    page.locator(".o_searchview_dropdown_toggler").click()


def test_log_is_filtered_grouped_and_exported(manager: Person, tmp_path: Path):
    page = manager.open(MESSAGES)
    search(page, NUMBER)
    expect(rows(page)).to_have_count(1)
    expect(rows(page).locator("td[name=create_uid]")).to_contain_text("Wanjiku")
    choose(page, "Mine")
    expect(rows(page)).to_have_count(0)
    mine = page.locator(".o_searchview_facet").filter(has_text="Mine")
    mine.locator(".o_facet_remove").click()
    choose(page, "Today")
    expect(rows(page)).to_have_count(1)
    choose(page, "Sent by")
    group = page.locator(".o_group_header")
    expect(group).to_have_count(1)
    expect(group).to_contain_text("(1)")

    with page.expect_download() as given:
        page.locator(".o_cp_action_menus button").first.click()
        page.get_by_role("menuitem", name="Export All").click()
    book = tmp_path / "log.xlsx"
    given.value.save_as(book)
    assert NUMBER in strings(book)
    assert "KES" in strings(book)


def test_statement_is_downloaded_and_shown(manager: Person, tmp_path: Path):
    manager.choose("SMS Marketing", "Reporting", "Monthly Statement")
    page = manager.page
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Month").click()
    page.locator(".o_select_menu_item").first.click()
    with page.expect_download() as given:
        dialog.get_by_role("button", name="Download XLSX").click()
    assert given.value.suggested_filename.startswith("sms-statement-")
    book = tmp_path / "statement.xlsx"
    given.value.save_as(book)
    for text in ("User", "Campaign", "Cost (KES)", "Total", "Wanjiku Kamau"):
        assert text in strings(book)

    dialog.get_by_role("button", name="Print").click()
    # Where there is no wkhtmltopdf, Odoo shows the page itself.
    report = page.frame_locator(".o_report_iframe, .o_content iframe")
    expect(report.get_by_role("heading", level=2)).to_contain_text("SMS Statement")


def test_person_is_erased_on_request(system: System, manager: Person):
    manager.choose("SMS Marketing", "Configuration", "Data of a Number")
    page = manager.page
    dialog = page.get_by_role("dialog")
    number = dialog.get_by_label("Number")
    number.fill("0722 000 599")
    number.press("Tab")
    expect(dialog).to_contain_text("Nothing is held about this number.")
    number.fill("0722 000 551")
    number.press("Tab")
    expect(dialog.locator("[name=message_count]")).not_to_have_text("0")
    with page.expect_download():
        dialog.get_by_role("button", name="Export").click()
    dialog.get_by_role("button", name="Erase").click()
    sure = page.get_by_role("dialog").last
    expect(sure).to_contain_text("An opt-out stays in force")
    sure.get_by_role("button", name="Ok").click()
    expect(page.locator(".o_notification")).to_contain_text("Erased from")

    held = system.admin.call("sms.sms", "search_count", [("number", "=", NUMBER)])
    assert held == 0
    texts = system.admin.call("sms.sms", "search_count", [("body", "=", TEXT)])
    assert texts == 0
    assert system.admin.call("sms.sms", "search_count", [("number", "=", OTHER)])
    log = system.admin.call("sms.person.log", "search_read", [], ["action"])
    assert [line["action"] for line in log] == ["erase", "export"]


def test_retention_is_set_on_the_gateway(system: System, administrator: Person):
    gateway = system.gateway()
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    page.get_by_role("tab", name="Retention").click()
    page.get_by_label("Keep Texts (Days)").fill("30")
    administrator.save()
    change = page.locator(".o-mail-Message").filter(has_text="Keep Texts (Days)")
    expect(change).to_contain_text("180")
    expect(change).to_contain_text("30")


def strings(book: Path) -> str:
    """Give the texts of a workbook."""
    with ZipFile(book) as parts:
        return parts.read("xl/sharedStrings.xml").decode()
