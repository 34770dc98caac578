"""What models, dialogs and controllers call otherwise in older series."""

from .rule import OLDEST, Rule

ALL = "**/*.py"

#: what tables have beside columns
TABLES = [
    Rule(kind, ALL, rf"\bmodels\.{kind}\(", f"compat.{kind}(", needs="compat")
    for kind in ("Constraint", "Index", "UniqueIndex")
]

DOMAINS = [
    Rule(
        "fields.Domain",
        ALL,
        r"from odoo\.fields import Domain\n",
        "",
        needs="compat:Domain",
    ),
    Rule(
        "a rule's domain",
        "models/dashboard/sms_tally.py",
        r'= (self\.env\["ir\.rule"\]\._compute_domain\("sms\.sms", "read"\))',
        r"= Domain(\1)",
    ),
]

CONFLICTS = [
    Rule(
        "ConcurrencyError",
        ALL,
        r"from odoo\.exceptions import ConcurrencyError\n",
        "",
        needs="compat:ConcurrencyError",
    ),
    Rule(
        "ConcurrencyError beside others",
        ALL,
        r"from odoo\.exceptions import ConcurrencyError, ",
        "from odoo.exceptions import ",
        needs="compat:ConcurrencyError",
    ),
    Rule(
        "what is tried again",
        ALL,
        r"from odoo\.service\.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as"
        r" CONFLICTS\n",
        "",
        OLDEST,
        "compat:CONFLICTS",
    ),
    Rule(
        "what is tried again, by its name",
        ALL,
        r"from odoo\.service\.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY\n",
        "",
        OLDEST,
        "compat:PG_CONCURRENCY_EXCEPTIONS_TO_RETRY",
    ),
    Rule(
        "429",
        "controllers/*.py",
        r"\bTooManyRequests\(\)",
        "compat.too_many_requests()",
        needs="compat",
    ),
    Rule(
        "429's import",
        "controllers/*.py",
        r"import NotFound, TooManyRequests",
        "import NotFound",
    ),
]

TEXTS = [
    Rule(
        "env._",
        ALL,
        r"\b((?:[\w.]+\.)?env)\._\(\s*",
        r"compat.text(\1, ",
        OLDEST,
        "compat",
    ),
    Rule(
        "LazyTranslate",
        "models/**/*.py",
        r"from odoo\.tools import LazyTranslate\n",
        "",
        OLDEST,
        "compat:LazyTranslate",
    ),
    Rule(
        "get_translation",
        "tools/reasons.py",
        r"from odoo\.tools\.translate import get_translation\n",
        "",
        OLDEST,
        "compat:get_translation",
    ),
]

ENVIRONMENT = [
    Rule(
        "env.tz",
        ALL,
        r"\bself\.env\.tz\b",
        "compat.tz(self.env)",
        needs="compat",
    ),
    Rule(
        "env.execute_query",
        ALL,
        r"\b((?:self\.)?env)\.execute_query\(\s*",
        r"compat.execute_query(\1, ",
        OLDEST,
        "compat",
    ),
    Rule(
        "a percent sign in SQL with names",
        "models/gateway/sms_gateway_config_health.py",
        r"NOT LIKE '\+%%'",
        "!~ '^[+]'",
    ),
    Rule(
        "what tells that tests run",
        "tools/transactions.py",
        r"bool\(modules\.module\.current_test\)",
        'getattr(threading.main_thread(), "testing", False)',
        OLDEST,
    ),
    Rule(
        "what tells that tests run: imports",
        "tools/transactions.py",
        r"(from contextlib.*)((?:\n.*)*?)import SUPERUSER_ID, api, modules",
        r"import threading\n\1\2import SUPERUSER_ID, api",
        OLDEST,
    ),
    Rule(
        "progress of a job",
        "models/message/sms_sms_dispatch.py",
        r'self\.env\["ir\.cron"\]\._commit_progress\(done, remaining=remaining\)',
        "compat.commit_progress(self.env, done, remaining)",
        needs="compat",
    ),
    Rule(
        "the bus of a group",
        "models/campaign/sms_campaign_job.py",
        r"\busers\._bus_send\(",
        "compat.bus_send(users, ",
        OLDEST,
        "compat",
    ),
]

