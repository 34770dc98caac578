"""The dashboard: what it shows, and what its figures open."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import SignIn
from .person import Person
from .system import System

DASHBOARD = "sms-dashboard"
FIGURES = "**/sms.dashboard/get_data"
PHONES = ("0712 345 678", "0733 345 679", "0110 123 456")
REFUSED = "0700 000 407"  # the simulator knows no route to it
NOTHING = {"jsonrpc": "2.0", "id": 0, "error": {"code": 0, "message": "", "data": {}}}


@pytest.fixture
def gateway(system: System) -> int:
    return system.gateway(name="Main account")


def send(system: System, gateway: int, *phones: str) -> None:
    """Send to `phones` and wait until it is known what became of each."""
    values = [{"number": phone, "body": "Exams begin on Monday."} for phone in phones]
    values = [each | {"gateway_id": gateway} for each in values]
    messages = system.admin.call("sms.sms", "create", values)
    system.admin.call("sms.sms", "send", messages)
    system.wait_until_left(messages)


def section(page: Page, name: str) -> Locator:
    return page.locator(f".o_sms_dashboard section[name={name}]")


def check_opens(page: Page, figure: Locator) -> int:
    """Open a figure's records, see that they are as many, and come back."""
    count = figure.inner_text()
    figure.click()
    expect(page.locator(".o_list_view .o_pager_limit")).to_have_text(count)
    page.locator(".o_breadcrumb, .o_breadcrumb_back_button").get_by_text(
        "SMS Dashboard"
    ).first.click()
    expect(section(page, "today")).to_be_visible()
    return int(count)


def test_figures_show_what_was_sent_and_open_it(
    system: System, gateway: int, sign_in: SignIn
):
    system.user("registrar", "Esther Wanjiru", "su_sms.group_manager")
    send(system, gateway, *PHONES, REFUSED)
    page = sign_in("registrar").open(DASHBOARD)
    choose_gateway = page.get_by_title("Gateway", exact=True)
    expect(choose_gateway).to_have_count(0)  # there is only one
    today = section(page, "today").get_by_role("button")
    assert check_opens(page, today) >= len(PHONES) + 1
    outcomes = section(page, "outcomes")
    failed = outcomes.locator("tr[name=failed]").get_by_role("button")
    assert check_opens(page, failed.first) >= 1
    assert check_opens(page, failed.last) >= 1
    expect(section(page, "failures")).to_contain_text("Rejected")
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
    system.admin.call("sms.sms", "create", messages)
    page = administrator.open(DASHBOARD)
    slowest = section(page, "campaigns").locator("table[name=slowest] tbody tr").first
    expect(slowest).to_contain_text("Library closes early")
    expect(slowest).to_contain_text("7 min")
    assert check_opens(page, slowest.get_by_text("12", exact=True)) == 12
    slowest.get_by_text("7 min").first.click()
    expect(page.locator(".o_list_view .o_pager_limit")).to_have_text("12")


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
    today = section(page, "today").get_by_role("button")
    count = int(today.inner_text())
    send(system, gateway, PHONES[1])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(today).to_have_text(str(count + 1))

    def fail(route: Route) -> None:
        route.fulfill(body=json.dumps(NOTHING), content_type="application/json")

    page.route(FIGURES, fail)
    page.get_by_role("button", name="Refresh").click()
    alert = page.get_by_role("alert").filter(has_text="may be old")
    expect(alert).to_be_visible()
    expect(today).to_have_text(str(count + 1))
    page.unroute(FIGURES)
    alert.get_by_role("button", name="Try Again").click()
    expect(alert).to_be_hidden()


def test_what_is_wrong_stands_on_top_and_opens_its_gateway(
    system: System, gateway: int, administrator: Person
):
    system.admin.call("sms.gateway.config", "action_pause", [gateway])
    page = administrator.open(DASHBOARD)
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
    expect(section(page, "today")).to_contain_text("0")
    expect(section(page, "chart")).to_contain_text("No SMS yet")
    expect(section(page, "gateways").locator("tbody tr")).to_have_count(1)


def test_without_a_gateway_it_says_what_to_do(system: System, sign_in: SignIn):
    system.user("boss", "Peter Njoroge", "su_sms.group_manager")
    page = sign_in("boss").open(DASHBOARD)
    expect(page.get_by_text("has to connect one")).to_be_visible()
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
    send(system, gateway, *PHONES)
    administrator.choose("SMS Marketing", "Reporting", "Messages Analysis")
    page = administrator.page
    expect(page.locator(".o_graph_view canvas")).to_be_visible()
    page.get_by_role("button", name=re.compile("pivot", re.IGNORECASE)).click()
    heads = page.locator(".o_pivot_view th.o_pivot_measure_row")
    for measure in ("Count", "Parts", "Cost"):
        expect(heads.filter(has_text=measure).first).to_be_visible()
