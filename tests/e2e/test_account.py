"""A manager reads the log, prints a month, and answers a person's request."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from PyPDF2 import PdfReader

from .conftest import SignIn
from .person import GATEWAYS, MESSAGES, Person
from .system import COMPANY, System

NUMBER, TEXT = "+254722000551", "Dear Kiprono, your balance is 12,400"
OTHER = "+254722000552"
WKHTMLTOPDF = "wkhtmltopdf"


@pytest.fixture
def manager(system: System, sign_in: SignIn) -> Person:
    """Return a signed-in manager, when two messages have been sent."""
    system.gateway()
    call = system.admin.call
    for number, text in ((NUMBER, TEXT), (OTHER, "Dear Naliaka, welcome")):
        ids = system.messages([{"number": number, "body": text}])
        call("sms.sms", "send", ids)
    login = "accountant"
    if not call("res.users", "search", [("login", "=", login)]):
        system.user(login, "Peter Njoroge", "su_sms.group_manager")
    return sign_in(login)


def rows(page: Page):
    return page.locator(".o_data_row")


def choose(page: Page, name: str) -> None:
    """Choose a filter or a grouping from the search menu, and close it."""
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name=name, exact=True).first.click()
    page.locator(".o_searchview_dropdown_toggler").click()


def leave(page: Page, name: str) -> None:
    """Leave a filter or a grouping that was chosen."""
    facet = page.locator(".o_searchview_facet").filter(has_text=name)
    facet.locator(".o_facet_remove").click()


def test_log_is_filtered_grouped_and_exported(manager: Person, tmp_path: Path):
    page = manager.open(MESSAGES)
    manager.search(NUMBER)
    expect(rows(page)).to_have_count(1)
    expect(rows(page).locator("td[name=create_uid]")).to_contain_text("Wanjiku")
    choose(page, "Mine")
    expect(rows(page)).to_have_count(0)
    leave(page, "Mine")
    choose(page, "Today")
    expect(rows(page)).to_have_count(1)
    choose(page, "Sent by")
    group = page.locator(".o_group_header")
    expect(group).to_have_count(1)
    expect(group).to_contain_text("(1)")
    leave(page, "Sent by")
    choose(page, "Sender's Group")
    administrators = group.filter(has_text="SMS / Gateway Administrator")
    expect(administrators).to_contain_text("(1)")
    administrators.click()
    expect(rows(page)).to_contain_text(NUMBER)

    with page.expect_download() as given:
        page.locator(".o_cp_action_menus button").first.click()
        page.get_by_role("menuitem", name="Export All").click()
    book = tmp_path / "log.xlsx"
    given.value.save_as(book)
    assert NUMBER in strings(book)
    assert "KES" in strings(book)


def test_statement_is_downloaded(manager: Person, tmp_path: Path):
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


def test_statement_is_printed(system: System, manager: Person, tmp_path: Path):
    if not shutil.which(WKHTMLTOPDF):
        how = f"install {WKHTMLTOPDF} (Debian: apt-get install {WKHTMLTOPDF})"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(how)
    month = date.today().replace(day=1) - timedelta(days=1)
    senders = [f"SENDER{n:02}" for n in range(40)]
    sent = {
        "number": NUMBER,
        "state": "sent",
        "accepted_at": f"{month} 12:00:00",
        "parts": 2,
        "cost": 31.25,
        "currency_id": system.ref("base.KES"),
    }
    made = system.messages([{**sent, "sender_id": name} for name in senders])
    manager.choose("SMS Marketing", "Reporting", "Monthly Statement")
    page = manager.page
    with page.expect_download() as given:
        page.get_by_role("dialog").get_by_role("button", name="Print").click()
    name = f"SMS Statement {month:%Y-%m} {COMPANY}.pdf"
    assert given.value.suggested_filename == name
    printed = tmp_path / "statement.pdf"
    given.value.save_as(printed)
    system.run(f"env['sms.sms'].sudo().browse({made}).unlink()")

    pages = [" ".join(page.extract_text().split()) for page in PdfReader(printed).pages]
    for text in (f"SMS Statement, {month:%B %Y}", COMPANY, "Printed by Peter Njoroge"):
        assert text in pages[0]
    assert re.findall(r"SENDER\d\d", " ".join(pages)) == senders
    # A table goes on where a page ends, under a head of its own.
    tables = [page.partition("By Sender")[2] for page in pages if "SENDER" in page]
    assert len(tables) > 1
    assert all(re.search(r"Cost \(KES\) SENDER", table) for table in tables)
    assert tables[-1].startswith(f" , continued: {COMPANY} , {month:%B %Y}")
    assert (
        "SENDER39 1 1 0 0 0 0 0 2 31.25 Total 40 40 0 0 0 0 0 80 1,250.00" in tables[-1]
    )


def test_person_is_erased_on_request(system: System, manager: Person):
    manager.choose("SMS Marketing", "Configuration", "Personal Data Request")
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
    """Return the texts of a workbook."""
    with ZipFile(book) as parts:
        return parts.read("xl/sharedStrings.xml").decode()
