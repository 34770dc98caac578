"""Pages with nobody to write to, and campaigns that can't go on."""

import json
import re
import sys
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import psycopg2
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...dispatch import outbox
from ...dispatch.lookahead import LookAhead
from ...models.campaign import sms_sms
from ...privacy import blacklist, retention, suppression
from ...text import numbers
from ...tools.slices import Slices
from ..campaign_case import CampaignCase

ADDON = Path(__file__).parents[2]
# unnest(%s::int[], %(names)s::text[])
UNNEST = r"unnest\(((?:%(?:\(\w+\))?s|::\w+(?:\[\])?|[\s,])+)\)"
LOGGER = "odoo.addons.su_sms.models.campaign.sms_campaign_job"


@tagged("post_install", "-at_install")
class TestEmptyPages(CampaignCase):
    def promotional(self, *audiences, **values):
        return self.campaign(
            *audiences, message_class="promotional", optout="link", **values
        )

    def numbers_of(self, campaign):
        return sorted(number for number, _text in self.texts())

    def test_a_text_with_a_column_beside_pasted_numbers_that_have_none(self):
        campaign = self.promotional(
            self.file("Phone,Fee\n0712345678,100\n0722000111,200\n"),
            self.numbers("0733345679"),
            body="You owe {{ object.fee }}.",
        )
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (2, 1))
        self.run_campaign(campaign)
        self.assertEqual(self.numbers_of(campaign), ["+254712345678", "+254722000111"])

    def test_a_last_page_with_nothing_but_a_total(self):
        prepare = sys.modules["odoo.addons.su_sms.models.campaign.sms_campaign_prepare"]
        self.patch(prepare, "PAGE", 2)
        self.run_campaign(
            self.promotional(
                self.file("Phone,Name\n0712345678,A\n0722000111,B\nTOTAL,2 people\n")
            )
        )
        self.assertEqual(len(self.texts()), 2)

    def test_a_page_of_people_who_all_said_no(self):
        self.env["phone.blacklist"].create({"number": "+254712345678"})
        campaign = self.promotional(
            self.records(self.contacts("0712345678")), self.numbers("0733345679")
        )
        self.run_campaign(campaign)
        self.assertEqual(self.numbers_of(campaign), ["+254733345679"])

    def test_statements_that_take_lists_take_empty_ones(self):
        cr, gateway = self.env.cr, self.gateway
        links = self.env["sms.optout.link"]
        entries = self.env["sms.blacklist"]
        audiences = self.env["sms.campaign.audience"]
        now = self.env.cr.now()
        for what, call in {
            "links": lambda: links._urls([], self.env.company),
            "entries": lambda: entries._entries([]),
            "no acts": lambda: entries._act([], out=True),
            "opted out": lambda: entries._opted_out([]),
            "forgotten": lambda: audiences._forget(),
            "suppressed": lambda: suppression.suppress(cr, []),
            "lifted": lambda: suppression.lift(cr, []),
            "hashes": lambda: suppression.blocked_hashes(cr, []),
            "listed": lambda: blacklist.listed_among(cr, set()),
            "blocked": lambda: blacklist.blocked_among(cr, set(), True),
            "claims": lambda: outbox.unclaim(cr, []),
            "claimed": lambda: outbox.claim(
                cr, gateway._settings(), 1, now, LookAhead([])
            ),
            "counted": lambda: retention.count(cr, [], {}),
            "recipients": lambda: self.env["sms.campaign"]._forget_recipients(),
            "reported": lambda: self.env["sms.gateway.config"]._reported(),
            "kept": lambda: self.env["sms.gateway.config"]._paused_too_long(),
        }.items():
            with self.subTest(what), self.env.cr.savepoint():
                call()

    def test_no_list_is_unnested_that_does_not_say_of_what(self):
        for path in ADDON.rglob("*.py"):
            if "tests" in path.relative_to(ADDON).parts:
                continue
            for lists in re.findall(UNNEST, path.read_text()):
                with self.subTest(path=path.name, lists=lists):
                    self.assertEqual(lists.count("::"), lists.count(",") + 1)


