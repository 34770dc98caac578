"""What went through a gateway is on record: read by people, written by the code."""

from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..campaign_case import CampaignCase

FORGED = {
    "number": "+254733000001",
    "body": "Something else",
    "partner_id": False,
    "state": "outgoing",
    "failure_type": "sms_server",
    "cost": 0.0,
    "parts": 9,
    "accepted_at": "2020-01-01 00:00:00",
    "provider_message_id": "ATXid_forged",
    "mailing_id": False,
    "mail_message_id": False,
    "uuid": "forged",
    "to_delete": True,
    "gateway_id": False,
    "campaign_id": False,
    "company_id": False,
    "message_class": "transactional",
    "handled": "sent",
    "handled_by_id": False,
    "create_uid": 1,
}


@tagged("post_install", "-at_install")
class TestOnRecord(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.user(
            "sms_root",
            "base.group_system,su_sms.group_gateway_admin"
            ",mass_mailing.group_mass_mailing_user,base.group_partner_manager"
            ",base.group_allow_export",
        )
        cls.system = cls.user("sms_system", "base.group_system")

    def call(self, model, method, *arguments, user=None, **given):
        """Call as the web client does."""
        self.env.invalidate_all()
        model = self.env[model].with_user(user or self.administrator)
        return call_kw(model, method, list(arguments), given)

    def test_a_context_says_nothing_for_others_either(self):
        clerk = self.user("sms_noter", "su_sms.group_user")
        campaign = self.campaign(self.numbers("0712345678"), as_user=clerk)
        admin = self.env.ref("base.partner_admin")
        for values in ({"res_id": campaign.id}, {}):
            note = self.call(
                "mail.message",
                "create",
                [{**values, "body": "I approve this.", "message_type": "comment"}],
                user=clerk,
                context={
                    "default_model": "sms.campaign",
                    "default_res_id": campaign.id,
                    "default_author_id": admin.id,
                },
            )
            note = self.env["mail.message"].browse(note)
            self.assertEqual(note.author_id, clerk.partner_id)

    def test_nothing_is_changed_in_silence(self):
        """Whatever a caller's context asks for."""
        quiet = {
            "tracking_disable": True,
            "mail_notrack": True,
            "mail_activity_automation_skip": True,
        }
        gateway = self.gateway.with_user(self.administrator).with_context(**quiet)
        before = gateway.message_ids
        gateway.write({"max_parts": 7})
        self.flush_tracking()
        noted = (gateway.message_ids - before).sudo().tracking_value_ids
        self.assertEqual(noted.mapped("new_value_integer"), [7])
        gateway.write({"environment": "production", "username": "acc"})
        gateway.write(
            {"trust": "relaxed", "relaxed_confirmed": True, "relaxed_account": "acc"}
        )
        kind = self.env.ref("su_sms.mail_activity_type_trust")
        self.assertIn(kind, gateway.activity_ids.activity_type_id)
        self.gateway.write({"environment": "sandbox", "trust": "verify"})
        self.gateway.approval_recipients = 1
        clerk = self.user("sms_launcher", "su_sms.group_user")
        self.user("sms_approver", "su_sms.group_manager")
        numbers = self.numbers("0712345678\n0712345679")
        campaign = self.campaign(numbers, as_user=clerk)
        campaign.with_user(clerk).with_context(**quiet)._launch()
        self.assertEqual(campaign.state, "approval")
        self.assertTrue(campaign.activity_ids)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def stored(self, *records):
        self.env.flush_all()
        self.env.invalidate_all()
        found = []
        for record in records:
            self.cr.execute(
                f"SELECT * FROM {record._table} WHERE id = ANY(%s) ORDER BY id",
                [record.ids],
            )
            found.append(self.cr.dictfetchall())
        return found

    def assert_refused(self, model, method, *arguments, **given):
        for user in (self.administrator, self.system):
            with (
                self.subTest(model=model, method=method, user=user.login),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self.call(model, method, *arguments, user=user, **given)
                raise AssertionError("It was taken")

    def test_nobody_changes_what_was_sent_whatever_the_way(self):
        sms, _notification = self.post()
        campaign = self.campaign(self.numbers("0712345678"))
        self.run_campaign(campaign)
        waiting = self.queue("0712345679")
        before = self.stored(sms, waiting, campaign.sms_ids)
        for each in (sms, waiting, campaign.sms_ids):
            for name, value in FORGED.items():
                self.assert_refused("sms.sms", "write", each.ids, {name: value})
            text = {"body": "Something else"}
            self.assert_refused("sms.sms", "web_save", each.ids, text, {"body": {}})
            self.assert_refused("sms.sms", "web_save_multi", each.ids, [text], {})
            self.assert_refused("sms.sms", "unlink", each.ids)
            self.assert_refused("sms.sms", "copy", each.ids)
            with suppress(UserError):
                self.call("sms.sms", "web_override_translations", each.ids, text)
            self.assert_refused(
                "sms.sms", "update_field_translations", each.ids, "body", {}
            )
            for command in (
                Command.update(each.id, text),
                Command.delete(each.id),
                Command.unlink(each.id),
                Command.set([]),
                Command.clear(),
                Command.create({"number": "0712345678", "body": "Forged"}),
            ):
                if each.campaign_id:
                    self.assert_refused(
                        "sms.campaign", "write", campaign.ids, {"sms_ids": [command]}
                    )
        for command in (
            Command.update(sms.id, {"body": "Something else"}),
            Command.delete(sms.id),
            Command.link(sms.id),
            Command.create({"number": "0712345678", "body": "Forged"}),
        ):
            values = {"name": "Mine", "body": "Mine", "sms_ids": [command]}
            self.assert_refused("sms.campaign", "create", [values])
        self.env.invalidate_all()
        self.assertEqual(self.stored(sms, waiting, campaign.sms_ids), before)

    def test_nobody_adds_to_it_whatever_the_way(self):
        values = {"number": "0712345678", "body": "Forged", "state": "sent"}
        before = self.env["sms.sms"].search([])
        self.assert_refused("sms.sms", "create", [values])
        self.assert_refused("sms.sms", "create", values, context={"import_file": True})
        self.assert_refused("sms.sms", "name_create", "0712345678")
        self.assert_refused("sms.sms", "web_save", [], values, {"body": {}})
        with suppress(UserError), self.env.cr.savepoint():
            rows = [["0712345678", "Forged"]]
            self.assertFalse(
                self.call("sms.sms", "load", ["number", "body"], rows)["ids"]
            )
        self.assertEqual(self.env["sms.sms"].search([]), before)

    def test_code_of_an_action_sends_and_forges_nothing(self):
        """Odoo lets an administrator's action create messages, and so do we."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": f"env['sms.sms'].create({FORGED | {'body': 'Come'}!r})",
            }
        )
        before = self.env["sms.sms"].search([])
        context = {"active_model": "res.partner", "active_ids": self.partner.ids}
        self.call("ir.actions.server", "run", action.ids, context=context)
        sms = self.env["sms.sms"].search([]) - before
        self.assertEqual((sms.body, sms.number), ("Come", FORGED["number"]))
        self.assertEqual((sms.state, sms.gateway_id), ("outgoing", self.gateway))
        self.assertFalse(sms.provider_message_id or sms.accepted_at or sms.handled)

    def test_what_odoo_keeps_beside_a_message_is_closed_as_well(self):
        _sms, notification = self.post()
        mailing = self.send_mailing()
        trace = mailing.mailing_trace_ids
        trackers = self.env["sms.tracker"].search(
            [("sms_uuid", "in", self.env["sms.sms"].search([]).mapped("uuid"))]
        )
        self.assertTrue(trackers.mailing_trace_id and trackers.mail_notification_id)
        before = self.stored(notification, trace, trackers)
        for records, values in (
            (notification, {"notification_status": "sent"}),
            (notification, {"sms_number": "+254733000001"}),
            (notification, {"failure_type": False}),
            (trace, {"trace_status": "sent"}),
            (trace, {"sms_number": "+254733000001"}),
            (trace, {"sms_id_int": 0}),
            (trackers, {"sms_uuid": "forged"}),
        ):
            self.assert_refused(records._name, "write", records.ids, values)
            self.assert_refused(records._name, "unlink", records.ids)
        sms = self.env["sms.sms"].search([], limit=1)
        for model, values in (
            (
                "mailing.trace",
                {
                    "trace_type": "sms",
                    "model": "res.partner",
                    "res_id": self.partner.id,
                    "sms_id_int": sms.id,
                },
            ),
            ("sms.tracker", {"sms_uuid": self.queue("0712345679").uuid}),
            ("sms.tracker", {"sms_uuid": "c" * 32, "mailing_trace_id": trace.id}),
            (
                "sms.tracker",
                {"sms_uuid": "d" * 32, "mail_notification_id": notification.id},
            ),
            (
                "mail.notification",
                {
                    "mail_message_id": notification.mail_message_id.id,
                    "notification_type": "sms",
                    "sms_id_int": sms.id,
                },
            ),
        ):
            self.assert_refused(model, "create", [values])
        self.assertEqual(self.stored(notification, trace, trackers), before)

    def test_posts_of_the_provider_stay_as_they_came(self):
        self.env["sms.gateway.event"]._receive(
            self.gateway.id, "delivery", [("id", "ATXid_none"), ("status", "Success")]
        )
        event = self.env["sms.gateway.event"].search([], limit=1)
        for values in ({"payload": "[]"}, {"state": "applied"}, {"problem": "None"}):
            self.assert_refused("sms.gateway.event", "write", event.ids, values)
        self.assert_refused("sms.gateway.event", "unlink", event.ids)
        self.assert_refused("sms.gateway.event", "copy", event.ids)
        event.state = "unmatched"
        self.call("sms.gateway.event", "action_apply_again", event.ids)
        self.assertEqual(event.state, "new")

    def test_buttons_keep_who_and_when(self):
        for handled, method, arguments, state in (
            ("cancelled", "action_set_canceled", [], "outgoing"),
            ("marked", "action_set_error", ["unknown"], "outgoing"),
            ("queued", "action_set_outgoing", [], "error"),
            ("queued", "resend_failed", [], "error"),
        ):
            for user in (self.administrator, self.system):
                with self.subTest(handled, method=method, user=user.login):
                    sms = self.queue("0712345678")
                    sms.write({"state": state, "failure_type": False})
                    self.call("sms.sms", method, sms.ids, *arguments, user=user)
                    self.assertEqual((sms.handled, sms.handled_by_id), (handled, user))
                    self.assertTrue(sms.handled_at)

    def test_what_the_code_does_is_nobodys(self):
        sms = self.queue("0712345678")
        sms.action_set_canceled()
        self.assertFalse(sms.handled)

    def test_notes_of_campaigns_and_gateways_stay_as_they_are(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.administrator)
        self.env.flush_all()
        campaign.with_user(self.administrator)._launch()
        self.gateway.with_user(self.administrator).pace = 7
        self.env.flush_all()
        self.env.cr.precommit.run()
        for record in (campaign, self.gateway):
            notes = record.message_ids.sudo()
            self.assertTrue(notes)
            before = self.stored(notes)
            for note in notes:
                for values in (
                    {"body": "Forged"},
                    {"author_id": self.partner.id},
                    {"date": "2020-01-01"},
                    {"model": "res.partner", "res_id": self.partner.id},
                ):
                    commands = [Command.update(note.id, values)]
                    self.assert_forbidden("mail.message", "write", note.ids, values)
                    self.assert_forbidden(
                        record._name, "write", record.ids, {"message_ids": commands}
                    )
                self.assert_forbidden("mail.message", "unlink", note.ids)
                commands = [Command.delete(note.id)]
                self.assert_forbidden(
                    record._name, "write", record.ids, {"message_ids": commands}
                )
            self.assertEqual(self.stored(notes), before)
        said = {"body": "As agreed", "message_type": "comment"}
        comment = campaign.with_user(self.administrator).message_post(**said)
        self.call("mail.message", "write", comment.ids, {"body": "Mine"})
        self.assertIn("Mine", comment.body)
        elsewhere = self.partner.with_user(self.administrator).message_post(**said)
        moved = {"model": "sms.campaign", "res_id": campaign.id}
        for message, values in (
            (comment, {"author_id": self.partner.id}),
            (comment, {"message_type": "notification"}),
            (comment, {"date": "2020-01-01"}),
            (elsewhere, moved | {"author_id": self.partner.id}),
            (elsewhere, moved),
        ):
            self.assert_forbidden("mail.message", "write", message.ids, values)

    def test_nobody_says_whose_a_note_is(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.administrator)
        forged = {"body": "Approved", "author_id": self.partner.id}
        for method, arguments, given in (
            ("message_post", [campaign.ids], forged),
            (
                "write",
                [
                    campaign.ids,
                    {
                        "message_ids": [
                            Command.create({**forged, "model": "sms.campaign"})
                        ]
                    },
                ],
                {},
            ),
        ):
            self.call("sms.campaign", method, *arguments, **given)
            note = campaign.message_ids.sorted("id")[-1]
            self.assertIn("Approved", note.body)
            self.assertEqual(note.author_id, self.administrator.partner_id)

    def assert_forbidden(self, model, method, *arguments):
        with (
            self.subTest(model=model, method=method, arguments=arguments),
            self.assertRaises(AccessError),
            self.env.cr.savepoint(),
        ):
            self.call(model, method, *arguments)

    def test_refusal_says_what_to_do(self):
        sms, _notification = self.post()
        with self.assertRaisesRegex(AccessError, "on record.*Use the buttons"):
            self.call("sms.sms", "write", sms.ids, {"body": "Something else"})

    def test_form_lets_nobody_type_into_it(self):
        arch = self.env["sms.sms"].get_view(view_type="form")["arch"]
        for name in ("number", "body", "partner_id"):
            self.assertRegex(arch, rf'<field name="{name}"[^>]*readonly="gateway_id')

    def test_without_a_gateway_messages_are_as_odoo_has_them(self):
        self.gateway.active = False
        values = {"number": "0712345678", "body": "Hello"}
        [sms] = self.call("sms.sms", "create", [values])
        self.call("sms.sms", "write", [sms], {"body": "Hello again"})
        self.call("sms.sms", "action_set_canceled", [sms])
        message = self.env["sms.sms"].browse(sms)
        self.assertEqual((message.body, message.state), ("Hello again", "canceled"))
        self.assertFalse(message.handled)
        self.call("sms.sms", "unlink", [sms])
