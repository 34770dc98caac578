"""Staff write to many people: who gets it, at what price, and what became of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import SignIn
from .person import CAMPAIGNS, Person
from .system import System

TEXT = "Dear {{ object.name }}, your balance is KES {{ object.fee_balance }}."
READ = re.compile(r"/sms\.campaign/web_read$")
# The simulator refuses the number that ends in 407.
DIRTY = """Phone,Student,Fee Balance
0712 345 678,Achieng,"12,400"
712345679,Baraka,0
0712-345-678,Achieng again,5
+254 (0)733-345-682,Fatuma,900
0700000407,Daudi,300
020 222 3344,Front office,1
call me,Nobody,3
,Esther,3
"""
NETWORKS = "[name=network_ids] .o_kanban_record:not(.o_kanban_ghost)"
HOSTILE = "<img src=x onerror=window.hit=1><b>Amina</b>"


@pytest.fixture
def clerk(system: System, sign_in: SignIn) -> Person:
    """Return a member of staff who may do no more than campaigns of their own."""
    return staff(system, sign_in, "campaigner", "su_sms.group_user")


def staff(system: System, sign_in: SignIn, login: str, group: str, **size) -> Person:
    """Return a person of a group, who may be there since an earlier test."""
    if not system.admin.call("res.users", "search", [("login", "=", login)]):
        system.user(login, login.capitalize(), group)
    return sign_in(login, **size)


def campaign(system: System, gateway: int, numbers: str, **values: Any) -> int:
    """Make a campaign to pasted numbers, the clerk's; give the id."""
    [clerk] = system.admin.call("res.users", "search", [("login", "=", "campaigner")])
    audience = {"kind": "numbers", "numbers": numbers}
    values = {
        "name": "Library closes early",
        "body": "The library closes at 16:00 today.",
        "gateway_id": gateway,
        "user_id": clerk,
        "audience_ids": [(0, 0, audience)],
        **values,
    }
    return system.admin.call("sms.campaign", "create", [values])[0]


def many(count: int) -> str:
    """Return so many numbers as people paste them."""
    return "\n".join(f"+2547120{number:05d}" for number in range(count))


def add_file(page: Page, path: Path) -> Locator:
    """Open the dialog for an audience with a file in it; give the dialog."""
    page.locator("[name=audience_ids]").get_by_role("button", name="Add a line").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File", exact=True).check()
    dialog.locator("input[type=file]").set_input_files(path)
    expect(dialog.locator("[name=column_ids] .o_data_row").first).to_be_visible()
    return dialog


def figure(page: Page, name: str) -> Locator:
    """Return the figure on a stat button."""
    return page.locator(f".oe_stat_button [name={name}] .o_stat_value")


