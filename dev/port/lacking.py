"""Names that a series lacks: none of them may be left in its port."""

import re
from dataclasses import dataclass
from pathlib import Path

from .rule import OLDEST, SERIES

#: what supplies what is lacking, and may name it
SUPPLIES = "compat"
NEWLINE = "\n"


@dataclass(frozen=True)
class Name:
    """What a series lacks, as it is written in files of one kind."""

    pattern: str
    kind: str = ".py"
    series: tuple[str, ...] = SERIES


NAMES = [
    Name(r"\bodoo\.fields import .*\bDomain\b|\bfields\.Domain\b"),
    Name(r"\bmodels\.(Constraint|Index|UniqueIndex)\b"),
    Name(r"\bodoo\.exceptions import .*\bConcurrencyError\b"),
    Name(r"\benv\.tz\b"),
    Name(r"\b(try_)?lock_for_update\("),
    Name(r"\b_commit_progress\("),
    Name(r"\b(all_)?group_ids\b|\ball_user_ids\b"),
    Name(r"\b_has_field_access\(", ".py"),
    Name(r"\bmodules\.module\.current_test\b", series=OLDEST),
    Name(r"\b_has_attachments_ownership\b"),
    Name(r"\b_prepare_(message_data|test_trace_values)\("),
    Name(r"\.(formatted_read_group|web_read_group)\("),
    Name(r"\bservice\.model import .*\bcall_kw\b"),
    Name(r"\bsms_api import .*\bSmsApiBase\b"),
    Name(r"\bTooManyRequests\b"),
    Name(r"@api\.(private|readonly)\b", series=OLDEST),
    Name(r"\benv\._\(", series=OLDEST),
    Name(r"\bodoo\.tools import .*\bLazyTranslate\b", series=OLDEST),
    Name(r"\btranslate import .*\bget_translation\b", series=OLDEST),
    Name(r"\benv\.execute_query\(", series=OLDEST),
    Name(r"\bPG_CONCURRENCY_EXCEPTIONS_TO_RETRY as\b", series=OLDEST),
    Name(r"\baggregator=", series=OLDEST),
    Name(r"\b_check_access\b", series=OLDEST),
    Name(r"\._bus_send\(", series=OLDEST),
    Name(r"_has_unsafe_expression", series=OLDEST),
    Name(r"\b_get_recipients_domain\(|\._add_members\(", series=OLDEST),
    Name(r"\bself\.enter_registry_test_mode\("),
    Name(r"\bmodel import .*\bget_public_method\b", series=OLDEST),
    Name(r"\bis_test_trace\b|LIKE '[^']*%%"),
    Name(r"\._get_data\(", ".xml", OLDEST),
    Name(r"\._get_data\(code=", series=OLDEST),
    Name(r"use_exclusion_list|sms_account_phone", ".xml", OLDEST),
    Name(r"res\.groups\.privilege|privilege_id|\b(group|user)_ids\b", ".xml"),
    Name(r"<list\b|view_mode\">[^<]*\blist\b|<chatter\b", ".xml", OLDEST),
    Name(r'name="path"|t-name="(card|menu)"|\.translate=', ".xml", OLDEST),
    Name(r"@web/core/colors|@web/search/action_hook", ".js", OLDEST),
    Name(r'useService\("bus_service"\)|bus\.unsubscribe\(', ".js", OLDEST),
]


def places(series: str, addon: Path) -> list[str]:
    """Return where the port for `series` in `addon` has names that the series lacks."""
    names = [name for name in NAMES if series in name.series]
    kinds = {name.kind for name in names}
    return [
        f"{path.relative_to(addon)}:{text.count(NEWLINE, 0, found.start()) + 1}: "
        f"{found[0]}"
        for path in sorted(addon.rglob("*"))
        if SUPPLIES not in path.parts and path.suffix in kinds
        for text in (path.read_text(),)
        for name in names
        if name.kind == path.suffix
        for found in re.finditer(name.pattern, text)
    ]