USERS = [
    Rule("users' groups", ALL, r"\bgroup_ids\b", "groups_id"),
    Rule("users' groups with what they imply", ALL, r"\ball_group_ids\b", "groups_id"),
    Rule("groups' users", ALL, r"\ball_user_ids\b", "users"),
    Rule(
        "who reads a notification's number",
        "models/message/mail_notification.py",
        r"(?s)    def _has_field_access\(.*?\n\n(?=    def )",
        '    sms_number = fields.Char(groups="base.group_system")\n\n',
    ),
    Rule(
        "rights to a field",
        ALL,
        r"(\w+)\._has_field_access\(",
        r"compat.has_field_access(\1, ",
        needs="compat",
    ),
]

FIELDS = [
    Rule("readonly", ALL, r" *@api\.readonly\n", "", OLDEST),
    Rule("aggregator", ALL, r"\baggregator=", "group_operator=", OLDEST),
    Rule(
        "search methods that know some operators",
        "models/**/sms_*.py",
        r"( *)def (_search_result|_search_partner_id)\(",
        r"\1@compat.searching\n\1def \2(",
        needs="compat",
    ),
    Rule(
        "a contact's name",
        "models/optout/sms_blacklist.py",
        r'\("display_name", operator',
        '("complete_name", operator',
        OLDEST,
    ),
    Rule(
        "group_expand's order",
        "models/**/*.py",
        r"def (_group_expand_\w+)\(self, (\w+), (\w+)\):",
        r"def \1(self, \2, \3, order=None):",
        OLDEST,
    ),
    Rule(
        "_read_group_select gives fields as well",
        "models/message/sms_sms.py",
        r"expression = super\(\)\._read_group_select\(aggregate_spec, query\)"
        r"((?:\n.*)*?)return expression((?:\n.*)*?)return (SQL\(.*\))",
        r"expression, names = super()._read_group_select(aggregate_spec, query)"
        r"\1return expression, names\2expression = \3\n"
        r'        return expression, [*names, "currency_id"]',
        OLDEST,
    ),
]