def test_campaign_from_a_file_with_dirty_numbers(
    system: System, clerk: Person, tmp_path: Path
):
    gateway = system.gateway(price_per_part=0.8)
    system.let_report(gateway)
    path = tmp_path / "students.csv"
    path.write_text(DIRTY)
    page = clerk.open(CAMPAIGNS)
    expect(page.locator(".o_view_nocontent")).to_contain_text("Write to many people")
    page.get_by_role("button", name="New").click()
    page.get_by_label("Campaign").fill("Fee balances")

    dialog = add_file(page, path)
    roles = dialog.locator("[name=column_ids] td[name=role]")
    expect(roles).to_have_text(["Phone Number", "Name", "For the Text"])
    dialog.get_by_role("button", name="Save & Close").click()
    # They are counted without being asked to
    preview = page.locator("[name=preview]")
    expect(preview.locator("[name=people_count]")).to_have_text("4")
    page.locator("[name=body] textarea").fill(TEXT)
    page.get_by_label("Transactional").check()
    clerk.save()

    # What it costs, and how that is known
    [row] = preview.locator(NETWORKS).all()
    expect(row).to_contain_text("Not known yet")
    expect(row).to_contain_text("People: 4, parts: 4 at 0.8000")
    expect(row).to_contain_text("Set on the gateway")

    # Who is left out, why, and each of them
    expect(preview.locator("[name=left_out_count]")).to_have_text("4")
    expect(preview.locator("[name=price]")).to_have_text("3.20")
    expect(preview).to_contain_text("Dear Achieng, your balance is KES 12,400.")
    reasons = preview.locator("[name=exclusion_ids] td[name=reason]")
    told = {"Duplicate", "Invalid Destination", "Missing Number"}
    assert set(reasons.all_inner_texts()) == {*told, "Wrong Number Format"}
    row = preview.locator("[name=exclusion_ids] .o_data_row").filter(
        has_text="Wrong Number Format"
    )
    row.get_by_role("button").click()
    left_out = page.locator(".o_list_view .o_data_row")
    expect(left_out).to_have_count(1)
    expect(left_out.locator("[name=line]")).to_have_text("8")
    expect(left_out.locator("[name=number]")).to_have_text("call me")
    page.go_back()
    with page.expect_download() as download:
        preview.get_by_role("button", name="Download").click()
    text = download.value.path().read_text("utf-8-sig")
    assert len(text.splitlines()) == 5
    assert "call me" in text

    # The question before the launch repeats it all
    page.get_by_role("button", name="Launch").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Send to 4 people for about 3.20?")
    expect(question.locator("[name=finish_at]")).not_to_be_empty()
    # One number has two texts that differ: somebody has to say what becomes of it.
    question.get_by_role("button", name="Launch").click()
    expect(question).to_contain_text(
        "the number of somebody before, but another text: 1"
    )
    question.get_by_label("Only the first one").check()
    question.get_by_role("button", name="Launch").click()

    # It finishes before our eyes
    expect(page.locator(".o_arrow_button_current")).to_have_text("Done")
    expect(figure(page, "sent_count")).to_have_text("3")
    assert sorted(entry["number"] for entry in system.simulator.admin.ledger()) == [
        "+254712345678",
        "+254712345679",
        "+254733345682",
    ]
    results = page.locator("[name=results]")
    expect(figure(page, "delivered_count")).to_have_text("3")
    expect(results.locator("[name=networks]")).to_contain_text("Simulator")
    expect(results.locator("[name=reasons]")).to_contain_text("Duplicate")

    # Who was not reached
    page.locator(".oe_stat_button").filter(has_text="Failed").click()
    failed = page.locator(".o_list_view .o_data_row")
    expect(failed).to_have_count(1)
    expect(failed.locator("[name=number]")).to_have_text("+254700000407")


def workbook(path: Path) -> Path:
    """Make a workbook: a cover, then people, one of them without a balance."""
    book = openpyxl.Workbook()
    book.active.append(["Fees office", "November"])
    book.active.append(["Printed by", "Esther"])
    people = book.create_sheet("Balances")
    for row in (
        ["Father", "Mother Phone", "Student", "Fee Balance"],
        ["0712345678", "0722000111", "Achieng", 12400],
        ["0712345679", None, "Baraka", None],
    ):
        people.append(row)
    people["D2"].number_format = "#,##0.00"
    old = book.create_sheet("Old")
    for row in (["Phone", "Name"], ["0733345682", "Gone"]):
        old.append(row)
    book.save(path)
    return path


def test_what_a_workbook_is_read_as_is_shown_and_chosen_in_its_dialog(
    system: System, clerk: Person, tmp_path: Path
):
    gateway = system.gateway()
    system.let_report(gateway)
    page = clerk.open(CAMPAIGNS)
    page.get_by_role("button", name="New").click()
    page.get_by_label("Campaign").fill("Fee balances of November")
    page.get_by_label("Transactional").check()

    dialog = add_file(page, workbook(tmp_path / "fees.xlsx"))
    expect(dialog.locator("[name=notes]")).to_contain_text("Sheet “Balances” is read")
    sheet = dialog.locator("[name=sheet]")
    pick(page, sheet, "Old")
    expect(dialog.locator("[name=notes]")).to_contain_text("Sheet “Old”")
    pick(page, sheet, "Balances")
    expect(dialog.locator("[name=number_title]")).to_have_text("Father")
    question = dialog.locator("[name=column_question]")
    expect(question).to_contain_text("Two columns have phone numbers")


