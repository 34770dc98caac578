"""The dashboard: what it shows, and what its figures open."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import SignIn
from .person import Person
from .system import System

DASHBOARD = "sms-dashboard"
FIGURES = "**/sms.dashboard/get_data"
SECONDS = 30
PHONES = ("0712 345 678", "0733 345 679", "0110 123 456")
REFUSED = "0700 000 407"  # the simulator knows no route to it
NOTHING = {"jsonrpc": "2.0", "id": 0, "error": {"code": 0, "message": "", "data": {}}}


@pytest.fixture
def gateway(system: System) -> int:
    return system.gateway(name="Main account")


def queue(system: System, gateway: int, *phones: str, **values: Any) -> list[int]:
    """Queue a message to each of `phones`; return their ids."""
    values = {"body": "Exams begin on Monday.", "gateway_id": gateway, **values}
    return system.messages([values | {"number": phone} for phone in phones])


def send(system: System, gateway: int, *phones: str, **values: Any) -> list[int]:
    """Send to `phones` and wait until it is known what became of each."""
    messages = queue(system, gateway, *phones, **values)
    system.admin.call("sms.sms", "send", messages)
    system.wait_until_left(messages)
    return messages


def wait_until_many(system: System, domain: list[Any], count: int) -> None:
    """Wait until so many messages are like this."""
    deadline = time.monotonic() + SECONDS
    while system.admin.call("sms.sms", "search_count", domain) < count:
        assert time.monotonic() < deadline, f"never {count} of {domain}"
        time.sleep(0.1)


def section(page: Page, name: str) -> Locator:
    return page.locator(f".o_sms_dashboard section[name={name}]")


def headline(page: Page, name: str) -> Locator:
    """Return the figure of a card at the top."""
    return section(page, name).locator(".fs-2 .fs-2")


def opened(page: Page, figure: Locator) -> int:
    """Open a figure's records, come back, and give how many they are."""
    figure.click()
    limit = page.locator(".o_list_view .o_pager_limit")
    count = int(limit.inner_text())
    page.locator(".o_breadcrumb, .o_breadcrumb_back_button").get_by_text(
        "SMS Dashboard"
    ).first.click()
    expect(section(page, "today")).to_be_visible()
    return count


def check_opens(page: Page, figure: Locator, count: str = "") -> int:
    """Open a figure's records, see that they are as many, and come back.

    :param count: how many, where the figure is a share or a sum of them
    """
    count = count or figure.inner_text()
    assert opened(page, figure) == int(count)
    return int(count)


def test_figures_show_what_was_sent_and_open_it(
    system: System, gateway: int, sign_in: SignIn
):
    system.user("registrar", "Esther Wanjiru", "su_sms.group_manager")
    system.let_report(gateway)
    sent = send(system, gateway, *PHONES, REFUSED)
    delivered = [("id", "in", sent), ("state", "=", "sent")]
    wait_until_many(system, delivered, len(PHONES))
    page = sign_in("registrar").open(DASHBOARD)
    choose_gateway = page.get_by_title("Gateway", exact=True)
    expect(choose_gateway).to_have_count(0)  # there is only one
    today = check_opens(page, headline(page, "today"))
    assert today >= len(PHONES) + 1

    # What else the card says opens what it was counted from
    results = section(page, "results")
    delivered = results.locator("tr[name=delivered] button").first.inner_text()
    card = section(page, "today")
    check_opens(page, card.locator("[name=rate] button"), delivered)
    cost = card.locator("[name=cost] button").first
    expect(results.locator("tr[name=cost] td").nth(1)).to_contain_text(
        cost.inner_text()
    )
    assert len(PHONES) <= opened(page, cost) <= today
    parts = results.locator("tr[name=parts] button").first
    assert int(parts.inner_text()) >= len(PHONES)
    check_opens(page, parts, str(today))

    failed = results.locator("tr[name=failed]").get_by_role("button")
    assert check_opens(page, failed.first) >= 1
    assert check_opens(page, failed.last) >= 1
    reason = section(page, "failures").locator("tbody tr").filter(has_text="Rejected")
    assert check_opens(page, reason.get_by_role("button")) >= 1
    network = section(page, "networks").locator("tbody tr").first
    tried = check_opens(page, network.get_by_role("button").first)
    assert tried >= len(PHONES)
    assert opened(page, network.get_by_role("button").nth(1)) <= tried
    expect(section(page, "gateways")).to_contain_text("Ready")


