"""What the simulator is told about its account and its manners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from .numbers import Step

API_KEY = "atsk_simulator"
LIVE_USERNAME = "university"
PROFILES = ("sandbox", "live")
CALLBACK_KINDS = ("delivery", "incoming", "optout", "subscription")
SCALE = 10_000


@dataclass
class Settings:
    """The account, its prices and the switches; money in ten-thousandths.

    The balance is counted in the currency of the price, whatever currency the
    profile prints it in: how the real sandbox converts is not known. ``shared_codes``
    has our keywords on short codes that others share; whether AT cuts them off what it
    posts is not known either, so that ``strip_keyword`` is a switch. ``capacity`` is
    how many requests it works on in a second (0: any number), ``queue`` how many more
    may wait for that before others are refused; what AT's are is not known.
    """

    profile: str = "sandbox"
    latency_ms: float = 0.0
    capacity: float = 0.0
    queue: int = 50
    accounts: dict[str, str] = field(
        default_factory=lambda: {"sandbox": API_KEY, LIVE_USERNAME: API_KEY}
    )
    senders: list[str] = field(
        default_factory=lambda: ["AFRICASTKNG", "SIMULATOR", "UNIVERSITY", "22334"]
    )
    currency: str = "KES"
    price: int = 8_000
    balance: int = 9_999_995_896_168
    callbacks: dict[str, str] = field(default_factory=dict)
    callback_speed: float = 1.0
    report_script: list[Step] = field(default_factory=lambda: [Step("Success")])
    report_delay_ms: float = 50.0
    shared_codes: dict[str, list[str]] = field(default_factory=dict)
    strip_keyword: bool = False
    honour_idempotency: bool = False
    xml_without_accept: bool = False
    collapse_duplicates: bool = False

    def update(self, changes: dict[str, Any]) -> None:
        """Apply changes read from JSON; all of them or, on ValueError, none."""
        unknown = sorted(set(changes) - set(PARSERS))
        if unknown:
            raise ValueError(f"no such setting: {', '.join(unknown)}")
        parsed = {}
        for name, value in changes.items():
            try:
                parsed[name] = PARSERS[name](value)
            except (TypeError, ValueError) as error:
                raise ValueError(f"{name}: {error}") from None
        for name, value in parsed.items():
            setattr(self, name, value)

    def routed(self, code: str, text: str) -> str | None:
        """Return a text as it reaches us, or None if it does not: it is another's."""
        if code not in self.shared_codes:
            return text
        keyword, _blank, rest = text.strip().partition(" ")
        ours = {each.upper() for each in self.shared_codes[code]}
        if keyword.upper() not in ours:
            return None
        return rest.lstrip() if self.strip_keyword else text

    def to_json(self) -> dict[str, Any]:
        """Return every setting, money as decimal text, keys as their last four."""
        shown = {name: getattr(self, name) for name in PARSERS}
        return shown | {
            "accounts": {user: f"…{key[-4:]}" for user, key in self.accounts.items()},
            "price": decimal_text(self.price),
            "balance": decimal_text(self.balance),
            "report_script": [step.to_json() for step in self.report_script],
        }


def decimal_text(amount: int) -> str:
    """Write ten-thousandths as AT writes money: four decimals."""
    return f"{amount // SCALE}.{amount % SCALE:04d}"


def _money(value: Any) -> int:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("an amount of money is a number") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("an amount of money is a finite number, 0 or more")
    return int(amount * SCALE)


def _choice(*values: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return value

    return parse


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError("a number, 0 or more")
    return value


def _speed(value: Any) -> float:
    if not _number(value):
        raise ValueError("a number above 0")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("a list of texts")
    return [_text(item) for item in value]


def _accounts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("an object of username and key")
    return {_text(user): _text(key) for user, key in value.items()}


def _shared_codes(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise ValueError("an object of short code and keywords")
    return {_text(code): _texts(keywords) for code, keywords in value.items()}


def _callbacks(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= set(CALLBACK_KINDS):
        raise ValueError(f"an object of URLs by {', '.join(CALLBACK_KINDS)}")
    return {kind: _text(url) for kind, url in value.items() if url}


def _script(value: Any) -> list[Step]:
    if not isinstance(value, list):
        raise ValueError("a list of report steps")
    return [Step.parse(step) for step in value]


PARSERS: dict[str, Callable[[Any], Any]] = {
    "profile": _choice(*PROFILES),
    "latency_ms": _number,
    "capacity": _number,
    "queue": _number,
    "accounts": _accounts,
    "senders": _texts,
    "currency": _text,
    "price": _money,
    "balance": _money,
    "callbacks": _callbacks,
    "callback_speed": _speed,
    "report_script": _script,
    "report_delay_ms": _number,
    "shared_codes": _shared_codes,
    "strip_keyword": _switch,
    "honour_idempotency": _switch,
    "xml_without_accept": _switch,
    "collapse_duplicates": _switch,
}