def test_what_is_wrong_with_a_file_is_said_in_its_dialog_which_stays(
    system: System, clerk: Person, tmp_path: Path
):
    system.gateway()
    page = clerk.open(CAMPAIGNS)
    page.get_by_role("button", name="New").click()
    page.get_by_label("Campaign").fill("Fee balances")
    page.get_by_label("Transactional").check()
    good, towns = tmp_path / "fees.csv", tmp_path / "towns.csv"
    good.write_text("Name,Phone,Balance\nAmina,0712 345 678,1200\n")
    towns.write_text("Name,Town\nAmina,Nairobi\n")
    dialog = add_file(page, good)

    role = dialog.locator("[name=column_ids] .o_data_row").nth(1).locator("[name=role]")
    expect(role).to_have_text("Phone Number")
    role.click()
    pick(page, role, "For the Text")
    dialog.locator(".modal-header").click()
    problem = dialog.locator(".alert-danger")
    expect(problem).to_contain_text("Say which of the columns holds the phone number")
    dialog.get_by_role("button", name="Save & Close").click()
    expect(problem).to_be_visible()

    dialog.locator("input[type=file]").set_input_files(towns)
    message = page.get_by_role("dialog").filter(has_text="no column of phone numbers")
    expect(message).to_be_visible()


def pick(page: Page, field: Locator, choice: str) -> None:
    """Pick one of a field's choices."""
    field.locator(".o_select_menu_toggler").click()
    page.locator(".o_select_menu_item").get_by_text(choice, exact=True).click()


def test_pause_and_resume(system: System, clerk: Person):
    gateway = system.gateway()
    # A few leave at once, one each second after them.
    running = campaign(system, gateway, many(15), pace=60)
    page = clerk.open(f"{CAMPAIGNS}/{running}")
    page.get_by_role("button", name="Launch").click()
    page.get_by_role("dialog").get_by_role("button", name="Launch").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Sending")
    expect(figure(page, "sent_count")).not_to_have_text("0")

    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".alert-warning")).to_contain_text("Paused. By a person")
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_visible()
    assert len(system.simulator.admin.ledger()) < 15
    # Faster from here on, or the test would take as long as the campaign.
    page.get_by_label("Messages a Minute").fill("0")
    # Left, as a person does: until then it is only typed.
    page.keyboard.press("Tab")
    clerk.save()
    resume.click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Done")
    expect(figure(page, "sent_count")).to_have_text("15")
    assert len(system.simulator.admin.ledger()) == 15


def test_buttons_work_again_after_a_live_reading(system: System, clerk: Person):
    gateway = system.gateway()
    moving = campaign(system, gateway, many(200), name="Moves", pace=60)
    system.admin.call("sms.campaign.launch", "action_launch", [launch(system, moving)])
    draft = campaign(system, gateway, many(2))
    page = clerk.open(f"{CAMPAIGNS}/{draft}")
    people = page.locator("[name=preview] [name=people_count]")
    expect(people).to_have_text("2")
    asked: list[Route] = []
    held: list[Route] = []

    def ask(route: Route) -> None:
        asked.append(route)
        route.continue_()

    def hold(route: Route) -> None:
        """Let the button's reading and the live one be under way at once."""
        if asked:
            held.append(route)
        if len(held) == 2:
            held[0].continue_()
        if len(held) != 1:
            route.continue_()

    page.route(re.compile("/sms\\.campaign/action_check$"), ask)
    page.route(READ, hold)
    again = page.get_by_role("button", name="Count Again")
    with page.expect_response(READ):
        again.click()
    expect(again).to_be_enabled()
    # and the live ones go on
    audience = system.admin.call(
        "sms.campaign.audience", "search", [("campaign_id", "=", draft)]
    )
    system.admin.call("sms.campaign.audience", "write", audience, {"numbers": many(3)})
    expect(people).to_have_text("3")
    system.admin.call("sms.campaign", "action_cancel", [moving])


