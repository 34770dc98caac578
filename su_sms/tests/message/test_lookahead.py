from datetime import timedelta

from odoo.tests import tagged

from ...dispatch import lookahead, outbox
from ...tools.transactions import utcnow
from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestLookAhead(CampaignCase):
    """Claims go by a look of a moment ago; what is true now is what counts."""

    def setUp(self):
        super().setUp()
        self.gateway.chunk_size = 2
        # Whatever the machine does meanwhile, the look is good for this test.
        self.patch(lookahead, "GOOD_FOR", 3600.0)
        self.ahead = lookahead.LookAhead()

    def texts_to(self, count, **vals):
        """Queue messages of different texts; one chunk each."""
        return self.env["sms.sms"].create(
            [
                {"number": f"071234567{n}", "body": f"Your mark is {n}.", **vals}
                for n in range(count)
            ]
        )

    def claim(self, slots=1):
        """Claim once; return the messages, a recordset for each request."""
        self.env.flush_all()
        claims, _seen = outbox.claim(
            self.env.cr, self.gateway._settings(), slots, utcnow(), self.ahead
        )
        self.env.invalidate_all()
        return [
            self.env["sms.sms"].browse([row.id for row in claim.rows])
            for claim in claims
        ]

    def test_one_look_serves_several_claims(self):
        first, second, third = self.texts_to(3)
        self.assertEqual(self.claim(), [first])
        self.assertFalse(self.ahead.is_stale)
        looks = []
        self.patch(lookahead.LookAhead, "refill", lambda *given: looks.append(given))
        self.assertEqual(self.claim(slots=2), [second, third])
        self.assertFalse(looks)
        self.assertTrue(self.ahead.is_stale)

    def test_look_that_is_too_old_is_not_gone_by(self):
        first, _second, _third = self.texts_to(3)
        self.assertEqual(self.claim(), [first])
        urgent = self.queue("0712345679", body="Your code is 1.", priority="2")
        self.ahead._good_until = 0.0
        self.assertEqual(self.claim(), [urgent])

    def test_what_may_not_leave_any_more_stays(self):
        messages = self.texts_to(6)
        first, cancelled, waiting, others, deleted, last = messages
        other = self.gateway.copy({"is_default": False})
        self.assertEqual(self.claim(), [first])
        cancelled.state = "canceled"
        waiting.not_before = utcnow() + timedelta(hours=1)
        others.gateway_id = other
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sms_sms SET to_delete = TRUE WHERE id = %s", [deleted.id]
        )
        self.assertEqual(self.claim(slots=4), [last])
        self.assertEqual(
            (messages - first - last).mapped("state"),
            ["canceled", "outgoing", "outgoing", "outgoing"],
        )

    def test_what_is_left_of_a_chunk_leaves(self):
        bulk = self.queue("0712345671", "0712345672", "0712345673", "0712345674")
        self.assertEqual(self.claim(), [bulk[:2]])
        bulk[2].state = "canceled"
        self.assertEqual(self.claim(), [bulk[3]])

    def test_text_that_has_changed_is_what_leaves_and_takes_no_place_more(self):
        bulk = self.queue("0712345671", "0712345672", "0712345673", "0712345674")
        self.claim()
        bulk[3].body = "Changed"
        self.assertEqual(self.claim(), [bulk[2]])
        self.assertEqual(self.claim(), [bulk[3]])

    def test_campaign_that_was_paused_has_nothing_claimed(self):
        self.gateway.chunk_size = 1
        campaign = self.campaign(self.numbers("0712345671\n0712345672\n0712345673"))
        campaign._launch()
        self.env["sms.campaign"]._work()
        messages = campaign.sms_ids.filtered(lambda sms: sms.state == "outgoing")
        self.assertEqual(len(messages), 3)
        self.assertEqual(len(self.claim()), 1)
        campaign.action_pause()
        self.assertFalse(self.claim(slots=2))

    def test_what_a_pace_lets_go_is_counted_at_each_claim(self):
        self.texts_to(4)
        self.gateway.pace = 6000
        self.claim()
        self.assertTrue(self.ahead.is_stale)
