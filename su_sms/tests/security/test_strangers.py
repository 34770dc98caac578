import json
from datetime import timedelta

from odoo import fields
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged

from ..common import GatewayCase

NUMBERS = ["0712345678", "0712345679", "0712345680"]


@tagged("post_install", "-at_install")
class TestStrangers(GatewayCase, HttpCase):
    """Who is no employee sends no SMS, whatever Odoo lets them post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.student = cls.user("sms_student", "base.group_portal")
        cls.student.password = "sms_student-pw1"
        cls.employee = cls.user("sms_stranger_employee", "base.group_user")
        cls.employee.password = "sms_stranger_employee-pw1"
        cls.channel = cls.env["discuss.channel"].create(
            {"name": "Study group", "channel_type": "group"}
        )
        cls.channel._add_members(users=cls.student | cls.employee)
        # What is sent is queued; leaving it is no matter of theirs.
        cls.gateway.action_pause()
        cls.own = cls.student.partner_id
        cls.own.phone = NUMBERS[0]

    def queued(self):
        self.env.flush_all()
        return self.env["sms.sms"].search([("number", "!=", False)])

    def call(self, user, model, method, args, **kwargs):
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def doors(self):
        """Return Odoo's public methods that let numbers be typed, and their values."""
        channel, own = [self.channel.id], [self.own.id]
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(minutes=5))
        text, numbers = {"body": "Pay now"}, {"sms_numbers": NUMBERS}
        typed = {**text, **numbers}
        to_own = {**text, "partner_ids": own, "sms_pid_to_number": {own[0]: NUMBERS[1]}}
        for kind in ("sms", "notification"):
            posted = {**typed, "message_type": kind}
            yield "discuss.channel", "message_post", [channel], posted
            posted = {**posted, "scheduled_date": later}
            yield "discuss.channel", "message_post", [channel], posted
            yield (
                "discuss.channel",
                "message_post",
                [channel],
                {
                    **to_own,
                    "message_type": kind,
                },
            )
        for model in ("discuss.channel", "mail.thread"):
            notified = {**typed, "partner_ids": own}
            yield model, "message_notify", [[]], notified
            yield model, "message_notify", [[]], {**notified, "scheduled_date": later}

    def test_a_student_sends_nothing_by_a_post_or_a_notice(self):
        for model, method, args, values in self.doors():
            with self.subTest(model=model, method=method, values=sorted(values)):
                with self.cr.savepoint():
                    try:
                        self.call(self.student, model, method, args, **values)
                    except Exception as error:  # Odoo refuses some of them
                        self.assertNotIn("su_sms", str(error))
                self.env["mail.message.schedule"].sudo().search([])._send_notifications(
                    default_notify_kwargs=None
                )
                self.assertFalse(self.queued())

    def test_an_employee_does(self):
        self.call(
            self.employee,
            "discuss.channel",
            "message_post",
            [[self.channel.id]],
            body="Lecture moved",
            message_type="sms",
            sms_numbers=NUMBERS,
        )
        self.assertEqual(len(self.queued()), 3)

    def test_what_a_student_causes_is_sent_by_the_sites_code(self):
        self.partner.with_user(self.student).sudo()._message_sms(
            "Your place is confirmed.", sms_numbers=NUMBERS[:1]
        )
        self.assertEqual(len(self.queued()), 1)

    def test_odoos_address_for_posts_takes_no_sms_of_a_student(self):
        for user, kind in ((self.student, "comment"), (self.employee, "sms")):
            with self.subTest(user.login):
                self.authenticate(user.login, f"{user.login}-pw1")
                answer = self.url_open(
                    "/mail/message/post",
                    json.dumps(
                        {
                            "params": {
                                "thread_model": "discuss.channel",
                                "thread_id": self.channel.id,
                                "post_data": {
                                    "body": "Pay now",
                                    "message_type": "sms",
                                    "partner_ids": self.own.ids,
                                    "sms_numbers": NUMBERS,
                                },
                            }
                        }
                    ),
                    headers={"Content-Type": "application/json"},
                ).json()
                posted = self.env["mail.message"].browse(answer["result"]["message_id"])
                self.assertEqual(posted.message_type, kind)