def test_kanban_shows_progress_live(system: System, clerk: Person, sign_in: SignIn):
    gateway = system.gateway()
    # Five leave at once, one each second after them.
    running = campaign(system, gateway, many(9), name="Gym opens", pace=60)
    page = clerk.open(CAMPAIGNS)
    column = page.locator(".o_kanban_group")
    draft = column.filter(has_text="Draft").locator(".o_kanban_record")
    expect(draft.filter(has_text="Gym opens")).to_be_visible()
    system.admin.call("sms.campaign.launch", "action_launch", [launch(system, running)])
    sending = column.filter(has_text="Sending").locator(".o_kanban_record")
    card = sending.filter(has_text="Gym opens")
    expect(card).to_contain_text(re.compile("[5-8] of 9"))
    done = column.filter(has_text="Done").locator(".o_kanban_record")
    expect(done.filter(has_text="Gym opens")).to_contain_text("9 of 9")

    page.locator(".o_switch_view.o_list").click()
    row = page.locator(".o_data_row").filter(has_text="Gym opens")
    expect(row.locator("td[name=state]")).to_have_text("Done")
    expect(row.locator("td[name=sent_count]")).to_have_text("9")
    expect(row.locator("td[name=user_id]")).to_contain_text("Campaigner")
    page.locator(".o_switch_view.o_calendar").click()
    today = page.locator(".o_calendar_view .fc-day-today")
    today.locator(".fc-event").filter(has_text="Gym opens").click()
    page.locator(".o_cw_popover_edit").click()
    expect(page.get_by_label("Campaign")).to_have_value("Gym opens")


def launch(system: System, campaign_id: int) -> int:
    """Return the question before a launch."""
    values = {"campaign_id": campaign_id}
    return system.admin.call("sms.campaign.launch", "create", [values])[0]


def test_manager_approves_a_large_campaign(
    system: System, clerk: Person, sign_in: SignIn
):
    gateway = system.gateway(approval_people=2)
    large = campaign(system, gateway, many(3))
    page = clerk.open(f"{CAMPAIGNS}/{large}")
    page.get_by_role("button", name="Launch").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("A manager must approve it")
    question.get_by_role("button", name="Ask for Approval").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("To Approve")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)

    manager = staff(system, sign_in, "approver", "su_sms.group_manager")
    manager.open(f"{CAMPAIGNS}/{large}")
    manager.page.get_by_role("button", name="Approve").click()
    expect(manager.page.locator(".o_arrow_button_current")).to_have_text("Done")
    # The clerk, who did nothing, sees it too.
    page.bring_to_front()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Done")
    expect(page.locator("[name=approved_by_id]")).to_contain_text("Approver")