#: Odoo's own methods that ours extend
METHODS = [
    Rule(
        "who has given a draft away reads it no more",
        "models/campaign/sms_campaign_count.py",
        r'(lambda campaign: campaign)(\.state == "draft"\)\._count_again)',
        r"\1.sudo()\2",
    ),
    Rule(
        "what a model refuses: Odoo has other methods of that name",
        ALL,
        r"\b_check_access\b",
        "_sms_check_access",
        OLDEST,
    ),
    Rule(
        "what a caller from outside gets of a note",
        "models/message/mail_thread.py",
        r"( *)def message_(post|notify)\(",
        r'\1@api.returns("mail.message", lambda value: value.id)\n\g<0>',
    ),
    Rule(
        "SmsApiBase",
        "tools/sms_api.py",
        r"from odoo\.addons\.sms\.tools\.sms_api import SmsApiBase",
        "from ..compat import SmsApiBase",
    ),
    Rule(
        "whom a test mailing names",
        "tools/sms_api.py",
        r'\{"uuid": uuid, "state"',
        '{"uuid": uuid, "res_id": texts[uuid][0], "state"',
    ),
    Rule(
        "send(auto_commit)",
        "models/message/sms_sms_dispatch.py",
        r"def send\(self, unlink_failed=False, unlink_sent=True, ",
        r"def send(\n        self, unlink_failed=False, unlink_sent=True,"
        r" auto_commit=False, ",
    ),
    Rule(
        "super().send(auto_commit)",
        "models/message/sms_sms_dispatch.py",
        r"(super\(SmsSms, rest\)\.send\(\n)( +)",
        r"\1\2auto_commit=auto_commit,\n\2",
    ),
    Rule(
        "_process_queue(ids)",
        "models/message/sms_sms_dispatch.py",
        r"def _process_queue\(self\):",
        "def _process_queue(self, ids=None):",
    ),
    Rule(
        "_get_unsubscribe_url(id, code, number)",
        "wizard/sms_composer.py",
        r"_get_unsubscribe_url\(self\.mailing_id\.id, code\)",
        '_get_unsubscribe_url(0, code, values["number"])',
    ),
    Rule(
        "a test mailing has no link to opt out",
        "wizard/mailing_sms_test.py",
        r"\n    def _prepare_test_trace_values(?:.*\n)*",
        "",
    ),
    Rule(
        "a test mailing's links",
        "wizard/mailing_sms_test.py",
        r"from \.\.privacy import links\n",
        "",
    ),
    Rule(
        "whom a mailing finds",
        "models/mailing/mailing_mailing.py",
        r"\b_get_recipients_domain\(",
        "_parse_mailing_domain(",
        OLDEST,
    ),
    Rule(
        "a test mailing has no traces",
        "models/mailing/mailing_mailing.py",
        r' *\("is_test_trace", "=", False\),\n',
        "",
    ),
    Rule(
        "nobody counts the jobs that were ended",
        "models/dashboard/sms_gateway_config.py",
        r'( *)"""Return the names of our jobs that Odoo has ended lately."""\n',
        r'\g<0>\1if "ir.cron.progress" not in self.env:\n\1    return []\n',
        OLDEST,
    ),
    Rule(
        "who owns files",
        "models/ir_attachment.py",
        r"_has_attachments_ownership",
        "_check_attachments_access",
    ),
    Rule(
        "who does not own files",
        "models/ir_attachment.py",
        r"(def _check_attachments_access(?:.*\n)*?) +return False\n",
        r"\1            raise self._others_error()\n",
    ),
    Rule(
        "_prepare_post_data",
        "controllers/thread.py",
        r"_prepare_message_data\((self, )?post_data, ",
        r"_prepare_post_data(\1post_data, thread, ",
        ("18.0",),
    ),
    Rule(
        "unsafe placeholders",
        "models/message/mail_render_mixin.py",
        r"self, template_txt, model, fname=None\n",
        "self, template_txt, model\n",
        ("18.0",),
    ),
    Rule(
        "unsafe placeholders of a field",
        "models/message/mail_render_mixin.py",
        r"(is_unsafe\(.*), model, fname\)",
        r"\1, model)",
        ("18.0",),
    ),
    Rule(
        "_is_dynamic_template_inline_template",
        "models/message/mail_render_mixin.py",
        r"_has_unsafe_expression_template_inline_template",
        "_is_dynamic_template_inline_template",
        OLDEST,
    ),
    Rule(
        "placeholders of any kind",
        "models/message/mail_render_mixin.py",
        r"self, template_txt, model, fname=None\n",
        "self, template_txt\n",
        OLDEST,
    ),
    Rule(
        "placeholders of any model",
        "models/message/mail_render_mixin.py",
        r"(is_unsafe\(.*), model, fname\)",
        r"\1)",
        OLDEST,
    ),
    Rule(
        "privacy lookup's query",
        "models/privacy/sms_sms.py",
        r"query = get_query\(self\)\n",
        "query, values = get_query(self)\n        query = SQL(query, *values)\n",
        OLDEST,
    ),
    Rule(
        "privacy lookup's query, given",
        "models/privacy/sms_sms.py",
        r"        return query\n\n    _get_query",
        "        return query.code, query.params\n\n    _get_query",
        OLDEST,
    ),
]

COMPAT = [
    Rule(
        "what is lacking comes first",
        "__init__.py",
        r"from \. import controllers",
        "from . import compat, controllers",
    ),
    Rule(
        "what is lacking of models comes last",
        "models/__init__.py",
        r"from \. import dashboard\n",
        r"\g<0>from . import sms_by_sender\n",
        OLDEST,
    ),
]

RULES = [
    *TABLES,
    *DOMAINS,
    *CONFLICTS,
    *TEXTS,
    *ENVIRONMENT,
    *USERS,
    *FIELDS,
    *METHODS,
    *COMPAT,
]
