"""Mails that Odoo makes with all rights, of values that somebody has given."""

from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...campaign_case import CampaignCase

FILE = "Phone,Name\n0712345678,Wanjiku\n"


@tagged("post_install", "-at_install")
class TestMails(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls.user("mails_employee", email="employee@example.com")
        cls.clerk = cls.user("mails_clerk", "su_sms.group_user")
        cls.boss = cls.user("mails_boss", "su_sms.group_gateway_admin")
        cls.gateway.with_user(cls.boss).hour_limit = 7
        cls.env.cr.precommit.run()
        cls.note = cls.gateway.message_ids[0]
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": cls.env["ir.model"]._get_id("res.users"),
                "subject": "Welcome",
                "body_html": "<p>Welcome</p>",
            }
        )

    def send(self, **values):
        """Have Odoo mail a template to oneself, as any employee may."""
        with suppress(AccessError), self.env.cr.savepoint():
            sent = call_kw(
                self.env["mail.template"].with_user(self.employee),
                "send_mail",
                [self.template.ids, self.employee.id],
                {"email_values": {"email_to": "employee@example.com", **values}},
            )
            return self.env["mail.mail"].browse(sent)
        return self.env["mail.mail"]

    def told(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.note.exists().read(
            [
                "body",
                "author_id",
                "date",
                "model",
                "res_id",
                "parent_id",
                "message_type",
            ]
        )

    def test_a_note_stays_as_it_is(self):
        before, note = self.told(), self.note
        forged = {"body": "<p>Rewritten</p>", "author_id": self.employee.partner_id.id}
        for values in (
            {"child_ids": [Command.update(note.id, forged)]},
            {"child_ids": [Command.delete(note.id)]},
            {"child_ids": [Command.link(note.id)]},
            {"child_ids": [Command.set(note.ids)]},
            {"mail_message_id": note.id, "author_id": self.employee.partner_id.id},
            {"mail_message_id": note.id, "date": "2025-01-01 00:00:00"},
            {"mail_message_id": note.id},
        ):
            with self.subTest(values=values):
                self.send(**values)
                self.assertEqual(self.told(), before)

    def test_a_note_does_not_go_with_a_mail(self):
        mail = self.send(
            mail_message_id=self.note.id, is_notification=False, auto_delete=True
        )
        mail.unlink()
        self.assertTrue(self.note.exists())

    def test_no_note_is_made_up(self):
        before = self.gateway.message_ids
        mail = self.send(
            model="sms.gateway.config",
            res_id=self.gateway.id,
            author_id=self.boss.partner_id.id,
            message_type="comment",
            date="2025-01-01 00:00:00",
            auto_delete=False,
        )
        self.env.invalidate_all()
        self.assertEqual(self.gateway.message_ids, before)
        self.assertFalse(mail.res_id)

    def test_no_result_on_record_is_changed(self):
        sms, notification = self.post()
        before = notification.notification_status
        for name, each in (
            ("notification_ids", notification),
            ("child_ids", sms.mail_message_id),
        ):
            self.send(**{name: [Command.update(each.id, {"body": "x"})]})
            self.send(**{name: [Command.delete(each.id)]})
        self.env.invalidate_all()
        self.assertEqual(notification.exists().notification_status, before)

    def test_files_of_campaigns_are_neither_sent_nor_removed(self):
        campaign = self.campaign(self.file(FILE), as_user=self.clerk)
        self.env.flush_all()
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sms.campaign.audience"),
                ("res_field", "=", "file"),
                ("res_id", "=", campaign.audience_ids.id),
            ]
        )
        self.assertTrue(file)
        about = {"model": "sms.campaign.audience", "res_id": campaign.audience_ids.id}
        for command in (
            Command.link(file.id),
            Command.set(file.ids),
            Command.update(file.id, {"public": True}),
            Command.delete(file.id),
        ):
            for more in ({}, about):
                mail = self.send(attachment_ids=[command], **more)
                self.env.invalidate_all()
                self.assertFalse(mail.attachment_ids & file)
                self.assertTrue(file.exists())
                self.assertFalse(file.public)
        own = self.env["ir.attachment"].with_user(self.employee)
        own = own.create({"name": "a.txt", "raw": b"a"})
        mail = self.send(attachment_ids=[Command.link(own.id)])
        self.assertEqual(mail.attachment_ids, own)

    def test_a_mail_from_a_campaign_is_by_who_sends_it(self):
        """Odoo's composer in mass mode takes an author from whoever opens it."""
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        before = campaign.message_ids
        admin = self.env.ref("base.partner_admin")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.clerk)
            .create(
                {
                    "model": "sms.campaign",
                    "res_ids": repr(campaign.ids),
                    "body": "<p>Approved</p>",
                    "subject": "Approved",
                    "composition_mode": "mass_mail",
                    "author_id": admin.id,
                    "email_from": '"Administrator" <admin@example.com>',
                    "auto_delete": False,
                }
            )
        )
        composer.action_send_mail()
        self.env.invalidate_all()
        note = campaign.message_ids - before
        self.assertEqual(note.author_id, self.clerk.partner_id)
        self.assertNotIn("admin@", note.email_from)

    def test_who_deletes_a_draft_deletes_its_notes(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.boss)
        campaign.with_user(self.boss).name = "Other"
        self.env.cr.precommit.run()
        notes = campaign.message_ids
        self.assertTrue(notes)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            notes.with_user(self.clerk).sudo().unlink()
        campaign.with_user(self.boss).unlink()
        self.assertFalse(notes.exists())
