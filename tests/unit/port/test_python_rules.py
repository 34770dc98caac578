"""What each rule for models, dialogs and controllers makes of a line."""

from dev.port import manifest, python

from .samples import check

IMPORTS = {
    "fields.Domain": "from odoo.fields import Domain\n",
    "ConcurrencyError": "from odoo.exceptions import ConcurrencyError\n",
    "what is tried again": "from odoo.service.model import"
    " PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as CONFLICTS\n",
    "what is tried again, by its name": "from odoo.service.model import"
    " PG_CONCURRENCY_EXCEPTIONS_TO_RETRY\n",
    "LazyTranslate": "from odoo.tools import LazyTranslate\n",
    "get_translation": "from odoo.tools.translate import get_translation\n",
    "a test mailing's links": "from ..privacy import links\n",
}
SAMPLES = {
    **{name: (line, "") for name, line in IMPORTS.items()},
    "the version for 18.0": ('"version": "1.1.0",', '"version": "18.0.1.1.0",'),
    "the version for 17.0": ('"version": "1.1.0",', '"version": "17.0.1.1.0",'),
    "Constraint": ("_a = models.Constraint(", "_a = compat.Constraint("),
    "Index": ("_a = models.Index(", "_a = compat.Index("),
    "UniqueIndex": ("_a = models.UniqueIndex(", "_a = compat.UniqueIndex("),
    "a rule's domain": (
        'rules = self.env["ir.rule"]._compute_domain("sms.sms", "read")',
        'rules = Domain(self.env["ir.rule"]._compute_domain("sms.sms", "read"))',
    ),
    "ConcurrencyError beside others": (
        "from odoo.exceptions import ConcurrencyError, UserError",
        "from odoo.exceptions import UserError",
    ),
    "429": ("raise TooManyRequests()", "raise compat.too_many_requests()"),
    "429's import": (
        "from werkzeug.exceptions import NotFound, TooManyRequests",
        "from werkzeug.exceptions import NotFound",
    ),
    "env._": (
        'self.env._(\n    "A text") + request.env._("b") + env._("c")',
        'compat.text(self.env, "A text") + compat.text(request.env, "b")'
        ' + compat.text(env, "c")',
    ),
    "env.tz": ("zone = self.env.tz", "zone = compat.tz(self.env)"),
    "env.execute_query": (
        "rows = self.env.execute_query(\n    SQL(query))",
        "rows = compat.execute_query(self.env, SQL(query))",
    ),
    "a percent sign in SQL with names": (
        "WHERE number NOT LIKE '+%%'",
        "WHERE number !~ '^[+]'",
    ),
    "what tells that tests run": (
        "bool(modules.module.current_test)",
        'getattr(threading.main_thread(), "testing", False)',
    ),
    "what tells that tests run: imports": (
        "from contextlib import a\n\nfrom odoo import SUPERUSER_ID, api, modules\n",
        "import threading\nfrom contextlib import a\n\n"
        "from odoo import SUPERUSER_ID, api\n",
    ),
    "progress of a job": (
        'self.env["ir.cron"]._commit_progress(done, remaining=remaining)',
        "compat.commit_progress(self.env, done, remaining)",
    ),
    "the bus of a group": (
        'users._bus_send("su_sms.campaigns", {})',
        'compat.bus_send(users, "su_sms.campaigns", {})',
    ),
    "users' groups": ("user.group_ids", "user.groups_id"),
    "users' groups with what they imply": ("user.all_group_ids", "user.groups_id"),
    "groups' users": ("group.all_user_ids", "group.users"),
    "who reads a notification's number": (
        "    def _has_field_access(self, field, operation):\n        return True\n\n"
        "    def _check_access(self):\n",
        '    sms_number = fields.Char(groups="base.group_system")\n\n'
        "    def _check_access(self):\n",
    ),
    "rights to a field": (
        'each._has_field_access(field, "read")',
        'compat.has_field_access(each, field, "read")',
    ),
    "readonly": ("    @api.readonly\n    def a(self):", "    def a(self):"),
    "aggregator": ('aggregator="avg"', 'group_operator="avg"'),
    "search methods that know some operators": (
        "    def _search_result(self, operator, value):",
        "    @compat.searching\n    def _search_result(self, operator, value):",
    ),
    "a contact's name": (
        '[("display_name", operator, value)]',
        '[("complete_name", operator, value)]',
    ),
    "group_expand's order": (
        "def _group_expand_state(self, states, _domain):",
        "def _group_expand_state(self, states, _domain, order=None):",
    ),
    "_read_group_select gives fields as well": (
        "        expression = super()._read_group_select(aggregate_spec, query)\n"
        "        if not cost:\n"
        "            return expression\n"
        '        return SQL("%s", expression)',
        "        expression, names = super()._read_group_select("
        "aggregate_spec, query)\n"
        "        if not cost:\n"
        "            return expression, names\n"
        '        expression = SQL("%s", expression)\n'
        '        return expression, [*names, "currency_id"]',
    ),
    "what a caller from outside gets of a note": (
        "    def message_post(self, *args, **kwargs):",
        '    @api.returns("mail.message", lambda value: value.id)\n'
        "    def message_post(self, *args, **kwargs):",
    ),
    "who has given a draft away reads it no more": (
        'self.filtered(lambda campaign: campaign.state == "draft")._count_again()',
        "self.filtered("
        'lambda campaign: campaign.sudo().state == "draft")._count_again()',
    ),
    "what a model refuses: Odoo has other methods of that name": (
        "super()._check_access(operation)",
        "super()._sms_check_access(operation)",
    ),
    "SmsApiBase": (
        "from odoo.addons.sms.tools.sms_api import SmsApiBase",
        "from ..compat import SmsApiBase",
    ),
    "whom a test mailing names": (
        '{"uuid": uuid, "state": "success"}',
        '{"uuid": uuid, "res_id": texts[uuid][0], "state": "success"}',
    ),
    "send(auto_commit)": (
        "    def send(self, unlink_failed=False, unlink_sent=True, rest=False):",
        "    def send(\n        self, unlink_failed=False, unlink_sent=True,"
        " auto_commit=False, rest=False):",
    ),
    "super().send(auto_commit)": (
        "super(SmsSms, rest).send(\n    unlink_sent=unlink_sent,",
        "super(SmsSms, rest).send(\n    auto_commit=auto_commit,\n"
        "    unlink_sent=unlink_sent,",
    ),
    "_process_queue(ids)": (
        "def _process_queue(self):",
        "def _process_queue(self, ids=None):",
    ),
    "_get_unsubscribe_url(id, code, number)": (
        "self._get_unsubscribe_url(self.mailing_id.id, code)",
        'self._get_unsubscribe_url(0, code, values["number"])',
    ),
    "a test mailing has no link to opt out": (
        "        return 1\n\n    def _prepare_test_trace_values(self):\n        pass\n",
        "        return 1\n",
    ),
    "whom a mailing finds": (
        "people.search(self._get_recipients_domain())",
        "people.search(self._parse_mailing_domain())",
    ),
    "a test mailing has no traces": ('    ("is_test_trace", "=", False),\n', ""),
    "nobody counts the jobs that were ended": (
        '    """Return the names of our jobs that Odoo has ended lately."""\n    a()',
        '    """Return the names of our jobs that Odoo has ended lately."""\n'
        '    if "ir.cron.progress" not in self.env:\n        return []\n    a()',
    ),
    "who owns files": (
        "super()._has_attachments_ownership(tokens)",
        "super()._check_attachments_access(tokens)",
    ),
    "who does not own files": (
        "    def _check_attachments_access(self, tokens):\n        if closed:\n"
        "            return False\n        return super()",
        "    def _check_attachments_access(self, tokens):\n        if closed:\n"
        "            raise self._others_error()\n        return super()",
    ),
    "_prepare_post_data": (
        "def _prepare_message_data(self, post_data, **kwargs):\n"
        "    super()._prepare_message_data(post_data, **kwargs)",
        "def _prepare_post_data(self, post_data, thread, **kwargs):\n"
        "    super()._prepare_post_data(post_data, thread, **kwargs)",
    ),
    "unsafe placeholders": (
        "    self, template_txt, model, fname=None\n",
        "    self, template_txt, model\n",
    ),
    "unsafe placeholders of a field": (
        "is_unsafe(template_txt, model, fname)",
        "is_unsafe(template_txt, model)",
    ),
    "_is_dynamic_template_inline_template": (
        "def _has_unsafe_expression_template_inline_template(",
        "def _is_dynamic_template_inline_template(",
    ),
    "placeholders of any kind": (
        "    self, template_txt, model, fname=None\n",
        "    self, template_txt\n",
    ),
    "placeholders of any model": (
        "is_unsafe(template_txt, model, fname)",
        "is_unsafe(template_txt)",
    ),
    "privacy lookup's query": (
        "        query = get_query(self)\n",
        "        query, values = get_query(self)\n"
        "        query = SQL(query, *values)\n",
    ),
    "privacy lookup's query, given": (
        "        return query\n\n    _get_query.origin = get_query",
        "        return query.code, query.params\n\n    _get_query.origin = get_query",
    ),
    "what is lacking comes first": (
        "from . import controllers, models, wizard",
        "from . import compat, controllers, models, wizard",
    ),
    "what is lacking of models comes last": (
        "from . import dashboard\n",
        "from . import dashboard\nfrom . import sms_by_sender\n",
    ),
}


def test_each_rule_does_what_it_is_for():
    check([*manifest.RULES, *python.RULES], SAMPLES)
