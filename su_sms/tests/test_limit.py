"""What one user may send by hand in an hour."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .campaign import CampaignCase


@tagged("post_install", "-at_install")
class TestLimit(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.user(
            "limit_user", "su_sms.group_user,base.group_partner_manager"
        )
        cls.colleague = cls.user("limit_colleague", "base.group_user")
        cls.gateway.hour_limit = 3

    def send(self, *numbers, user=None):
        """Send by hand, as with Odoo's composer."""
        composer = self.env["sms.composer"].with_user(user or self.staff)
        values = {
            "composition_mode": "numbers",
            "numbers": ",".join(numbers),
            "body": "Hello",
        }
        composer.create(values).action_send_sms()

    def sent(self):
        return [sent["number"] for sent in self.simulator.ledger()]

    def test_more_than_the_limit_is_refused_and_nothing_is_sent(self):
        self.send("+254712345671", "+254712345672")
        with self.assertRaisesRegex(UserError, "3 SMS an hour"):
            self.send("+254712345673", "+254712345674")
        self.assertEqual(len(self.sent()), 2)
        self.send("+254712345673")
        self.assertEqual(len(self.sent()), 3)

    def test_chatter_counts_as_well(self):
        partner = self.partner.with_user(self.staff)
        for _each in range(3):
            partner._message_sms("Hello", number_field="phone")
        with self.assertRaises(UserError):
            partner._message_sms("Hello", number_field="phone")

    def test_each_user_has_their_own(self):
        self.send("+254712345671", "+254712345672", "+254712345673")
        self.send("+254712345674", user=self.colleague)
        self.assertEqual(len(self.sent()), 4)

    def test_an_hour_later_it_goes_on(self):
        self.send("+254712345671", "+254712345672", "+254712345673")
        sms = self.env["sms.sms"].search([("create_uid", "=", self.staff.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - timedelta(hours=1), sms.ids],
        )
        self.send("+254712345674")
        self.assertEqual(len(self.sent()), 4)

    def test_zero_is_no_limit(self):
        self.gateway.hour_limit = 0
        self.send(*(f"+25471234567{n}" for n in range(5)))
        self.assertEqual(len(self.sent()), 5)

    def test_campaigns_mailings_and_jobs_do_not_count(self):
        campaign = self.campaign(
            self.numbers("\n".join(f"071234567{n}" for n in range(5))),
            as_user=self.staff,
        )
        campaign.with_user(self.staff)._launch()
        self.work()
        self.assertEqual(campaign.state, "done")
        self.send_mailing()
        self.queue(*(f"+25472234567{n}" for n in range(5))).send()
        self.send("+254712345671")
        self.assertEqual(len(self.sent()), 12)

    def test_visitors_of_the_site_are_not_employees(self):
        self.gateway.hour_limit = 1
        vals_list = [{"number": "0712345678", "body": "Hello"}] * 2
        queue = self.env["sms.sms"]
        visitor = self.env.ref("base.public_user")
        queue.with_user(visitor).sudo().create(vals_list).send()
        self.assertEqual(len(self.sent()), 2)
        with self.assertRaises(UserError):
            queue.with_user(self.staff).sudo().create(vals_list)
