"""What one request does of what takes long: there may be very many in it."""

import sys
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...models.campaign.sms_campaign_person import Person
from ...text import numbers
from ...text.table import table
from ...tools import limits
from ...tools.slices import Slices
from ..campaign_case import CampaignCase

CAMPAIGN = "odoo.addons.su_sms.models.campaign.sms_campaign"


class LimitsCase(CampaignCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0
        self.patch(limits, "monotonic", lambda: self.now)

    def as_a_request(self, *names):
        """Let these files keep the limits that Odoo's tests don't."""
        for name in names:
            self.patch(sys.modules[f"{CAMPAIGN}_{name}"], "in_test", lambda: False)


@tagged("post_install", "-at_install")
class TestCountsOfARequest(LimitsCase):
    """Who names very many campaigns waits no longer than for one."""

    def setUp(self):
        super().setUp()
        self.as_a_request("count")
        self.seconds = []
        count = self.registry["sms.campaign"]._count_some

        def take_time(campaign, seconds):
            self.seconds.append(seconds)
            self.now += 0.8
            return count(campaign, seconds)

        self.patch(self.registry["sms.campaign"], "_count_some", take_time)
        values = {
            "body": "Hi",
            "gateway_id": self.gateway.id,
            "optout": "none",
            "audience_ids": [(0, 0, self.numbers("0712345678"))],
        }
        self.campaigns = self.env["sms.campaign"].create(
            [dict(values, name=f"No. {n}") for n in range(6)]
        )

    def test_campaigns_that_are_created_together_share_the_time(self):
        self.assertEqual([round(each, 1) for each in self.seconds], [2.0, 1.2, 0.4])
        states = self.campaigns.mapped("count_state")
        self.assertEqual(states, ["done"] * 3 + ["running"] * 3)

    def test_campaigns_that_are_counted_or_copied_later_have_no_more(self):
        self.seconds.clear()
        self.campaigns.action_count()
        self.campaigns.copy()
        self.assertEqual(self.seconds, [])

    def test_another_transaction_has_its_own_time(self):
        self.seconds.clear()
        self.env.cr.postcommit.clear()
        self.campaigns.action_count()
        self.assertEqual(len(self.seconds), 3)


@tagged("post_install", "-at_install")
class TestReadingOfARequest(LimitsCase):
    """Who gives very many files is told so before the server has read all of them."""

    def setUp(self):
        super().setUp()
        self.read = 0
        for module, name in ((table, "read"), (numbers, "split")):
            self.patch(module, name, self.taking_long(getattr(module, name)))

    def taking_long(self, function):
        def take_time(*args, **kwargs):
            self.read += 1
            return self.rows_of(function(*args, **kwargs))

        return take_time

    def rows_of(self, found):
        if isinstance(found, table.Table):
            self.now += 5
            return found
        return self.slow(found)

    def slow(self, entries):
        self.now += 5
        yield from entries

    def files(self, count):
        return [self.file("Phone,Name\n0712345678,A\n") for _n in range(count)]

    def test_files_of_a_campaign_share_the_time(self):
        with self.assertRaisesRegex(UserError, "too many to be read at once"):
            self.campaign(*self.files(10))
        self.assertEqual(self.read, 5)

    def test_pasted_numbers_and_files_share_it(self):
        given = [*self.files(3), *[self.numbers("0712345678")] * 3]
        with self.assertRaisesRegex(UserError, "too many to be read at once"):
            self.campaign(*given)
        self.assertEqual(self.read, 5)

    def test_what_is_read_again_counts_as_well(self):
        campaign = self.campaign(*self.files(4))
        for what, again in {
            "a sheet": lambda: campaign.audience_ids.write({"sheet": "S0"}),
            "a text": lambda: campaign.audience_ids.write(
                {"kind": "numbers", "numbers": "0722000111"}
            ),
            "a copy": campaign.copy,
            "copies": campaign.audience_ids.copy,
        }.items():
            with self.subTest(what):
                self.env.cr.postcommit.clear()
                self.read = 0
                again()
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    again()
                self.assertLess(self.read, 6)

    def test_a_campaign_has_so_many_audiences(self):
        few = [self.numbers("0712345678")] * 20
        with self.assertRaisesRegex(ValidationError, "at most 20 audiences"):
            self.campaign(*few, self.numbers("0712345678"))
        self.assertEqual(self.read, 0)

    def test_so_many_are_given_something_at_once(self):
        audiences = self.env["sms.campaign.audience"]
        for _n in range(7):
            self.env.cr.postcommit.clear()
            audiences += self.campaign(*self.files(3)).audience_ids
        self.env.cr.postcommit.clear()
        self.read = 0
        for vals in (
            {"sheet": "S0"},
            {"numbers": "0722000111"},
            self.files(1)[0],
        ):
            with self.assertRaisesRegex(UserError, "at most 20"):
                audiences.write(vals)
        self.assertEqual(self.read, 0)


@tagged("post_install", "-at_install")
class TestColumnsOfNumbers(CampaignCase):
    """A row costs as much as it has numbers to try."""

    def test_a_file_has_so_many_columns_of_numbers(self):
        titles = ["Phone", *(f"Phone {n}" for n in range(1, 7))]
        file = self.file(",".join(titles) + "\n" + ",".join(["0712345678"] * 7))
        roles = [{"slug": f"phone_{n}", "role": "fallback"} for n in range(1, 7)]
        commands = [(0, 0, {"slug": "phone", "role": "number"})]
        commands += [(0, 0, role) for role in roles]
        with self.assertRaisesRegex(ValidationError, "at most 4"):
            self.campaign({**file, "column_ids": commands})
        audience = self.campaign({**file, "column_ids": commands[:5]}).audience_ids
        self.assertEqual(len(audience._row_columns()[0]), 5)
        column = audience.column_ids.filtered(lambda c: c.role == "placeholder")[:1]
        with self.assertRaisesRegex(ValidationError, "at most 4"):
            column.role = "fallback"


@tagged("post_install", "-at_install")
class TestSlowRows(CampaignCase):
    """Rows that take long end a slice and a step, wherever they stand."""

    def setUp(self):
        super().setUp()
        self.now = 0.0
        read = Person.read_number

        def take_time(person, *args):
            self.now += 0.1 if "slow" in person.name else 0.0
            return read(person, *args)

        self.patch(Person, "read_number", take_time)
        for name in ("count", "prepare"):
            module = sys.modules[f"{CAMPAIGN}_{name}"]
            self.patch(module, "Slices", partial(Slices, clock=lambda: self.now))
        self.patch(sys.modules[f"{CAMPAIGN}_count"], "in_test", lambda: False)

    def step(self, function):
        before = self.now
        function()
        self.assertLess(self.now - before, 4.2)

    def test_rows_that_take_long_behind_many_that_take_none(self):
        rows = [
            f"07120{n:05d},{'slow' if 300 < n < 360 else 'fast'}\n" for n in range(500)
        ]
        campaign = self.campaign(self.file("Phone,Name\n" + "".join(rows)))
        self.assertLess(self.now, 3.2)
        self.assertEqual(campaign.count_state, "running")
        while campaign.count_state == "running":
            self.step(campaign._go_on_counting)
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (500, 0))
        campaign._launch()
        while campaign.state == "preparing":
            self.step(campaign._prepare_page)
        self.assertEqual(len(campaign.sms_ids), 500)
        self.assertEqual(len(set(campaign.sms_ids.mapped("number"))), 500)

    def test_records_that_take_long(self):
        phones = [f"+2547120{n:05d}" for n in range(60)]
        contacts = self.contacts(*phones)
        for contact in contacts:
            contact.name += " slow"
        campaign = self.campaign(self.records(contacts))
        self.assertLess(self.now, 3.2)
        while campaign.count_state == "running":
            self.step(campaign._go_on_counting)
        numbers_ = campaign.recipient_ids.filtered(lambda r: not r.reason)
        self.assertEqual(sorted(numbers_.mapped("number")), phones)


