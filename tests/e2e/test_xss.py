"""What people and networks write is shown as text, whatever it holds."""

from __future__ import annotations

import base64
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, expect

from .person import CAMPAIGNS, CONTACTS, GATEWAYS, MESSAGES, Person
from .system import System

SECONDS = 60
MARK = "Wanja"
# Each would set `hit`, were it taken for HTML, for a template or for a script's string.
HOSTILE = (
    f"{MARK}<img src=x onerror=window.hit=1><script>window.hit=2</script>"
    "\"'`);window.hit=3;//<t t-out='window.hit=4'/>"
)
SHORT = "<b onmouseover=window.hit=5>"
NUMBER = "+254712345678"
INCOMING = "action-su_sms.sms_incoming_action"
EVENTS = "action-su_sms.sms_gateway_event_action"
# page -> what must be there of what was written
PAGES = {
    GATEWAYS: f"Gateway {SHORT}",
    INCOMING: HOSTILE,
    EVENTS: f"Gateway {SHORT}",
    CAMPAIGNS: HOSTILE,
    "action-su_sms.sms_blacklist_action": SHORT,
    "action-su_sms.sms_consent_action": SHORT,
    "action-su_sms.sms_dashboard_action": f"Gateway {SHORT}",
    MESSAGES: HOSTILE,
}
# form -> (model, what must be there)
FORMS = {
    GATEWAYS: ("sms.gateway.config", f"Gateway {SHORT}"),
    MESSAGES: ("sms.sms", HOSTILE),
    CAMPAIGNS: ("sms.campaign", HOSTILE),
    INCOMING: ("sms.incoming", HOSTILE),
    EVENTS: ("sms.gateway.event", SHORT),
}
SHOWN = """text => {
    const shown = document.querySelector(".o_action_manager");
    const typed = [...shown.querySelectorAll("input, textarea")];
    return [shown, ...typed].some(
        (each) => (each.value ?? each.textContent).includes(text)
    );
}"""


def post(system: System, gateway: int, kind: str, **fields: str) -> None:
    """Post an event as the provider does."""
    [read] = system.admin.call(
        "sms.gateway.config", "read", [gateway], ["delivery_url"]
    )
    path = urlsplit(read["delivery_url"]).path.replace("/delivery", f"/{kind}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(system.url + path, urlencode(fields).encode()) as answer:
        assert answer.status == 200


def until(system: System, model: str, domain: list[Any]) -> int:
    """Wait for a record; return its id."""
    deadline = time.monotonic() + SECONDS
    while not (found := system.admin.call(model, "search", domain, limit=1)):
        assert time.monotonic() < deadline, f"no {model} like {domain}"
        time.sleep(0.2)
    return found[0]


def safe(page: Page, text: str = "") -> None:
    """Check that a page shows the text, and that nothing in it ran."""
    if text:
        page.wait_for_function(SHOWN, arg=text)
    # What was put into the page runs when it is looked at, if it ever does.
    page.mouse.move(300, 300)
    assert page.evaluate("window.hit") is None
    assert page.locator(".o_action_manager img[src=x]").count() == 0


def write_everywhere(system: System) -> dict[str, int]:
    """Put hostile text wherever somebody may write; return ids by model."""
    call = system.admin.call
    gateway = system.gateway(name=f"Gateway {SHORT}")
    contact = system.contact(HOSTILE, NUMBER)
    call(
        "sms.composer",
        "action_send_sms",
        call(
            "sms.composer",
            "create",
            [
                {
                    "composition_mode": "comment",
                    "res_model": "res.partner",
                    "res_ids": str([contact]),
                    "number_field_name": "phone",
                    "body": HOSTILE,
                }
            ],
        ),
    )
    message = until(
        system,
        "sms.sms",
        [("gateway_id", "=", gateway), ("state", "in", ("pending", "sent"))],
    )
    rows = f"Phone,{MARK}{SHORT},Name\n{NUMBER},=1+1,{SHORT}\nno number,x,{SHORT}"
    campaign = call(
        "sms.campaign",
        "create",
        [
            {
                "name": HOSTILE,
                "body": HOSTILE,
                "gateway_id": gateway,
                "message_class": "transactional",
                "audience_ids": [
                    (0, 0, {"kind": "numbers", "numbers": f"{NUMBER} {MARK}{SHORT}"}),
                    (0, 0, _file(rows)),
                ],
            }
        ],
    )[0]
    [read] = call("sms.sms", "read", [message], ["provider_message_id"])
    post(
        system,
        gateway,
        "delivery",
        id=read["provider_message_id"],
        status="Failed",
        failureReason=SHORT,
        phoneNumber=NUMBER,
    )
    post(system, gateway, "delivery", id=HOSTILE, status=HOSTILE, networkCode=SHORT)
    # A status that nobody knows is one to be looked at.
    known = read["provider_message_id"]
    post(system, gateway, "delivery", id=known, status=HOSTILE, networkCode=SHORT)
    post(
        system,
        gateway,
        "incoming",
        **{"from": NUMBER, "to": SHORT, "text": HOSTILE, "id": SHORT},
    )
    incoming = until(system, "sms.incoming", [("gateway_id", "=", gateway)])
    until(system, "sms.sms", [("id", "=", message), ("report_status", "!=", False)])
    call("sms.blacklist", "create", [{"number": "+254733345678", "note": SHORT}])
    return {
        "res.partner": contact,
        "sms.campaign": campaign,
        "sms.gateway.config": gateway,
        "sms.gateway.event": until(
            system,
            "sms.gateway.event",
            [("payload", "like", "window.hit=4"), ("state", "=", "failed")],
        ),
        "sms.incoming": incoming,
        "sms.sms": message,
    }


def _file(rows: str) -> dict[str, Any]:
    content = base64.b64encode(rows.encode()).decode()
    return {"kind": "file", "file": content, "file_name": f"{SHORT}.csv"}


def test_nothing_that_was_written_runs(system: System, administrator: Person):
    ids = write_everywhere(system)
    for action, text in PAGES.items():
        safe(administrator.open(action), text)
    page = administrator.open(f"{CONTACTS}/{ids['res.partner']}")
    # The note of what was sent, and of what came in.
    expect(page.locator(".o-mail-Message").filter(has_text=MARK)).not_to_have_count(0)
    expect(page.locator(".o-mail-Message").filter(has_text="SMS from")).to_contain_text(
        "<script>"
    )
    safe(page)
    for action, (model, text) in FORMS.items():
        safe(administrator.open(f"{action}/{ids[model]}"), text)
    # Drawn on a canvas
    page = administrator.open("action-su_sms.sms_sms_action_report")
    expect(page.locator(".o_graph_view canvas")).to_be_visible()
    safe(page)


def test_error_that_quotes_what_was_written_is_text(
    system: System, administrator: Person
):
    gateway = system.gateway()
    page = administrator.open(f"{GATEWAYS}/{gateway}")
    more = page.locator("[name=more_senders] input")
    more.fill("<img src=x onerror=window.hit=1>")
    page.get_by_role("button", name="Save manually").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“<img src=x onerror=window.hit=1>” is not a valid")
    safe(page)
    dialog.get_by_role("button", name="Close").last.click()
