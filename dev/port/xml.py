"""What records and views call otherwise in older series."""

from .rule import OLDEST, Rule

ALL = "**/*.xml"
GROUPS = "security/res_groups.xml"

RIGHTS = [
    Rule(
        "privileges are categories",
        GROUPS,
        r'model="res\.groups\.privilege">\n(.*\n) *<field name="category_id"(.*)\n'
        r".*placeholder.*\n",
        r'model="ir.module.category">\n\1        <field name="parent_id"\2\n',
    ),
    Rule("a group's privilege", GROUPS, r'"privilege_id"', '"category_id"'),
    Rule("a group's sequence", GROUPS, r' *<field name="sequence">.*\n', ""),
    Rule("a group's users", GROUPS, r'"user_ids"', '"users"'),
    Rule(
        "no model for a code to verify an account",
        "security/ir_rules.xml",
        r' *<record id="sms_account_phone_rule_caller"(?:.*\n)*? *</record>\n',
        "",
        OLDEST,
    ),
    Rule("groups that see a menu or report", ALL, r"\bgroup_ids\b", "groups_id"),
]

VIEWS = [
    Rule("list", ALL, r"<(/?)list\b", r"<\1tree", OLDEST),
    Rule(
        "lists of an action",
        ALL,
        r'(name="view_mode">[^<]*)\blist\b',
        r"\1tree",
        OLDEST,
    ),
    Rule(
        "chatter",
        ALL,
        r"<chatter/>",
        '<div class="oe_chatter"><field name="message_follower_ids"/>'
        '<field name="activity_ids"/><field name="message_ids"/></div>',
        OLDEST,
    ),
    Rule(
        "a mailing has no exclusion list to turn off",
        "views/mailing/mailing_mailing_views.xml",
        r"( *)<div .*use_exclusion_list.*\n(?:.*\n)*?\1</div>\n",
        "",
    ),
    Rule(
        "which way a language is written",
        "views/optout/sms_optout_templates.xml",
        r"\._get_data\(code=(.*?)\)\.direction",
        r"._lang_get(\1).direction",
        OLDEST,
    ),
    Rule("an action's address", ALL, r' *<field name="path">.*\n', "", OLDEST),
    Rule(
        "a calendar that is not edited",
        "views/campaign/sms_campaign_views.xml",
        r' edit="0"( event_open_popup)',
        r"\1",
        OLDEST,
    ),
    Rule(
        "kanban's card",
        "views/**/*.xml",
        r'<t t-name="card"(?: class="[^"]*")?>((?:.*\n)*?)( *)</t>(?=\n *</templates>)',
        r'<t t-name="kanban-box"><div class="oe_kanban_global_click">\1\2</div></t>',
        OLDEST,
    ),
    Rule(
        "kanban's menu",
        "views/**/*.xml",
        r't-name="menu"',
        't-name="kanban-menu"',
        OLDEST,
    ),
    Rule(
        "jobs that run for ever",
        "data/ir_cron.xml",
        r'( *)<field name="interval_number">',
        r'\1<field name="numbercall">-1</field>\n\1<field name="interval_number">',
        OLDEST,
    ),
]

RULES = [*RIGHTS, *VIEWS]
