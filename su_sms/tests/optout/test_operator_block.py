"""What the provider and operators say of a number, and of a sender ID."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.acts import Act
from .blacklist_case import NUMBER, BlacklistCase

DOUBTS = "odoo.addons.su_sms.models.optout.sms_gateway_config"


@tagged("post_install", "-at_install")
class TestOperatorBlock(BlacklistCase):
    def test_callback_of_the_provider(self):
        event = self.receive("optout", senderId="STRATHMORE", phoneNumber=NUMBER)
        self.assertEqual(event.state, "applied")
        entry = self.entry()
        self.assertEqual((entry.reason, entry.channel), ("provider", "provider"))
        self.assertEqual(entry.consent_id.event_id, event)
        self.assertEqual(entry.evidence, "STRATHMORE")
        self.assertFalse(entry.user_id)

    def _accepted(self, *numbers):
        messages = self.queue(*numbers, message_class="promotional")
        messages.send()
        self.assertEqual(set(messages.mapped("state")), {"pending"})
        return messages

    def _report_blocked(self, sms):
        return self.receive(
            "delivery",
            id=sms.provider_message_id,
            status="Failed",
            failureReason="UserInBlackList",
            phoneNumber=sms.number,
        )

    def test_reported_block_is_listed_and_claims_nothing(self):
        sms = self._accepted(NUMBER)
        event = self._report_blocked(sms)
        entry = self.entry()
        self.assertEqual((entry.reason, entry.channel), ("operator", "report"))
        self.assertEqual(entry.consent_id.kind, "blocked")
        self.assertEqual(entry.consent_id.sms_id, sms)
        self.assertEqual(entry.consent_id.event_id, event)
        self.assertFalse(self.blacklist._opted_out([NUMBER]))
        self.assertEqual(self.promote(NUMBER).failure_type, "sms_blacklist")

    def test_same_report_again_lists_nobody_who_came_back(self):
        sms = self._accepted(NUMBER)
        self._report_blocked(sms)
        self.blacklist._opt_in([NUMBER], Act("start", "sms"))
        self._report_blocked(sms)
        self.assertFalse(self.entry().active)

    def test_other_failures_list_nobody(self):
        for reason in ("DeliveryFailure", "DoNotDisturbRejection", "UserIsInactive"):
            sms = self._accepted(NUMBER)
            self.receive(
                "delivery",
                id=sms.provider_message_id,
                status="Failed",
                failureReason=reason,
                phoneNumber=sms.number,
            )
        self.assertFalse(self.entry())

    def test_refusal_at_the_send_lists_nobody(self):
        sms = self.queue("0700000406", message_class="promotional")
        sms.send()
        self.assertEqual(sms.failure_type, "sms_blocked")
        self.assertFalse(self.entry("+254700000406"))

    def _alarms(self):
        kind = self.env.ref("su_sms.mail_activity_type_sender")
        return self.gateway.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    @mute_logger(DOUBTS)
    def test_mostly_blocked_batch_doubts_the_sender_and_blames_nobody(self):
        administrator = self.user(
            "gateway_admin", "base.group_user,su_sms.group_gateway_admin"
        )
        messages = self._accepted(*(f"+2547110{n:05d}" for n in range(40)))
        for sms in messages[:30]:
            self._report_blocked(sms)
        self.assertTrue(self.gateway.sender_suspect_at)
        alarms = self._alarms()
        self.assertIn(administrator, alarms.user_id)
        self.assertEqual(len(alarms), len(alarms.user_id))
        self.assertFalse(self.blacklist.search([("reason", "=", "operator")]))
        self.assertEqual(
            self.history(messages[0].number),
            [("blocked", "operator", "report"), ("lifted", "sender", "report")],
        )
        self.gateway._check_senders()
        self.assertEqual(len(self._alarms()), len(alarms))
        self.gateway.action_watch_sender()
        self.assertFalse(self._alarms())
        self.gateway._check_senders()
        self.assertFalse(self.gateway.sender_suspect_at)

    @mute_logger(DOUBTS)
    def test_mostly_refused_batch_doubts_the_sender(self):
        messages = self.queue(
            *(f"+2547110{n:05d}" for n in range(30)), message_class="promotional"
        )
        messages.send()
        messages.flush_recordset()
        self.env.cr.execute(
            "UPDATE sms_sms SET state = 'error', failure_type = 'sms_blocked',"
            " provider_code = '406' WHERE id = ANY(%s)",
            [messages[:20].ids],
        )
        self.queue("0712345670").send()
        self.assertTrue(self.gateway.sender_suspect_at)

    def test_some_blocked_among_many_are_people(self):
        messages = self._accepted(*(f"+2547110{n:05d}" for n in range(60)))
        for sms in messages[:22]:
            self._report_blocked(sms)
        self.assertFalse(self.gateway.sender_suspect_at)
        self.assertEqual(self.blacklist.search_count([("reason", "=", "operator")]), 22)