def test_slowest_campaigns_open_what_they_have_delivered(
    system: System, gateway: int, administrator: Person
):
    values = {
        "name": "Library closes early",
        "body": "The library closes at 16:00 today.",
        "gateway_id": gateway,
    }
    [campaign] = system.admin.call("sms.campaign", "create", [values])
    accepted = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
    delivered = accepted + timedelta(minutes=7)
    message = {
        "gateway_id": gateway,
        "campaign_id": campaign,
        "body": values["body"],
        "state": "sent",
        "accepted_at": str(accepted),
        "delivered_at": str(delivered),
    }
    numbers = [f"+2547120{n:05d}" for n in range(12)]
    messages = [message | {"number": number} for number in numbers]
    system.messages(messages)
    page = administrator.open(DASHBOARD)
    slowest = section(page, "campaigns").locator("table[name=slowest] tbody tr").first
    expect(slowest).to_contain_text("Library closes early")
    expect(slowest).to_contain_text("7 min")
    assert check_opens(page, slowest.get_by_text("12", exact=True)) == 12
    slowest.get_by_text("7 min").first.click()
    expect(page.locator(".o_list_view .o_pager_limit")).to_have_text("12")


def test_campaigns_that_fail_open_what_failed(
    system: System, gateway: int, administrator: Person
):
    refused = [f"0700 000 {code}" for code in (403, 404, 407, 502)]
    numbers = "\n".join((PHONES[0], *refused))
    values = {
        "name": "Gym closes",
        "body": "The gym closes at 16:00 today.",
        "gateway_id": gateway,
        "audience_ids": [(0, 0, {"kind": "numbers", "numbers": numbers})],
    }
    call = system.admin.call
    [campaign] = call("sms.campaign", "create", [values])
    question = call("sms.campaign.launch", "create", [{"campaign_id": campaign}])
    call("sms.campaign.launch", "action_launch", question)
    mine = [("campaign_id", "=", campaign), ("state", "in", ("pending", "error"))]
    wait_until_many(system, mine, 5)
    page = administrator.open(DASHBOARD)
    row = section(page, "campaigns").locator("tbody tr").filter(has_text="Gym closes")
    buttons = row.first.get_by_role("button")
    assert check_opens(page, buttons.nth(1)) == 4
    expect(buttons.nth(2)).to_have_text("80%")
    check_opens(page, buttons.nth(2), "4")
    assert check_opens(page, buttons.last) == 5
    buttons.first.click()
    expect(page.get_by_label("Campaign")).to_have_value("Gym closes")


def test_balance_opens_its_trend(system: System, gateway: int, administrator: Person):
    cron = system.ref("su_sms.ir_cron_watch")
    for balance in (500, 420):
        system.simulator.admin.settings(balance=balance)
        system.admin.call("ir.cron", "method_direct_trigger", [cron])
    page = administrator.open(DASHBOARD)
    amount = section(page, "balance").get_by_role("button")
    expect(amount).to_contain_text("420")
    drawn = (
        section(page, "trend")
        .locator("canvas")
        .evaluate("canvas => Chart.getChart(canvas).data.datasets[0].data.at(-1).y")
    )
    assert drawn == 420
    amount.click()
    expect(page.locator(".o_graph_view canvas")).to_be_visible()
    page.locator(".o_switch_view.o_list").click()
    expect(page.locator(".o_data_row [name=amount]").first).to_contain_text("420")


def test_a_bar_of_the_chart_opens_its_day_and_outcome(
    system: System, gateway: int, administrator: Person
):
    send(system, gateway, *PHONES)
    page = administrator.open(DASHBOARD)
    canvas = section(page, "chart").locator("canvas")
    place = canvas.evaluate(
        """canvas => {
            const chart = Chart.getChart(canvas);
            const shown = chart.data.datasets.findIndex(({ data }) => data.at(-1));
            const { x, y, base } = chart.getDatasetMeta(shown).data.at(-1);
            const { label, data } = chart.data.datasets[shown];
            return { x, y: (y + base) / 2, label, count: data.at(-1) };
        }"""
    )
    canvas.click(position={"x": place["x"], "y": place["y"]})
    expect(page.locator(".o_breadcrumb")).to_contain_text(place["label"])
    expect(page.locator(".o_pager_limit")).to_have_text(str(place["count"]))


def test_it_refreshes_itself_and_says_when_it_cannot(
    system: System, gateway: int, administrator: Person
):
    send(system, gateway, PHONES[0])
    page = administrator.open(DASHBOARD)
    today = headline(page, "today")
    count = int(today.inner_text())
    send(system, gateway, PHONES[1])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(today).to_have_text(str(count + 1))

    def fail(route: Route) -> None:
        route.fulfill(body=json.dumps(NOTHING), content_type="application/json")

    page.route(FIGURES, fail)
    page.get_by_role("button", name="Refresh").click()
    alert = page.get_by_role("alert").filter(has_text="may be out of date")
    expect(alert).to_be_visible()
    expect(today).to_have_text(str(count + 1))
    page.unroute(FIGURES)
    alert.get_by_role("button", name="Try Again").click()
    expect(alert).to_be_hidden()