class Killed(BaseException):
    """The server ends, and nothing that is under way with it."""


@tagged("post_install", "-at_install")
class TestPagesWithoutEnd(CampaignCase):
    """A page that ends the server each time isn't begun for ever."""

    def killed(self, name, times, seconds=120):
        """Let the server end in so many pages, which each took so long."""
        left, method = [times], getattr(self.registry["sms.campaign"], name)

        def kill(campaign, *args):
            if left[0]:
                left[0] -= 1
                raise Killed
            return method(campaign, *args)

        self.patch(self.registry["sms.campaign"], name, kill)
        while left[0]:
            # What was committed before stays, as it would: no savepoint.
            with suppress(Killed):
                self.env["sms.campaign"]._work()
            self.env.cr.execute(
                "UPDATE sms_campaign SET page_begun_at ="
                " page_begun_at - %s * interval '1 second'",
                [seconds],
            )

    def test_a_server_that_is_killed_often_is_not_the_pages_fault(self):
        campaign = self.draft()
        self.killed("_go_on_counting", 5, seconds=10)
        self.env["sms.campaign"]._work()
        self.assertEqual(campaign.count_state, "done")

    def draft(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign._start_over()
        campaign.count_state = "running"
        return campaign

    def test_a_draft_says_what_is_wrong(self):
        campaign = self.draft()
        self.killed("_go_on_counting", 2)
        self.env["sms.campaign"]._work()
        self.assertEqual(campaign.count_state, "failed")
        self.assertIn("took too long", campaign.count_problem)

    def test_a_draft_is_counted_again_if_somebody_asks(self):
        campaign = self.draft()
        self.killed("_go_on_counting", 2)
        self.env["sms.campaign"]._work()
        campaign.count_state = "running"
        self.env["sms.campaign"]._work()
        self.assertEqual(campaign.count_state, "done")

    def test_a_server_that_ended_once_goes_on(self):
        campaign = self.draft()
        for _time in range(3):
            self.killed("_go_on_counting", 1)
            self.env["sms.campaign"]._work()
            self.assertEqual(campaign.count_state, "done")
            campaign._start_over()
            campaign.count_state = "running"

    def test_a_preparation_waits_for_somebody(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign._launch()
        self.killed("_prepare_page", 2)
        self.env["sms.campaign"]._work()
        self.assertEqual((campaign.state, campaign.pause_reason), ("paused", "problem"))
        self.assertIn("took too long", campaign.pause_text)
        campaign.action_resume()
        self.work()
        self.assertEqual(campaign.state, "done")


@tagged("post_install", "-at_install")
class TestRoundsOfTheJob(LimitsCase):
    """Whoever launches does not wait for very many drafts of others."""

    def test_what_is_launched_comes_first_and_drafts_take_turns(self):
        drafts = self.campaign(self.numbers("0712345678"))
        for _n in range(4):
            drafts += self.campaign(self.numbers("0712345678"))
        launched = self.campaign(self.numbers("0722000111"))
        launched._launch()
        drafts.count_state = "running"
        self.patch(sys.modules[f"{CAMPAIGN}_job"].time, "monotonic", lambda: self.now)
        steps = []

        def take_time(_campaigns, campaign_id, step):
            steps.append(campaign_id)
            if step == "_go_on_counting":
                self.env["sms.campaign"]._begin_page(campaign_id)
                self.now += 3
            return True

        self.patch(self.registry["sms.campaign"], "_do_step", take_time)
        for _round in range(5):
            self.env["sms.campaign"]._work_once(100)
        self.assertEqual(steps[::2], [launched.id] * 5)
        self.assertEqual(steps[1::2], drafts.ids)
        steps.clear()
        self.env["sms.campaign"]._work_once(self.now)
        self.assertEqual(steps, [])

    def test_drafts_are_taken_by_turns_of_their_users(self):
        """However many somebody has, whoever they make responsible for them."""
        busy = self.user("busy", "su_sms.group_manager")
        other = self.user("other", "su_sms.group_user")
        third = self.user("third", "su_sms.group_user")
        many = [
            self.campaign(self.numbers("0712345678"), as_user=busy) for _n in range(6)
        ]
        for draft, responsible in zip(many, (busy, other, third) * 2, strict=True):
            draft.user_id = responsible
        own = self.campaign(self.numbers("0712345678"), as_user=other)
        drafts = own.browse([draft.id for draft in many]) + own
        drafts.count_state = "running"
        self.patch(sys.modules[f"{CAMPAIGN}_job"].time, "monotonic", lambda: self.now)
        begun = datetime(2026, 3, 2, 9)
        steps = []

        def take_time(campaigns, campaign_id, _step):
            steps.append(campaigns.browse(campaign_id).sudo().create_uid)
            campaigns.browse(campaign_id).sudo().page_begun_at = begun + timedelta(
                seconds=len(steps)
            )
            self.now += 3
            return True

        self.patch(self.registry["sms.campaign"], "_do_step", take_time)
        for _round in range(4):
            self.env.flush_all()
            self.env["sms.campaign"]._work_once(100)
        self.assertEqual(steps, [busy, other] * 2)
        # What ends has had its turn all the same.
        drafts[:2].count_state = "done"
        for _round in range(2):
            self.env.flush_all()
            self.env["sms.campaign"]._work_once(100)
        self.assertEqual(steps[4:], [busy, other])
