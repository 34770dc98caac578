"""A person at a browser, signed in to Odoo."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    TimeoutError,
    expect,
)

from dev.process import wait_until
from dev.rpc import Rpc

SECONDS = 20
# Milliseconds until somebody types a search again.
PATIENCE = 3000
# The first page after a start has its assets compiled, for half a minute.
FIRST_SECONDS = 120
# Debian's package of Odoo leaves this file out.
MISSING = "selfie_segmentation.js"
GATEWAYS = "action-su_sms.sms_gateway_config_action"
MESSAGES = "action-su_sms.sms_sms_action_messages"
CAMPAIGNS = "action-su_sms.sms_campaign_action"
CONTACTS = "action-contacts.action_contacts"
MAILINGS = "action-mass_mailing_sms.mailing_mailing_action_sms"
TEMPLATES = "action-sms.sms_template_action"

expect.set_options(timeout=SECONDS * 1000)


class Person:
    """A signed-in person's window, and all that it was sent.

    :param odoo: a session of the person's
    :param record: a file for all that was sent, else it is forgotten
    :param page: the window, empty until something is opened
    :param complaints: errors that the window's console showed
    """

    def __init__(
        self,
        browser: Browser,
        odoo: Rpc,
        *,
        record: Path | None = None,
        width: int = 1400,
        height: int = 900,
    ) -> None:
        self.url = odoo.url
        self.record = record
        self.complaints: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            timezone_id="Africa/Nairobi",
            record_har_path=record,
            record_har_content="embed",
        )
        self.context.set_default_timeout(SECONDS * 1000)
        self.context.set_default_navigation_timeout(FIRST_SECONDS * 1000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._complain(error.error))
        self.context.add_cookies(
            [
                {"name": name, "value": value, "url": odoo.url}
                for name, value in odoo.cookies.items()
            ]
        )
        self.page = self.context.new_page()

    def be_in_odoo(self) -> Page:
        """Open Odoo's first page, if the window shows none of Odoo's yet."""
        if not self.page.url.startswith(self.url):
            self.page.goto(f"{self.url}/odoo")
        return self.page

    def apps(self) -> list[str]:
        """Return the names of the apps that the person may open."""
        self.be_in_odoo()
        self.page.get_by_title("Home Menu").click()
        apps = self.page.locator(".o-dropdown--menu .o_app")
        expect(apps.first).to_be_visible()
        names = apps.all_inner_texts()
        self.page.keyboard.press("Escape")
        return names

    def choose(self, app: str, *menus: str) -> None:
        """Open an app, then one of its menus by what stands above it and its name."""
        self.be_in_odoo()
        self.page.get_by_title("Home Menu").click()
        item = self.page.get_by_role("menuitem", name=app, exact=True)
        path = item.get_attribute("href") or ""
        item.click()
        # The address changes last; before that an opened menu would be closed again.
        expect(self.page).to_have_url(re.compile(re.escape(path)))
        for menu in menus[:-1]:
            self.page.get_by_role("button", name=menu).click()
        for menu in menus[-1:]:
            self.page.get_by_role("menuitem", name=menu, exact=True).click()

    def open(self, path: str) -> Page:
        """Open a page of Odoo's, as in ``action-su_sms.sms_gateway_config_action``."""
        # The browser slows a window down that is behind another.
        self.page.bring_to_front()
        self.page.goto(f"{self.url}/odoo/{path}")
        expect(self.page.locator(".o_action_manager > .o_action")).to_be_visible()
        return self.page

    def search(self, text: str, field: str = "") -> None:
        """Search a list for a text, in the first of its fields unless one is named."""
        box = self.page.get_by_role("searchbox")
        offers = self.page.locator(".o_searchview_autocomplete")
        facet = self.page.locator(".o_searchview_facet").filter(has_text=text)

        def searched() -> bool:
            with contextlib.suppress(AssertionError, TimeoutError):
                box.fill(text)
                # Before it is offered, Enter searches for nothing.
                expect(offers).to_contain_text(text, timeout=PATIENCE)
                if field:
                    offers.get_by_text(f"Search {field} for").click(timeout=PATIENCE)
                else:
                    box.press("Enter")
                expect(facet).to_be_visible(timeout=PATIENCE)
            return facet.is_visible()

        # While it still starts or draws the view Odoo forgets what is typed.
        assert wait_until(searched, SECONDS), f"no search for {text}"

    def save(self) -> None:
        """Save the form."""
        button = self.page.get_by_role("button", name="Save manually")
        button.click()
        expect(button).to_be_hidden()

    def test_connection(self) -> Locator:
        """Run Test Connection on a gateway's form; return its dialog."""
        self.page.get_by_role("button", name="Test Connection").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Send Test SMS").click()
        expect(dialog.get_by_role("button", name="Test Again")).to_be_visible()
        return dialog

    def send_sms(self, contact: int, text: str) -> Page:
        """Send an SMS from a contact's form with the button beside the number."""
        page = self.open(f"{CONTACTS}/{contact}")
        page.locator("[name=phone]").hover()
        page.get_by_title("Send SMS").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("textarea").fill(text)
        dialog.get_by_role("button", name="Send", exact=True).click()
        expect(dialog).to_be_hidden()
        return page

    def window(self, url: str) -> Page:
        """Open `url` in a second window."""
        page = self.context.new_page()
        page.goto(url)
        return page

    def leave(self) -> None:
        """Close every window."""
        self.context.close()

    def received(self) -> Iterator[tuple[str, str]]:
        """Return address and text of every answer that came; after `leave`."""
        assert self.record, "nothing was recorded"
        for entry in json.loads(self.record.read_text())["log"]["entries"]:
            content = entry["response"]["content"]
            text = content.get("text", "")
            if content.get("encoding") == "base64":
                text = base64.b64decode(text).decode(errors="replace")
            yield entry["request"]["url"], text

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"{message.text} ({message.location['url']})")

    def _complain(self, complaint: str | Error) -> None:
        if MISSING not in str(complaint):
            self.complaints.append(str(complaint))
