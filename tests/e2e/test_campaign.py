"""Staff write to the people of a file: who gets it, at what price, and the outcome."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from .campaign import add_file, campaign, figure, many, pick
from .conftest import SignIn, staff
from .person import CAMPAIGNS, Person
from .system import System

TEXT = "Dear {{ object.name }}, your balance is KES {{ object.fee_balance }}."
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
    expect(preview.locator("[name=recipient_count]")).to_have_text("4")
    page.locator("[name=body] textarea").fill(TEXT)
    page.get_by_label("Transactional").check()
    clerk.save()

    # What it costs, and how that is known
    [row] = preview.locator(NETWORKS).all()
    expect(row).to_contain_text("Not known yet")
    expect(row).to_contain_text("Recipients: 4, parts: 4 at 0.8000")
    expect(row).to_contain_text("Set on the gateway")

    # Who is left out, why, and each of them
    expect(preview.locator("[name=left_out_count]")).to_have_text("4")
    expect(preview.locator("[name=price]")).to_have_text("3.20")
    expect(preview).to_contain_text("Dear Achieng, your balance is KES 12,400.")
    reasons = preview.locator("[name=left_out_ids] td[name=reason]")
    told = {"Duplicate", "Invalid Destination", "Missing Number"}
    assert set(reasons.all_inner_texts()) == {*told, "Wrong Number Format"}
    row = preview.locator("[name=left_out_ids] .o_data_row").filter(
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
    expect(question).to_contain_text("Send to 4 recipients for about 3.20?")
    expect(question.locator("[name=expected_end_at]")).not_to_be_empty()
    # One number has two texts that differ: somebody has to say what becomes of it.
    question.get_by_role("button", name="Launch").click()
    expect(question).to_contain_text(
        "Same number as an earlier recipient, but a different text: 1"
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
    expect(problem).to_contain_text("Choose the column that holds the phone number")
    dialog.get_by_role("button", name="Save & Close").click()
    expect(problem).to_be_visible()

    dialog.locator("input[type=file]").set_input_files(towns)
    message = page.get_by_role("dialog").filter(has_text="no column of phone numbers")
    expect(message).to_be_visible()


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
    expect(preview.locator("[name=recipient_count]")).to_have_text("1")
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
