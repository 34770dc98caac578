from odoo import fields
from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestLanes(CampaignCase):
    """Whose rules hold where gateways are shared or take over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kenya = cls.env.ref("base.ke").id
        cls.other = cls.env["res.company"].create(
            {"name": "Other", "country_id": kenya}
        )

    def share(self, day_budget):
        """Let the gateway be every company's."""
        self.gateway.write(
            {"company_id": False, "day_budget": day_budget, "price_per_part": 0.8}
        )

    def test_on_a_shared_gateway_each_campaign_has_its_companys_budget(self):
        self.share(day_budget=1.0)
        self.env.ref("base.user_admin").company_ids += self.other
        campaigns = [
            self.campaign(self.numbers("0712345671\n0712345672"), company_id=company.id)
            for company in (self.env.company, self.other)
        ]
        for campaign in campaigns:
            campaign._launch()
        self.work()
        self.work()
        self.assertEqual([campaign.sent_count for campaign in campaigns], [1, 1])

    def test_on_a_shared_gateway_local_numbers_are_those_of_the_messages_company(self):
        self.gateway.company_id = False
        self.other.country_id = self.env.ref("base.ug")
        own, others = self.queue("0712345678", "0712345679")
        self.env.flush_all()
        # as Odoo had it before there was a gateway
        self.env.cr.execute(
            "UPDATE sms_sms SET number = '0772345678', company_id = %s WHERE id = %s",
            [self.other.id, others.id],
        )
        self.env.invalidate_all()
        self.env["sms.sms"]._process_outbox()
        self.assertEqual(
            [own.number, others.number], ["+254712345678", "+256772345678"]
        )

    def test_on_a_shared_gateway_only_who_has_spent_theirs_waits(self):
        self.share(day_budget=1.0)
        own, others = self.queue(
            "0712345671", "0712345672", message_class="promotional", priority="0"
        )
        others.company_id = self.other
        self.env["sms.spending"].create(
            {
                "company_id": self.other.id,
                "bulk": True,
                "day": fields.Date.today(),
                "currency_id": self.env.ref("base.KES").id,
                "amount": 1.0,
            }
        )
        self.gateway.window_zone = "UTC"
        self.env["sms.sms"]._process_outbox()
        self.assertEqual((own.state, others.state), ("pending", "outgoing"))

    def test_what_was_taken_over_leaves_also_if_the_heir_is_another_now(self):
        heir = self.gateway.create(
            {
                "name": "Heir",
                "is_default": False,
                "api_key": self.server.api_key,
                "use_window": False,
            }
        )
        campaign = self.campaign(self.numbers("0712345678"))
        campaign._launch()
        self.env["sms.campaign"]._work()
        sms = self.env["sms.sms"].search([("campaign_id", "=", campaign.id)])
        sms.write({"gateway_id": heir.id, "failed_over_from_id": self.gateway.id})
        self.work()
        self.assertEqual((sms.state, campaign.state), ("pending", "done"))

    def news(self, *bodies, **vals):
        """Queue promotional messages, of no campaign, as mailings do."""
        return self.env["sms.sms"].create(
            [
                {
                    "number": f"07123456{n:02d}",
                    "body": body,
                    "message_class": "promotional",
                    "priority": "0",
                    **vals,
                }
                for n, body in enumerate(bodies)
            ]
        )

    def sent_of(self, messages):
        self.env["sms.sms"]._process_outbox()
        self.env.invalidate_all()
        return len(messages.filtered(lambda sms: sms.state == "pending"))

    def test_the_daily_budget_is_kept_by_what_is_of_no_campaign(self):
        self.gateway.write(
            {"day_budget": 2.0, "price_per_part": 0.8, "use_window": False}
        )
        self.assertEqual(self.sent_of(self.news(*["News"] * 20)), 2)

    def test_the_daily_budget_counts_parts(self):
        self.gateway.write(
            {"day_budget": 3.3, "price_per_part": 0.8, "use_window": False}
        )
        long = "A long text. " * 20  # two parts
        messages = self.news(*[f"{long}{n}" for n in range(10)])
        self.assertEqual(self.sent_of(messages), 2)
        self.assertEqual(sum(messages.mapped("parts")), 4)

    def test_the_daily_budget_is_kept_on_a_shared_gateway_too(self):
        self.share(day_budget=2.0)
        self.gateway.use_window = False
        mine = self.news(*["News"] * 20)
        theirs = self.news(*["News"] * 20)
        theirs.company_id = self.other
        self.sent_of(mine)
        sent = [self.sent_of(messages) for messages in (mine, theirs)]
        self.assertEqual(sent, [2, 2])

    def test_while_no_price_is_known_one_request_tells_it(self):
        self.gateway.write({"day_budget": 2.0, "chunk_size": 2, "use_window": False})
        messages = self.news(*["News"] * 20)
        sent = self.sent_of(messages)
        self.assertIn(sent, (2, 3, 4))
        self.assertLess(sum(messages.mapped("cost")), 2.0 + 2 * 0.8)
