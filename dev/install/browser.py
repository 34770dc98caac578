"""A Chromium for the browser tests."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import apt

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = [
    "--no-sandbox",  # the sandbox refuses root, and containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
HOW = "install Chromium (Debian: apt-get install chromium) or Google Chrome"


def installed() -> str | None:
    """Return the path of an installed Chromium or Chrome, None if there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


def chromium() -> str | None:
    """Return the path of a Chromium; root on a Debian without one gets Debian's."""
    return installed() or apt.installed("chromium", "chromium")


@contextlib.contextmanager
def browser(path: str | None = None) -> Iterator["Browser"]:
    """Return a headless Playwright browser on the Chromium at `path` or the installed.

    Needs the virtual environment; for tests and screenshots.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path or installed(), args=ARGUMENTS
        )