def test_what_is_wrong_stands_on_top_and_opens_its_gateway(
    system: System, gateway: int, administrator: Person
):
    system.admin.call("sms.gateway.config", "action_pause", [gateway])
    queue(system, gateway, *PHONES)
    queue(system, gateway, PHONES[0], priority="2")
    page = administrator.open(DASHBOARD)
    assert check_opens(page, headline(page, "waiting")) == len(PHONES) + 1
    waiting = section(page, "waiting").get_by_role("button", name="Paused")
    check_opens(page, waiting, "4")
    figures = section(page, "queue").get_by_role("button")
    expect(figures).to_have_text(["4", "1", "3"])
    for place in range(3):
        check_opens(page, figures.nth(place))
    problem = section(page, "problems").locator(".list-group-item").first
    expect(problem).to_contain_text("Main account: Paused")
    problem.get_by_role("button", name="Open").click()
    expect(page.locator(".o_form_view [name=name] input")).to_have_value("Main account")


def test_one_of_several_gateways_is_chosen(
    system: System, gateway: int, administrator: Person
):
    system.gateway(name="Library account", is_default=False)
    send(system, gateway, PHONES[0])
    page = administrator.open(DASHBOARD)
    page.get_by_title("Gateway", exact=True).click()
    page.get_by_role("menuitem", name="Library account").click()
    expect(headline(page, "today")).to_have_text("0")
    expect(section(page, "chart")).to_contain_text("No SMS yet")
    expect(section(page, "gateways").locator("tbody tr")).to_have_count(1)


def test_without_a_gateway_it_says_what_to_do(system: System, sign_in: SignIn):
    system.user("boss", "Peter Njoroge", "su_sms.group_manager")
    page = sign_in("boss").open(DASHBOARD)
    expect(page.get_by_text("administrator to connect one")).to_be_visible()
    expect(page.get_by_role("button", name="New Gateway")).to_have_count(0)
    page = sign_in().open(DASHBOARD)
    new = page.get_by_role("button", name="New Gateway")
    new.click()
    expect(page.locator(".o_form_view [name=name] input")).to_be_visible()
    # A form that is left as it is would be saved when the window closes.
    page.get_by_role("button", name="Discard all changes").click()
    expect(new).to_be_visible()


def test_it_fits_a_phone(system: System, gateway: int, sign_in: SignIn):
    send(system, gateway, PHONES[0])
    page = sign_in(width=390, height=800).open(DASHBOARD)
    expect(section(page, "gateways")).to_contain_text("Main account")
    wide = page.locator(".o_content").evaluate("e => e.scrollWidth - e.clientWidth")
    assert wide <= 0


def test_reporting_analyses_messages(
    system: System, gateway: int, administrator: Person
):
    name = "Analysed account"
    system.admin.call("sms.gateway.config", "write", [gateway], {"name": name})
    send(system, gateway, *PHONES, REFUSED)
    send(system, gateway, PHONES[0], message_class="promotional")
    administrator.choose("SMS Marketing", "Reporting", "Messages Analysis")
    page = administrator.page
    canvas = page.locator(".o_graph_view canvas")
    expect(canvas).to_be_visible()
    administrator.search(name, "Gateway")
    group(page, "Status")
    group(page, "Class")
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector(".o_graph_view canvas");
            const { labels, datasets } = Chart.getChart(canvas)?.data || {};
            const names = datasets?.map(({ label }) => label) || [];
            return labels?.toSorted().join() === "Error,Sent"
                && names.includes("Promotional") && names.includes("Transactional");
        }"""
    )
    page.get_by_role("button", name=re.compile("pivot", re.IGNORECASE)).click()
    heads = page.locator(".o_pivot_view th.o_pivot_measure_row")
    for measure in ("Count", "Parts", "Cost"):
        expect(heads.filter(has_text=measure).first).to_be_visible()
    # Grouped by both, as the graph was
    table = page.locator(".o_pivot_view tbody tr")
    expect(table.locator("th")).to_have_text(
        ["Total", "Error", "Transactional", "Sent", "Promotional", "Transactional"]
    )
    sent_in_all = table.nth(5).locator("td").nth(-3)
    expect(sent_in_all).to_have_text("3")
    sent_in_all.click()
    expect(page.locator(".o_list_view .o_pager_limit")).to_have_text("3")
    expect(page.locator(".o_data_row")).to_have_count(3)


def group(page: Page, name: str) -> None:
    """Group by what the search menu offers."""
    page.locator(".o_searchview_dropdown_toggler").click()
    menu = page.locator(".o_group_by_menu")
    menu.get_by_role("menuitemcheckbox", name=name, exact=True).click()
    page.locator(".o_searchview_dropdown_toggler").click()