@tagged("post_install", "-at_install")
class TestTime(CampaignCase):
    """Whatever a person takes, a request and a step of the job end soon."""

    def setUp(self):
        super().setUp()
        self.now, self.seconds = 0.0, 0.01
        complete = self.registry["sms.campaign"]._complete

        def take_time(campaign, people, *args):
            self.now += self.seconds * len(people)
            return complete(campaign, people, *args)

        self.patch(self.registry["sms.campaign"], "_complete", take_time)
        for name in ("count", "prepare"):
            module = sys.modules[
                f"odoo.addons.su_sms.models.campaign.sms_campaign_{name}"
            ]
            self.patch(module, "Slices", partial(Slices, clock=lambda: self.now))
            if name == "count":
                self.patch(module, "in_test", lambda: False)

    def many(self, count, **values):
        """Create a campaign to so many, each of whom is in it twice."""
        rows = [f"07120{n:05d},{n}" for n in range(count // 2)]
        return self.campaign(self.file("Phone,Fee\n" + "\n".join(2 * rows)), **values)

    def seen(self, campaign):
        return len(campaign.recipient_ids)

    def test_who_saves_waits_for_few_whom_it_takes_long(self):
        self.seconds = 0.1
        campaign = self.many(2000)
        self.assertEqual(campaign.count_state, "running")
        self.assertEqual(self.seen(campaign), 200)
        self.assertEqual(campaign.recipient_count, 200)

    def test_who_saves_waits_for_as_many_as_there_is_time_for(self):
        campaign = self.many(2000)
        self.assertEqual(campaign.count_state, "running")
        self.assertGreaterEqual(self.now, 2)
        self.assertLess(self.now, 2.6)
        self.assertLess(self.seen(campaign), 260)

    def test_the_job_finds_what_one_request_would_have(self):
        campaign = self.many(2000, body="KES {{ object.fee }}")
        steps = 0
        while campaign.count_state == "running":
            before = self.now
            campaign._go_on_counting()
            self.assertLess(self.now - before, 3.6)
            steps += 1
        self.assertGreater(steps, 3)
        self.assertEqual(campaign.count_state, "done")
        self.assertEqual(
            (campaign.recipient_count, campaign.left_out_count), (1000, 1000)
        )
        self.assertEqual(self.left_out(campaign), {"sms_duplicate": 1000})

    def test_a_step_of_the_preparation_ends_soon_too(self):
        self.seconds = 0.0
        campaign = self.many(2000)
        self.assertEqual(campaign.count_state, "done")
        campaign._launch()
        self.seconds = 0.01
        while campaign.state == "preparing":
            before = self.now
            campaign._prepare_page()
            self.assertLess(self.now - before, 3.6)
        self.assertEqual(len(campaign.sms_ids), 2000)
        self.assertEqual(len(campaign.sms_ids.filtered("left_out")), 1000)

    def test_what_takes_no_time_is_a_page(self):
        self.seconds = 0.0
        page = self.registry["sms.campaign.audience"]._page
        sizes = []

        def sized(audience, limit):
            found = page(audience, limit)
            sizes.append(len(found[0]))
            return found

        self.patch(self.registry["sms.campaign.audience"], "_page", sized)
        campaign = self.many(3000)
        self.assertEqual(campaign.count_state, "done")
        self.assertEqual(sizes, [200, 800, 1000, 1000, 0])

    def test_a_cell_that_many_have_is_read_once(self):
        read = numbers.read
        cells = []

        def counted(raw, country):
            cells.append(raw)
            return read(raw, country)

        self.patch(numbers, "read", counted)
        self.seconds = 0.0
        hard = "1 2 3 4 5 6 7 8 9 0 " * 9
        campaign = self.campaign(
            self.file(f"Phone,Name\n0712345678,A\n{hard},B\n" + f"{hard},C\n" * 150)
        )
        self.assertEqual(campaign.left_out_count, 151)
        self.assertLess(cells.count(hard.strip()), 20)

    def test_a_pasted_line_of_very_many_is_not_read_for_each_of_them(self):
        text = " ".join(f"07120{n:05d}" for n in range(1500))
        self.seconds = 0.0
        campaign = self.campaign(self.numbers(text))
        self.assertEqual(campaign.recipient_count, 1500)
        last = campaign.recipient_ids.filtered(lambda r: r.number.endswith("1499"))
        read = numbers.read
        cells = []

        def counted(raw, country):
            cells.append(raw)
            return read(raw, country)

        self.patch(numbers, "read", counted)
        self.assertEqual(last.text, campaign.body)
        self.assertEqual(cells, ["0712001499"])


@tagged("post_install", "-at_install")
class TestCampaignThatFails(CampaignCase):
    def failing(self):
        """Return a launched campaign that can't be prepared, by no fault of its own."""
        campaign = self.campaign(self.numbers("0712345678"))
        campaign._launch()
        broken = patch.object(
            self.registry["sms.campaign"], "_store_messages", side_effect=KeyError("x")
        )
        broken.start()
        self.addCleanup(broken.stop)
        return campaign

    def test_names_of_classes_are_for_the_log(self):
        campaign = self.failing()
        with self.assertLogs(LOGGER, "ERROR") as log:
            self.env["sms.campaign"]._work()
        self.assertEqual((campaign.state, campaign.pause_reason), ("paused", "problem"))
        self.assertIn("KeyError", log.output[0])
        self.assertIn(str(campaign.id), log.output[0])
        for text in (campaign.pause_text, campaign.activity_ids.note):
            self.assertNotIn("KeyError", text)
            self.assertIn("server log", text)

    def test_what_the_database_fails_is_tried_again(self):
        """No campaign stops for good because a server was stopped, or a disk full."""
        for error in (
            psycopg2.errors.AdminShutdown,
            psycopg2.errors.QueryCanceled,
            psycopg2.errors.DiskFull,
            psycopg2.errors.TooManyConnections,
            psycopg2.InterfaceError,
        ):
            with self.subTest(error.__name__):
                campaign = self.campaign(self.numbers("0712345678"))
                campaign._launch()
                campaigns = self.registry["sms.campaign"]
                failing = patch.object(campaigns, "_store_messages", side_effect=error)
                with failing, self.assertLogs(LOGGER, "WARNING"):
                    self.env["sms.campaign"]._work()
                self.assertEqual(campaign.state, "preparing")
                self.assertFalse(campaign.pause_reason or campaign.activity_ids)
                self.work()
                self.assertEqual(campaign.state, "done")

    def test_no_text_is_at_fault_for_what_the_database_fails(self):
        campaign = self.campaign(
            self.records(self.contacts("0712345678")), body="Dear {{ object.name }}"
        )
        campaign._launch()
        failing = patch.object(
            self.registry["sms.campaign"],
            "_lookup",
            side_effect=psycopg2.errors.AdminShutdown,
        )
        with failing, self.assertLogs(LOGGER, "WARNING"):
            self.env["sms.campaign"]._work()
        self.assertFalse(campaign.sms_ids)
        self.work()
        self.assertEqual(campaign.sms_ids.mapped("state"), ["pending"])

    @mute_logger(LOGGER)
    def test_a_resume_that_fails_again_adds_no_activity(self):
        campaign = self.failing()
        for _try in range(3):
            self.env["sms.campaign"]._work()
            self.assertEqual(campaign.state, "paused")
            self.assertEqual(len(campaign.activity_ids), 1)
            campaign.action_resume()

    @mute_logger(LOGGER)
    def test_who_is_told_already_has_one_activity_with_the_latest_reason(self):
        campaign = self.failing()
        self.env["sms.campaign"]._work()
        campaign.state = "preparing"
        campaign._stop("Another reason")
        self.assertIn("Another reason", campaign.activity_ids.note)

    @mute_logger(LOGGER)
    def test_open_forms_are_told_of_whatever_moves_a_campaign(self):
        campaign = self.failing()
        for move in (
            self.env["sms.campaign"]._work,
            campaign.action_resume,
            campaign.action_pause,
            campaign.action_cancel,
        ):
            with self.subTest(move.__name__):
                self.env.flush_all()
                self.env.cr.precommit.run()
                before = self.env["bus.bus"].search([], order="id desc", limit=1).id
                # What browsers were told of less than a second ago is not told again.
                sms_sms._last_told[self.env.cr.dbname] = time.monotonic()
                move()
                self.env.cr.precommit.run()
                news = self.env["bus.bus"].search([("id", ">", before)])
                told = [json.loads(each.message) for each in news]
                self.assertIn(
                    {"ids": [campaign.id]},
                    [
                        each["payload"]
                        for each in told
                        if each["type"] == "su_sms.campaigns"
                    ],
                )
