"""A campaign is paused, approved and watched while it runs."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from .campaign import campaign, figure, launch, many
from .conftest import SignIn, staff
from .person import CAMPAIGNS, Person
from .system import System

READ = re.compile(r"/sms\.campaign/web_read$")


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
    expect(page.locator(".alert-warning")).to_contain_text("Paused. Manually")
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
    recipients = page.locator("[name=preview] [name=recipient_count]")
    expect(recipients).to_have_text("2")
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

    page.route(re.compile("/sms\\.campaign/action_count$"), ask)
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
    expect(recipients).to_have_text("3")
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


def test_manager_approves_a_large_campaign(
    system: System, clerk: Person, sign_in: SignIn
):
    gateway = system.gateway(approval_recipients=2)
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
        system.gateway(approval_recipients=2),
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
    expect(question).to_contain_text("Send to 2 recipients")
    join("Baraka", "Chebet")
    question.get_by_role("button", name="Launch").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Paused")
    alert = page.get_by_role("alert").filter(has_text="Paused")
    expect(alert).to_contain_text(
        "2 recipients were agreed at launch, but 4 were found"
    )
    expect(page.locator("button[name=action_cancel]")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    assert not system.simulator.admin.ledger()


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
    expect(other.locator("[name=preview] [name=recipient_count]")).to_have_text("20")

    # What has just been changed is told of along with what is being sent.
    system.admin.call("sms.campaign", "write", [draft], {"pace": 60})
    system.admin.call("sms.campaign.launch", "action_launch", [launch(system, running)])
    expect(figure(other, "sent_count")).to_have_text("20")
    other.close()

    page.bring_to_front()
    dialog.get_by_role("button", name="Save").first.click()
    expect(dialog).to_be_hidden()
    preview = page.locator("[name=preview]")
    expect(preview.locator("[name=recipient_count]")).to_have_text("2")
