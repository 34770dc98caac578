"""What Odoo 20 drops, or Odoo 19 only warns of, where 19 has the same already."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Old:
    """What is not to be used any more, in files of one kind, and what is instead."""

    pattern: str
    kind: str
    instead: str


OLD = [
    Old(r"\bt-(esc|raw)=", ".xml", "t-out"),
    Old(r"\bt-(esc|raw)=", ".js", "t-out"),
    Old(r"<tree\b", ".xml", "<list>"),
    Old(r"\b(attrs|states)=", ".xml", "invisible, readonly, required"),
    Old(r't-name="kanban-(box|menu)"', ".xml", 't-name="card" or "menu"'),
    Old(r'name="(groups_id|numbercall|doall)"', ".xml", "group_ids, or nothing"),
    Old(r"oe_chatter", ".xml", "<chatter/>"),
    Old(r"@odoo-module", ".js", "nothing: all files are modules"),
    Old(r'useService\("(rpc|user|cookie|router)"\)', ".js", "the module's function"),
    Old(r"\bself\._(uid|context)\b", ".py", "env.uid, env.context"),
    Old(r"\b_sql_constraints\b", ".py", "models.Constraint, models.UniqueIndex"),
    Old(r"\bodoo\.osv\b|\bexpression\.(AND|OR)\b", ".py", "fields.Domain"),
    Old(r"\bcheck_access_(rights|rule)\(", ".py", "check_access, has_access"),
    Old(r"\b_filter_access_rules\w*\(", ".py", "_filtered_access"),
    Old(r"\buser_has_groups\(", ".py", "env.user.has_groups"),
    Old(r"\bgroups_id\b", ".py", "group_ids, all_group_ids"),
    Old(r"\bdef name_get\(|\.name_get\(", ".py", "display_name"),
    Old(r"\.read_group\(", ".py", "_read_group, formatted_read_group"),
    Old(r"\bgroup_operator=", ".py", "aggregator"),
    Old(r"\bfrom odoo import .*\b_\b|\b_lt\(?,", ".py", "env._, LazyTranslate"),
    Old(r'\btype="json"', ".py", 'type="jsonrpc"'),
    Old(
        r"\bodoo\.registry\(|import registry\b", ".py", "odoo.modules.registry.Registry"
    ),
    Old(r"\bget_module_resource\(", ".py", "tools.misc.file_path"),
]


def places(addon: Path) -> list[str]:
    """Return a line for each place of the addon that has something of the list."""
    kinds = {old.kind for old in OLD}
    return [
        f"{path.relative_to(addon.parent)}:{number}: {found[0]} (now: {old.instead})"
        for path in sorted(addon.rglob("*"))
        if path.suffix in kinds
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for old in OLD
        if old.kind == path.suffix and (found := re.search(old.pattern, line))
    ]
