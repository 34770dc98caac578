"""Campaigns in a browser: made, looked at and started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .system import System


def campaign(system: System, gateway: int, numbers: str, **values: Any) -> int:
    """Make a campaign to pasted numbers, the clerk's; return the id."""
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
    """Open the dialog for an audience with a file in it; return the dialog."""
    page.locator("[name=audience_ids]").get_by_role("button", name="Add a line").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File", exact=True).check()
    dialog.locator("input[type=file]").set_input_files(path)
    expect(dialog.locator("[name=column_ids] .o_data_row").first).to_be_visible()
    return dialog


def figure(page: Page, name: str) -> Locator:
    """Return the figure on a stat button."""
    return page.locator(f".oe_stat_button [name={name}] .o_stat_value")


def pick(page: Page, field: Locator, choice: str) -> None:
    """Pick one of a field's choices."""
    field.locator(".o_select_menu_toggler").click()
    page.locator(".o_select_menu_item").get_by_text(choice, exact=True).click()


def launch(system: System, campaign_id: int) -> int:
    """Return the question before a launch."""
    values = {"campaign_id": campaign_id}
    return system.admin.call("sms.campaign.launch", "create", [values])[0]
