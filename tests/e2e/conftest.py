"""One running system for all browser tests, and people who use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from dev.install.browser import browser as chromium

from .person import Person
from .system import System, running

SignIn = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Setting the system up takes a minute that is no test's fault.
    for item in items:
        item.add_marker(pytest.mark.timeout(180, func_only=True))


@pytest.fixture(scope="session")
def whole_system() -> Iterator[System]:
    """Return the running system as the tests before left it."""
    with running("e2e") as system:
        yield system


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the browser that SU_SMS_BROWSER names, else the installed one."""
    with chromium(os.environ.get("SU_SMS_BROWSER")) as opened:
        yield opened


@pytest.fixture
def system(whole_system: System) -> System:
    """Return the running system with no gateway in use and an empty simulator."""
    whole_system.archive_gateways()
    whole_system.simulator.admin.reset()
    return whole_system


@pytest.fixture
def sign_in(system: System, browser: Browser) -> Iterator[SignIn]:
    """Return a function that signs a person in, as the administrator if not told.

    At the end no window may have shown an error in its console.
    """
    people: list[Person] = []

    def sign_in(login: str = "admin", **options: object) -> Person:
        person = Person(browser, system.session(login), **options)
        people.append(person)
        return person

    yield sign_in
    for person in people:
        person.leave()
    assert [complaint for each in people for complaint in each.complaints] == []


@pytest.fixture
def administrator(sign_in: SignIn) -> Person:
    """Return the signed-in administrator."""
    return sign_in()


def staff(system: System, sign_in: SignIn, login: str, group: str, **size) -> Person:
    """Return a person of a group, who may be there since an earlier test."""
    if not system.admin.call("res.users", "search", [("login", "=", login)]):
        system.user(login, login.capitalize(), group)
    return sign_in(login, **size)


@pytest.fixture
def clerk(system: System, sign_in: SignIn) -> Person:
    """Return a member of staff who may do no more than campaigns of their own."""
    return staff(system, sign_in, "campaigner", "su_sms.group_user")
