"""What a caller over RPC can't slip in with a context, or read around a rule.

And what only reads: where there is a replica, Odoo asks it.
"""

from contextlib import contextmanager

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..campaign_case import CampaignCase
from .matrix import GATEWAY, METHODS
from .test_matrix import MatrixCase

FILE = "Phone,Other,Name\n0712345678,0722345678,Wanjiku\n"
#: public methods of ours that write nothing, but for those of dialogs, which are made a
#: moment before and may not be on a replica yet
READS = {
    ("mailing.mailing", "get_sms_link_replacements_placeholders"),
    ("sms.campaign", "action_download_left_out"),
    ("sms.campaign", "action_open_clicks"),
    ("sms.campaign", "action_open_left_out"),
    ("sms.campaign", "action_open_messages"),
    ("sms.campaign", "action_open_missing"),
    ("sms.campaign", "action_open_recipients"),
    ("sms.campaign", "action_open_results"),
    ("sms.campaign", "action_open_shared"),
    ("sms.campaign", "action_open_unicode"),
    ("sms.campaign.left.out", "action_open"),
    ("sms.campaign.recipient", "action_open_record"),
    ("sms.dashboard", "get_data"),
    ("sms.gateway.config", "action_view_events"),
    ("sms.gateway.config", "action_view_messages"),
    ("sms.sms", "action_open_record"),
}
FORMS = ("sms.campaign", "sms.gateway.config", "sms.sms")


