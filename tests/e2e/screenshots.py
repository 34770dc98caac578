"""Take the README's pictures from the running system.

``python -m tests.e2e.screenshots`` in the environment of ``python3 -m dev test e2e``.
The fonts are the machine's: Roboto and Noto Color Emoji look as most people's do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from dev import demo_campaigns
from dev.install import browser

from .person import CAMPAIGNS, GATEWAYS, MESSAGES, Person
from .system import System, running

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
DASHBOARD = "sms-dashboard"
OWN_PHONE = "0722 000 118"
WRONG_KEY = "atsk_" + "0" * 60 + "4b7e"
# Invented people and texts; the last number is refused by the simulator.
SENT = (
    (
        "Achieng Otieno",
        "0712 345 678",
        "Dear Achieng, your registration for the May trimester is complete. Karibu!",
    ),
    (
        "Baraka Mwangi",
        "0733 345 679",
        "Dear Baraka, your exam card is ready at the Registrar's office.",
    ),
    (
        "Chebet Kiprono",
        "254712345680",
        "Dear Chebet, your library book was due on Monday. Please renew or return it.",
    ),
    (
        "Daudi Hassan",
        "+254 (0)712-345-681",
        "Dear Daudi, hostel rooms for the new trimester open on Friday at 8 am.",
    ),
    (
        "Esther Wanjiru",
        "0110 123 456",
        "Dear Esther, congratulations! 🎓 Collect your gown by Thursday.",
    ),
    (
        "Fatuma Abdi",
        "0700 000 407",
        "Dear Fatuma, your fee balance is KES 12,400. Pay by 30 April.",
    ),
)


def take(folder: Path = FOLDER) -> None:
    """Start the system, fill it as a university would, write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("SU_SMS_BROWSER")
    with running("screenshots") as system, browser.browser(path) as chromium:
        system.own_phone(OWN_PHONE)
        gateway = system.gateway(sender_id="UNIVERSITY")
        person = Person(chromium, system.admin)
        for name, phone, text in reversed(SENT):
            page = person.send_sms(system.contact(name, phone), text)
            expect(page.locator(".o-mail-Message").get_by_text(text)).to_be_visible()
        shoot = _shooter(folder, page)
        page.locator(".o-mail-Message-notification").click()
        shoot("contact", page.get_by_title("Sent"))
        _gateway(system, person, gateway, shoot)
        person.open(MESSAGES)
        shoot("messages", page.locator(".o_data_row").nth(len(SENT) - 1))
        _campaigns(system, person, gateway, shoot)
        simulator = person.window(system.simulator.url)
        _shooter(folder, simulator)("simulator", simulator.locator(".bubble").first)
        _narrow(person, gateway, shoot)
        person.leave()


def _gateway(system: System, person: Person, gateway: int, shoot: Callable) -> None:
    page = person.open(f"{GATEWAYS}/{gateway}")
    dialog = person.test_connection()
    shoot("test-connection-success", dialog.locator(".alert-success"))
    dialog.get_by_role("button", name="Close").last.click()
    page.reload()
    shoot("gateway", page.locator(".o-mail-Chatter").get_by_text("created"))
    wrong = system.gateway(api_key=WRONG_KEY, is_default=False)
    person.open(f"{GATEWAYS}/{wrong}")
    dialog = person.test_connection()
    shoot("test-connection-failure", dialog.locator(".alert-danger"))
    dialog.get_by_role("button", name="Close").last.click()


def _campaigns(system: System, person: Person, gateway: int, shoot: Callable) -> None:
    """Take the campaigns that `python3 -m dev run` makes, when the first is done."""
    system.let_report(gateway)
    demo_campaigns.make(system.admin, gateway)
    page = person.open(CAMPAIGNS)
    done = page.locator(".o_kanban_group").filter(has_text="Done")
    # all that the network says it could deliver
    delivered = done.locator("[title='Delivered: 140']")
    expect(delivered).to_be_attached(timeout=60_000)
    page.reload()
    shoot("campaigns", done.locator(".o_kanban_record"))
    page.set_viewport_size({"width": 1600, "height": 1150})
    for name, title in (
        ("campaign-draft", "Fee balances"),
        ("campaign-done", "Graduation: gowns"),
    ):
        person.open(CAMPAIGNS)
        page.get_by_text(title).click()
        shoot(name, page.locator(".o-mail-Chatter").get_by_text("created"))
    page.set_viewport_size({"width": 1400, "height": 1150})
    person.open(DASHBOARD)
    shoot("dashboard", page.locator("[name=chart] canvas"))
    page.set_viewport_size({"width": 1400, "height": 900})


def _narrow(person: Person, gateway: int, shoot: Callable) -> None:
    person.page.set_viewport_size({"width": 390, "height": 1100})
    page = person.open(f"{GATEWAYS}/{gateway}")
    shoot("gateway-narrow", page.get_by_role("button", name="Test Connection"))


def _shooter(folder: Path, page: Page) -> Callable[[str, Locator], None]:
    def shoot(name: str, shown: Locator) -> None:
        """Write a picture once `shown` is there."""
        expect(shown).to_be_visible()
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        print(f"docs/images/{name}.png", flush=True)

    return shoot


if __name__ == "__main__":
    sys.exit(take())
