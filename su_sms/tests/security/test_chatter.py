from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestChatter(CampaignCase):
    """Nobody forges, moves or removes what a chatter tells, however Odoo lets them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user("chatter_admin", "su_sms.group_gateway_admin")
        cls.other = cls.user("chatter_other", "su_sms.group_gateway_admin")
        cls.clerk = cls.user("chatter_clerk", "su_sms.group_user")
        cls.gateway.with_user(cls.other).hour_limit = 7
        cls.env.cr.precommit.run()
        cls.change = cls.gateway.message_ids.sudo().tracking_value_ids[:1]
        cls.own = cls.clerk.partner_id

    def post(self, user, record, method="message_post", **values):
        ids = [] if method == "message_notify" else record.ids
        values = {"body": "x", **values}
        return call_kw(self.env(user=user)[record._name], method, [ids], values)

    def told(self):
        self.env.flush_all()
        self.env.invalidate_all()
        change = self.change.exists()
        return change and (
            change.mail_message_id.model,
            change.mail_message_id.res_id,
            change.old_value_integer,
            change.new_value_integer,
        )

    def test_a_change_is_told(self):
        self.assertEqual(self.told()[:2], ("sms.gateway.config", self.gateway.id))
        self.assertEqual(self.told()[3], 7)

    def test_no_post_rewrites_moves_or_removes_a_change(self):
        before, change = self.told(), self.change
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        channel = self.env["discuss.channel"].create(
            {"name": "C", "channel_type": "group"}
        )
        channel._add_members(users=self.clerk)
        commands = (
            Command.update(change.id, {"new_value_integer": 9}),
            Command.link(change.id),
            Command.delete(change.id),
            Command.unlink(change.id),
            Command.set(change.ids),
        )
        for command in commands:
            for user, record in (
                (self.admin, self.gateway),
                (self.clerk, campaign),
                (self.clerk, channel),
                (self.clerk, self.partner),
            ):
                for kind in ("comment", "notification"):
                    with self.subTest(command=command, record=record, kind=kind):
                        # Odoo itself refuses some.
                        with suppress(AccessError), self.env.cr.savepoint():
                            self.post(
                                user,
                                record,
                                message_type=kind,
                                tracking_value_ids=[command],
                            )
                        self.assertEqual(self.told(), before)

    def test_no_change_is_made_up(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        field = self.env["ir.model.fields"]._get("sms.campaign", "approved_by_id")
        made_up = Command.create(
            {"field_id": field.id, "new_value_char": "The Manager"}
        )
        posted = self.post(
            self.clerk,
            campaign,
            message_type="notification",
            tracking_value_ids=[made_up],
        )
        note = self.env["mail.message"].browse(posted)
        self.assertFalse(note.tracking_value_ids)

    def test_what_tells_an_administrator_is_theirs(self):
        # As who has opened the line does: these are by their hand.
        self.gateway.with_user(self.admin).sudo()._schedule_for_administrators(
            "su_sms.mail_activity_type_trust", "Not verified", "Look"
        )
        mine = self.gateway.activity_ids.filtered(lambda a: a.user_id == self.admin)
        theirs = self.gateway.activity_ids.filtered(lambda a: a.user_id == self.other)
        self.assertTrue(mine and theirs)
        attempts = (
            lambda each: each.unlink(),
            lambda each: each.write({"user_id": self.admin.id}),
            lambda each: each.write({"date_deadline": "2099-01-01"}),
            lambda each: each.action_feedback(feedback="Done"),
            lambda each: self.commanded(self.gateway, Command.delete(each.ids[0])),
            lambda each: self.commanded(self.gateway, Command.unlink(each.ids[0])),
            lambda each: self.commanded(self.gateway, Command.clear()),
            lambda each: self.commanded(
                self.gateway, Command.update(each.ids[0], {"user_id": self.admin.id})
            ),
            lambda each: self.commanded(self.partner, Command.link(each.ids[0])),
            lambda each: self.gateway.with_user(self.admin).activity_unlink(
                ["su_sms.mail_activity_type_trust"], user_id=self.other.id
            ),
        )
        for attempt in attempts:
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt(theirs.with_user(self.admin))
        self.assertTrue(theirs.exists())
        mine.with_user(self.admin).action_feedback(feedback="Done")

    def commanded(self, record, command):
        record.with_user(self.admin).write({"activity_ids": [command]})
        self.env.flush_all()

    def test_who_asks_for_approval_does_not_end_it(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        activity = campaign.activity_schedule(
            "su_sms.mail_activity_type_approval", user_id=self.admin.id
        )
        with self.assertRaises(AccessError):
            activity.with_user(self.clerk).unlink()

    def test_what_somebody_else_has_enclosed_stays(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        letter = self.env["ir.attachment"].create(
            {
                "name": "Letter of approval.txt",
                "raw": b"approved for 100",
                "res_model": campaign._name,
                "res_id": campaign.id,
            }
        )
        campaign.message_post(attachment_ids=letter.ids)
        theirs = letter.with_user(self.clerk)
        for attempt in (
            lambda: theirs.write({"raw": b"approved for 10000"}),
            lambda: theirs.write({"res_id": 0, "res_model": False}),
            lambda: theirs.write({"name": "Other.txt"}),
            lambda: theirs.unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
        # Odoo gives it to the author of any note that encloses the file.
        enclosing = campaign.with_user(self.clerk).message_post(
            attachment_ids=letter.ids
        )
        token = letter._get_ownership_token()
        self.assertIn(letter, enclosing.sudo().attachment_ids)
        self.assertFalse(theirs._has_attachments_ownership([token]))
        self.assertTrue(letter._has_attachments_ownership([token]))
        self.assertEqual(letter.raw, b"approved for 100")
        own = self.env["ir.attachment"].with_user(self.clerk)
        own = own.create(
            {
                "name": "a",
                "raw": b"a",
                "res_model": campaign._name,
                "res_id": campaign.id,
            }
        )
        own.raw = b"b"
        own.unlink()