def test_what_needs_unicode_is_named_and_who_came_since_waits_for_a_manager(
    system: System, clerk: Person
):
    def join(*names: str) -> None:
        """Let people join the audience, each with a number of their own."""
        known = system.admin.call("res.partner", "search_count", joined)
        people = [
            {"name": name, "phone": f"+2547220{known + n:05d}", "ref": "joined"}
            for n, name in enumerate(names)
        ]
        system.admin.call("res.partner", "create", people)

    joined = [("ref", "=", "joined")]
    join("Şahin")
    audience = {
        "kind": "model",
        "model_id": system.ref("base.model_res_partner"),
        "domain": repr(joined),
    }
    growing = campaign(
        system,
        system.gateway(approval_people=2),
        "",
        body="Dear {{ object.name }}, the library closes at 16:00 today.",
        audience_ids=[(0, 0, audience)],
    )
    page = clerk.open(f"{CAMPAIGNS}/{growing}")
    preview = page.locator("[name=preview]")
    expect(preview.locator("[name=unicode_count]")).to_have_text("1")
    expect(preview.locator("[name=unicode_characters]")).to_have_text("Ş")
    preview.get_by_role("button", name="Open").last.click()
    expect(page.locator(".o_data_row [name=name]")).to_have_text("Şahin")
    page.go_back()

    join("Achieng")
    page.get_by_role("button", name="Launch").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Send to 2 people")
    join("Baraka", "Chebet")
    question.get_by_role("button", name="Launch").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Paused")
    alert = page.get_by_role("alert").filter(has_text="Paused")
    expect(alert).to_contain_text("2 recipients were agreed on, 4 were found")
    expect(page.locator("button[name=action_cancel]")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    assert not system.simulator.admin.ledger()


def test_hostile_names_texts_and_cells_show_as_text(
    system: System, clerk: Person, tmp_path: Path
):
    system.gateway()
    path = tmp_path / "people.csv"
    path.write_text(f'Phone,Name,"{HOSTILE}"\n0712345678,{HOSTILE},{HOSTILE}\n')
    page = clerk.open(f"{CAMPAIGNS}/new")
    page.get_by_label("Campaign").fill(HOSTILE)
    dialog = add_file(page, path)
    expect(dialog.locator("td[name=title]").last).to_have_text(HOSTILE)
    dialog.get_by_role("button", name="Save & Close").click()
    preview = page.locator("[name=preview]")
    expect(preview.locator("[name=people_count]")).to_have_text("1")
    page.locator("[name=body] textarea").fill(f"{HOSTILE} {{{{ object.name }}}}")
    clerk.save()
    expect(preview).to_contain_text(f"{HOSTILE} {HOSTILE}")
    clerk.open(CAMPAIGNS)
    card = page.locator(".o_kanban_record").filter(has_text="onerror").first
    expect(card).to_contain_text(HOSTILE)
    assert page.evaluate("window.hit") is None


def test_form_fits_a_phone(system: System, sign_in: SignIn, clerk: Person):
    gateway = system.gateway(price_per_part=0.8)
    draft = campaign(system, gateway, many(3) + "\nabc")
    phone = staff(
        system, sign_in, "campaigner", "su_sms.group_user", width=390, height=844
    )
    page = phone.open(f"{CAMPAIGNS}/{draft}")
    expect(page.locator("[name=preview] [name=price]")).to_have_text("2.40")
    wide = page.evaluate(
        "document.querySelector('.o_content').scrollWidth - window.innerWidth"
    )
    assert wide <= 0


def test_what_is_typed_in_a_dialog_stays_while_others_are_sent(
    system: System, clerk: Person
):
    gateway = system.gateway()
    draft = campaign(system, gateway, "0712345678", name="Draft")
    running = campaign(system, gateway, many(20), optout="none")
    page = clerk.open(f"{CAMPAIGNS}/{draft}")
    page.locator("[name=audience_ids] .o_data_row td[name=kind]").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=numbers] textarea").fill("0712345678 0733345679")
    other = clerk.window(f"{clerk.url}/odoo/{CAMPAIGNS}/{running}")
    expect(other.locator("[name=preview] [name=people_count]")).to_have_text("20")

    # What has just been changed is told of along with what is being sent.
    system.admin.call("sms.campaign", "write", [draft], {"pace": 60})
    system.admin.call("sms.campaign.launch", "action_launch", [launch(system, running)])
    expect(figure(other, "sent_count")).to_have_text("20")
    other.close()

    page.bring_to_front()
    dialog.get_by_role("button", name="Save").first.click()
    expect(dialog).to_be_hidden()
    preview = page.locator("[name=preview]")
    expect(preview.locator("[name=people_count]")).to_have_text("2")
