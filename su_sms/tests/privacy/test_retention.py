"""Old messages are forgotten; totals stay."""

import hashlib
import hmac
from contextlib import contextmanager, suppress
from itertools import count
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...models.privacy import sms_gateway_config as sms_gateway_config_retention
from ...privacy import retention, suppression
from ...tools.transactions import own_transaction
from .retention_case import NUMBER, TEXT, RetentionCase

LOGGER = "odoo.addons.su_sms.models.privacy.sms_gateway_config"
# settings -> days after which text, number, message and event go
AGES = [
    ((180, 365, 730, 90), (180, 365, 730, 90)),
    ((0, 0, 0, 0), (None, None, None, None)),
    ((0, 365, 0, 0), (365, 365, None, 365)),
    ((180, 30, 730, 90), (30, 30, 730, 30)),
    ((0, 0, 10, 90), (10, 10, 10, 10)),
]


class Killed(BaseException):
    """The process ended here."""


@tagged("post_install", "-at_install")
class TestRetention(RetentionCase):
    def test_hash_is_hmac_in_python_and_in_the_database(self):
        for secret in ("short", "x" * 64, "é" * 64):
            with self.subTest(secret):
                self.cr.execute(
                    "SELECT " + suppression.hash_sql("%(number)s"),
                    {"number": NUMBER, **suppression.pads(secret)},
                )
                (in_database,) = self.cr.fetchone()
                digest = hmac.new(secret.encode(), NUMBER.encode(), hashlib.sha256)
                self.assertEqual(in_database, "#" + digest.hexdigest()[:16])
                self.assertEqual(suppression.hashed(secret, NUMBER), in_database)

    def test_secret_is_of_this_database_alone(self):
        self.assertGreaterEqual(len(suppression.secret(self.cr)), 32)

    def test_each_age_is_no_longer_than_the_next(self):
        for given, expected in AGES:
            with self.subTest(given):
                self.assertEqual(retention.Ages.of(*given), retention.Ages(*expected))

    def test_days_are_not_negative(self):
        with self.assertRaises(IntegrityError):
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.gateway.body_days = -1
                self.env.flush_all()

    def test_text_then_number_then_message(self):
        messages = self.everywhere()
        incoming = self.env["sms.incoming"].search([])
        self.assertIn("mail_message", self.found(TEXT))
        self.assertIn("mailing_trace", self.found(NUMBER))
        self.partner.phone = False
        before = self.totals()

        self.age(messages, incoming, days=179)
        self.gateway._forget()
        self.assertEqual(messages.mapped("number"), [NUMBER] * 3)
        self.assertIn(TEXT, messages.mapped("body"))

        self.age(messages, incoming, days=181)
        self.gateway._forget()
        self.assertEqual(messages.mapped("body"), [False] * 3)
        self.assertFalse(incoming.body)
        self.assertEqual(self.found(TEXT), ["sms_gateway_event"])
        self.assertEqual(messages.mapped("number"), [NUMBER] * 3)

        self.age(messages, incoming, self.env["sms.gateway.event"].search([]), days=366)
        self.gateway._forget()
        self.assertEqual(self.found(NUMBER), [])
        self.assertEqual(self.found(NUMBER[1:]), [])
        self.assertEqual(self.found("Wanjiku"), [])
        self.assertEqual(self.found(TEXT), [])
        self.assertEqual(len(set(messages.mapped("number"))), 1, "still one person")
        self.assertRegex(messages[0].number, suppression.HASHED)
        self.assertFalse(messages.partner_id | incoming.partner_id)
        self.assertEqual(self.totals(), before)

        self.age(messages, incoming, days=731)
        self.gateway._forget()
        self.assertFalse(messages.exists() or incoming.exists())
        self.assertFalse(self.env["sms.tracker"].search([]))
        self.assertEqual(self.totals(), before)

    def test_overdue_message_goes_in_one_run(self):
        messages = self.everywhere()
        before = self.totals()
        self.age(messages, days=800)
        self.gateway._forget()
        self.assertFalse(messages.exists())
        self.assertEqual(self.totals(), before)

    def test_what_a_mailing_has_cost_is_of_one_currency(self):
        mailing = self.send_mailing()
        messages = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.age(messages, days=800)
        self.gateway._forget()
        self.assertFalse(messages.exists())
        dollars = {"cost": 0.1, "currency_id": self.env.ref("base.USD").id}
        self.queue("0712345678", mailing_id=mailing.id, **dollars)
        self.env.invalidate_all()
        self.assertEqual(mailing.sms_cost, 0.8)
        self.assertEqual(mailing.sms_cost_currency_id.name, "KES")

    def test_what_became_of_a_campaign_stays(self):
        numbers = "0712345678 0733345679 0733345680 0700000407 020 222 3344"
        campaign = self.campaign(self.numbers(numbers))
        self.run_campaign(campaign)
        before = self.results(campaign)
        self.assertEqual(sum(row["tried"] for row in before["networks"]), 4)
        self.assertEqual(len(before["reasons"]), 2)
        # Some go first, and then the rest.
        for messages in (campaign.sms_ids[:2], campaign.sms_ids[2:]):
            self.age(messages, days=800)
            self.gateway._forget()
            self.assertFalse(messages.exists())
            self.assertEqual(self.results(campaign), before)

    def results(self, campaign):
        """Return a campaign's results by network and by reason, in any order."""
        self.env.invalidate_all()
        results = campaign.results
        for row in results["networks"]:
            row["cost"] = round(row["cost"], 4)
        return {
            name: sorted(results[name], key=str) for name in ("networks", "reasons")
        }

    def test_what_waits_or_is_on_the_wire_is_left_alone(self):
        self.gateway.action_pause()
        waiting, on_the_wire, unknown = self.queue(
            "0712345671", "0712345672", "0712345673"
        )
        on_the_wire.state = "process"
        unknown.write({"state": "error", "failure_type": "sms_outcome_unknown"})
        self.age(waiting, on_the_wire, unknown, days=800)
        self.gateway._forget()
        self.assertEqual((waiting | on_the_wire).mapped("body"), ["Hello"] * 2)
        self.assertFalse(unknown.exists(), "its time is over like any other's")

    def test_message_that_was_resent_is_as_old_as_that(self):
        sms = self.queue("0712345678")
        self.age(sms, days=800)
        sms.send()
        self.gateway._forget()
        self.assertEqual(sms.body, "Hello")

    def test_without_limits_everything_stays(self):
        days = dict.fromkeys(("body_days", "number_days", "message_days"), 0)
        self.gateway.write(days | {"event_days": 0})
        messages = self.everywhere()
        self.age(messages, days=4000)
        self.gateway._forget()
        self.assertEqual(messages.mapped("number"), [NUMBER] * 3)
        self.assertTrue(all(messages.mapped("body")))

    def test_other_gateways_and_providers_keep_theirs(self):
        other = self.gateway.create(
            {"name": "Other", "is_default": False, "body_days": 0, "number_days": 0}
        )
        other.message_days = 0
        kept = self.queue("0712345671", gateway_id=other.id, state="sent")
        gone = self.queue("0712345672", state="sent")
        self.gateway.is_default = False
        iap = self.queue("0712345673", state="sent")
        self.age(kept, gone, iap, days=800)
        self.gateway._forget()
        self.assertFalse(gone.exists())
        self.assertEqual((kept | iap).mapped("body"), ["Hello"] * 2)

    def test_archived_gateway_forgets_too(self):
        sms = self.queue("0712345678")
        sms.send()
        self.gateway.active = False
        self.age(sms, days=800)
        self.gateway._forget()
        self.assertFalse(sms.exists())

    def test_killed_between_any_two_batches_nothing_is_lost_or_counted_twice(self):
        self.queue(*[f"07123456{n:02}" for n in range(10)]).send()
        messages = self.env["sms.sms"].search([])
        before = self.totals()
        self.age(messages, days=800)

        runs = 0
        with patch.object(sms_gateway_config_retention, "BATCH", 3):
            while messages.exists():
                runs += 1
                self.forget_until_killed_in(batch=runs)
                self.assertEqual(self.totals(), before)
                self.assertLess(runs, 20)
        self.assertGreater(runs, 2)
        self.assertEqual(
            sum(self.env["sms.statistic"].search([]).mapped("messages")), 10
        )

    def forget_until_killed_in(self, batch):
        """Run retention until it is killed at the end of its nth transaction."""
        places = count(1)

        @contextmanager
        def dying(env):
            with self.cr.savepoint(), own_transaction(env) as cr:
                yield cr
                if next(places) == batch:
                    raise Killed

        job = patch.object(sms_gateway_config_retention, "own_transaction", dying)
        with job, suppress(Killed):
            self.gateway._forget()

    def test_batch_that_fails_leaves_everything_as_it_was(self):
        self.queue("0712345678", "0712345679").send()
        messages = self.env["sms.sms"].search([])
        self.gateway.write({"message_days": 0})
        self.age(messages, days=800)
        self.gateway._forget()
        before = self.totals()
        self.gateway.message_days = 1
        # a total that can't be written: the messages must not be gone
        company = messages.company_id
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE sms_statistic ADD CONSTRAINT none CHECK (messages < 0)"
        )
        with mute_logger("odoo.sql_db"), self.assertLogs(LOGGER, "ERROR") as logs:
            self.gateway._forget()
        self.cr.execute("ALTER TABLE sms_statistic DROP CONSTRAINT none")
        self.assertIn("CheckViolation", "".join(logs.output))
        self.assertEqual(len(messages.exists()), 2)
        self.assertEqual(messages.company_id, company)
        self.assertEqual(self.totals(), before)

    def test_totals_are_of_the_companys_day(self):
        self.env.company.partner_id.tz = "Africa/Nairobi"
        sms = self.queue("0712345678")
        sms.send()
        self.age(sms, days=800)
        self.cr.execute(
            "UPDATE sms_sms SET accepted_at = '2024-01-31 22:30' WHERE id = %s",
            [sms.id],
        )
        self.gateway._forget()
        statistic = self.env["sms.statistic"].search([])
        self.assertEqual(str(statistic.day), "2024-02-01")
        self.assertEqual(statistic.user_id, self.env.user)
        self.assertEqual(statistic.state, "pending")
        self.assertEqual(statistic.currency_id.name, "KES")

    def test_messages_that_somebody_deletes_stay_in_the_totals(self):
        messages = self.queue("0712345678", "0712345679")
        messages.send()
        before = self.totals()
        messages.unlink()
        self.assertEqual(self.totals(), before)

    def test_long_run_goes_on_later(self):
        self.queue("0712345678").send()
        self.age(self.env["sms.sms"].search([]), days=200)
        cron = self.env.ref("su_sms.ir_cron_retention")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        with patch.object(sms_gateway_config_retention, "RUN_SECONDS", -1):
            self.gateway._forget()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_campaigns_people_stay_distinct(self):
        campaign = self.campaign()
        sms = self.queue("0712345678", "0712345679", campaign_id=campaign.id)
        sms.send()
        self.age(sms, days=400)
        self.gateway._forget()
        self.assertEqual(len(set(sms.mapped("number"))), 2)
        self.assertEqual(sms.campaign_id, campaign)

    def test_what_was_pasted_or_uploaded_goes_with_the_texts(self):
        people = f"Name,Phone,Balance\nFatuma,{NUMBER},SECRET\n"
        for launched in (False, True):
            with self.subTest(launched=launched):
                campaign = self.campaign(
                    self.file(people), self.numbers(f"Fatuma {NUMBER}")
                )
                audiences = campaign.audience_ids
                if launched:
                    self.run_campaign(campaign)
                self.age(campaign, audiences, days=179)
                self.gateway._forget()
                self.assertTrue(audiences[0].file and audiences[1].numbers)
                self.age(campaign, audiences, days=181)
                self.gateway._forget()
                self.assertFalse(audiences[0].file or audiences[1].numbers)
                self.assertFalse(audiences.row_ids or campaign.recipient_ids)
                self.assertEqual(self.found("SECRET"), [])
                self.assertEqual(self.found("Fatuma"), ["sms_sms"] if launched else [])

    def test_campaign_still_says_what_became_of_it(self):
        campaign = self.campaign(self.numbers(f"{NUMBER}\n0712345679\nnonsense"))
        self.run_campaign(campaign)
        figures = ("message_count", "sent_count", "not_sent_count", "spent")
        before = campaign.read(figures)
        messages = self.env["sms.sms"].search([("campaign_id", "=", campaign.id)])
        self.age(messages, days=800)
        self.gateway._forget()
        self.assertFalse(messages.exists())
        self.assertEqual(campaign.read(figures), before)
        self.assertEqual(campaign.sent_count, 2)

    def test_audience_of_a_campaign_that_runs_is_left_alone(self):
        campaign = self.campaign(self.numbers(NUMBER))
        campaign.state = "paused"
        self.age(campaign, campaign.audience_ids, days=800)
        self.gateway._forget()
        self.assertTrue(campaign.audience_ids.numbers)

    def test_campaign_that_was_paused_and_forgotten_is_pointed_at(self):
        campaign = self.campaign(self.numbers(NUMBER))
        campaign.state = "paused"
        for days, limits, kept in (
            (179, {}, {}),
            (181, {}, {self.gateway.id: 1}),
            (181, {"body_days": 0}, {}),
            (366, {"body_days": 0}, {self.gateway.id: 1}),
            (800, dict.fromkeys(("body_days", "number_days", "message_days"), 0), {}),
        ):
            with self.subTest(days=days, limits=limits):
                self.gateway.write({"body_days": 180, "number_days": 365} | limits)
                self.age(campaign, days=days)
                self.assertEqual(self.gateway._paused_too_long(), kept)
                found = {
                    each.kind for each in self.gateway._findings()[self.gateway.id]
                }
                self.assertEqual("retention" in found, bool(kept))
        self.age(campaign, days=800)
        campaign.state = "cancelled"
        self.age(campaign, days=800)
        self.assertFalse(self.gateway._paused_too_long())

    def test_optout_links_go_when_no_message_is_left_that_shows_them(self):
        other = "+254712345679"
        self.env["sms.optout.link"]._urls([NUMBER, other], self.env.company)
        links = self.env["sms.optout.link"].search([])
        recent = self.queue(other)
        self.age(links, days=366)
        self.gateway._forget()
        self.assertEqual(links.exists().number, other)
        self.age(recent, days=366)
        recent.state = "sent"
        self.gateway._forget()
        self.assertFalse(links.exists())