@tagged("post_install", "-at_install")
class TestRpc(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.user("rpc_user", "su_sms.group_user")
        cls.colleague = cls.user("rpc_colleague", "su_sms.group_user")

    def call(self, model, method, *arguments, user=None, **context):
        """Call a method as the web client does, in a transaction of its own."""
        self.env.invalidate_all()
        model = self.env[model].with_user(user or self.staff)
        return call_kw(model, method, list(arguments), {"context": context})

    def test_context_does_not_keep_an_audience_from_being_checked(self):
        # Else a campaign to a few could be launched to many without approval.
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        audience = self.numbers("0722345678") | {"campaign_id": campaign.id}
        self.call("sms.campaign.audience", "create", audience, su_sms_count_later=True)
        self.assertEqual(campaign.recipient_count, 2)

    def test_nobody_runs_a_job_by_its_action(self):
        """Odoo lets whoever is logged in run an action that has no groups."""
        jobs = (
            self.env["ir.cron"]
            .search([])
            .filtered(
                lambda job: (
                    job.model_id.model.startswith("sms.")
                    and (job.get_external_id()[job.id] or "").startswith("su_sms.")
                )
            )
        )
        self.assertGreater(len(jobs), 4)
        users = self.staff | self.user("rpc_portal", "base.group_portal")
        users |= self.user("rpc_system", "base.group_system,su_sms.group_gateway_admin")
        for action in jobs.ir_actions_server_id:
            for user in users:
                with self.subTest(action.name, user=user.login):
                    with self.assertRaises(AccessError):
                        action.with_user(user).run()

    def test_context_does_not_keep_the_rights_of_another(self):
        manager = self.user("rpc_manager", "su_sms.group_manager")
        campaign = self.campaign(self.records(self.partner), as_user=self.staff)
        campaign.with_user(manager).audience_ids.domain = "[(1, '=', 1)]"
        self.assertEqual(campaign.audience_ids.author_id, manager)
        self.call(
            "sms.campaign.audience",
            "write",
            campaign.audience_ids.ids,
            {"domain": "[]"},
            su_sms_count_later=True,
        )
        self.assertEqual(campaign.audience_ids.author_id, self.staff)

    def test_nobody_lends_their_rights_to_anothers_text(self):
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").implied_ids -= editors
        name = "su_sms.test_written"
        code = f"object.env['ir.config_parameter'].sudo().set_param('{name}', 'x')"
        body = "{{ " + code + " }}"
        campaign = self.campaign(
            self.records(self.partner), as_user=self.staff, body=body
        )
        self.assertEqual(campaign.count_state, "failed")
        # Who changes something else checks it again.
        campaign.with_user(self.env.ref("base.user_admin")).write(
            {
                "message_class": "transactional",
                "audience_ids": [(0, 0, self.numbers("0712345678"))],
            }
        )
        self.assertFalse(self.env["ir.config_parameter"].get_param(name))
        self.assertEqual(campaign.count_state, "failed")

    def test_nobody_lends_their_rights_to_anothers_audience(self):
        manager = self.user("rpc_manager", "su_sms.group_manager")
        self.hide(self.partner, manager)
        campaign = self.campaign(self.records(self.partner), as_user=self.staff)
        self.assertFalse(campaign.recipient_count)
        campaign.with_user(manager).write({"message_class": "transactional"})
        self.assertFalse(campaign.recipient_count)
        campaign.with_user(manager).body = "Exams begin on Tuesday."
        self.assertFalse(campaign.recipient_count)

    def test_a_text_reads_no_more_than_its_author_may(self):
        manager = self.user("rpc_manager", "su_sms.group_manager")
        editors = self.env.ref("mail.group_mail_template_editor")
        (manager | self.staff).group_ids = [(4, editors.id)]
        self.hide(self.partner, manager)
        self.partner.ref = "secret"
        campaign = self.campaign(body="{{ object.ref }}", as_user=self.staff)
        for body in ("{{ object.ref }}", "{{ object.ref.upper() }}"):
            campaign.with_user(self.staff).body = body
            campaign.with_user(manager).audience_ids = [
                (5, 0, 0),
                (0, 0, self.records(self.partner)),
            ]
            self.assertEqual(campaign.audience_ids.author_id, manager)
            self.assertEqual(campaign.left_out_ids.reason, "sms_rendering")
            # The same words again are nobody else's words.
            campaign.with_user(manager).body = body
            self.assertEqual(campaign.left_out_ids.reason, "sms_rendering")
            campaign.with_user(manager).body = "Exams"
            campaign.with_user(manager).body = body
            # Nor more than who is responsible may.
            self.assertEqual(campaign.left_out_ids.reason, "sms_rendering")
            campaign.with_user(manager).user_id = manager
            read = campaign.recipient_ids.with_user(manager).text
            self.assertIn(read, ("secret", "SECRET"))
            campaign.with_user(manager).user_id = self.staff

    def hide(self, partner, manager):
        """Let only the manager see a contact."""
        model_id = self.env["ir.model"]._get_id("res.partner")
        for group, domain in (
            (self.env.ref("base.group_user"), [("id", "!=", partner.id)]),
            (self.env.ref("su_sms.group_manager"), [(1, "=", 1)]),
        ):
            self.env["ir.rule"].create(
                {
                    "name": "Test",
                    "model_id": model_id,
                    "groups": group.ids,
                    "domain_force": repr(domain),
                }
            )

    def test_default_in_the_context_does_not_launch_a_campaign(self):
        values = {"name": "Exams", "gateway_id": self.gateway.id}
        campaign_id = self.call(
            "sms.campaign",
            "create",
            values,
            default_state="preparing",
            default_approved_by_id=self.colleague.id,
        )
        campaign = self.env["sms.campaign"].browse(campaign_id)
        self.assertEqual(campaign.state, "draft")
        self.assertFalse(campaign.approved_by_id)

    def test_default_in_the_context_does_not_write_the_journal(self):
        composer = self.call(
            "sms.composer",
            "create",
            {
                "composition_mode": "numbers",
                "numbers": "+254712345678",
                "body": "Hello",
            },
        )
        self.call(
            "sms.composer",
            "action_send_sms",
            [composer],
            default_state="sent",
            default_cost=-1000,
            default_delivered_at="2026-01-01",
            default_provider_message_id="ATXid_forged",
        )
        sms = self.env["sms.sms"].search([("create_uid", "=", self.staff.id)])
        self.assertEqual(len(self.simulator.ledger()), 1)
        self.assertEqual(sms.state, "pending")
        self.assertFalse(sms.delivered_at)
        self.assertGreater(sms.cost, 0)

    def test_columns_of_a_launched_campaign_stay(self):
        campaign = self.campaign(self.file(FILE), as_user=self.staff)
        columns = campaign.audience_ids.column_ids
        other = columns.filtered(lambda column: column.title == "Other")
        number = columns.filtered(lambda column: column.role == "number")
        campaign.with_user(self.staff)._launch()
        with self.assertRaises(UserError):
            slug = {"slug": other.slug}
            self.call("sms.campaign.column", "write", number.ids, slug)

    def test_wizard_tells_nothing_of_anothers_campaign(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.colleague)
        values = {"campaign_id": campaign.id}
        for wizard in ("sms.campaign.launch", "sms.campaign.test"):
            with self.subTest(wizard):
                with self.assertRaises(AccessError):
                    wizard_id = self.call(wizard, "create", values)
                    self.call(wizard, "read", [wizard_id])
        # A form that is not saved yet, asked for one figure at a time.
        for name, field in self.env["sms.campaign.launch"]._fields.items():
            if field.compute and name not in ("display_name", "problem"):
                asked = {"campaign_id": {"fields": {"display_name": {}}}, name: {}}
                with self.subTest(name), self.assertRaises(AccessError):
                    self.call(
                        "sms.campaign.launch",
                        "onchange",
                        [],
                        values,
                        ["campaign_id"],
                        asked,
                    )


@tagged("post_install", "-at_install")
class TestReadonly(MatrixCase):
    @contextmanager
    def read_only(self):
        """Let nothing be written meanwhile."""
        self.env.flush_all()
        savepoint = self.cr.savepoint()
        try:
            self.cr.execute("SET TRANSACTION READ ONLY")
            yield
        finally:
            savepoint.close(rollback=True)

    def test_every_method_that_only_reads_is_marked(self):
        marked = {
            (model, method)
            for model, method in METHODS
            if getattr(getattr(self.env.registry[model], method), "_readonly", False)
        }
        self.assertEqual(marked, READS)

    def test_what_is_marked_writes_nothing(self):
        for model, method in sorted(READS):
            record = self.record(model, GATEWAY, "own")
            user = self.users[GATEWAY]
            if model == "mailing.mailing":
                user = self.env.ref("base.user_admin")
            with self.subTest(model=model, method=method), self.read_only():
                getattr(record.with_user(user), method)()

    def test_forms_are_read_without_writing(self):
        for model in FORMS:
            record = self.record(model, GATEWAY, "own").with_user(self.users[GATEWAY])
            form = etree.fromstring(record.get_view(view_type="form")["arch"])
            names = form.xpath(".//field[not(ancestor::field)]/@name")
            with self.subTest(model), self.read_only():
                self.assertTrue(record.web_read({name: {} for name in names}))
