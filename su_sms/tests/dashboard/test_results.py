from itertools import product

from lxml import etree
from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...models.message.results import RESULTS, SENT, domain_of, labels, result_of
from ..campaign_case import CampaignCase

STATES = ("outgoing", "process", "pending", "sent", "error", "canceled")
FAILURES = (False, "sms_outcome_unknown", "sms_server", "sms_blacklist")


@tagged("post_install", "-at_install")
class TestResults(CampaignCase):
    """Each message has one result, and every figure is counted by it."""

    def every_kind(self, **vals):
        """Create a message of every state, failure and place that there can be."""
        made = self.env["sms.sms"]
        kinds = product(STATES, FAILURES, (False, True))
        for n, (state, failure_type, left_out) in enumerate(kinds):
            made += self.queue(
                f"07123456{n}",
                state=state,
                failure_type=failure_type,
                left_out=left_out,
                **vals,
            )
        return made

    def test_there_is_a_result_for_every_state(self):
        states = self.env["sms.sms"]._fields["state"].get_values(self.env)
        self.assertEqual(
            set(states), {each for row in RESULTS.values() for each in row.states}
        )

    def test_a_message_is_found_by_its_result_and_by_no_other(self):
        messages = self.every_kind()
        ours = [("id", "in", messages.ids)]
        for name in RESULTS:
            with self.subTest(name):
                expected = messages.filtered(
                    lambda sms, name=name: (
                        result_of(sms.state, sms.failure_type, sms.left_out) == name
                    )
                )
                self.assertTrue(expected)
                search = self.env["sms.sms"].search
                self.assertEqual(search([*ours, ("result", "=", name)]), expected)
                self.assertEqual(search(domain_of(name) & Domain(ours)), expected)
                self.assertEqual(
                    search([*ours, ("result", "!=", name)]), messages - expected
                )
                self.assertEqual(set(expected.mapped("result")), {name})
        self.assertEqual(
            self.env["sms.sms"].search([*ours, ("result", "in", list(RESULTS))]),
            messages,
        )

    def test_every_figure_of_a_campaign_is_the_list_that_it_opens(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign.state = "done"
        self.every_kind(campaign_id=campaign.id)
        arch = campaign.get_view(view_type="form")["arch"]
        figures = [
            name
            for name in campaign._fields
            if name.endswith("_count") and f"{{'which': '{name}'}}" in arch
        ]
        self.assertGreater(len(figures), 5)
        for name in figures:
            with self.subTest(name):
                action = campaign.with_context(which=name).action_open_messages()
                found = self.env["sms.sms"].search_count(action["domain"])
                self.assertEqual(found, campaign[name])
                self.assertGreater(found, 0)

    def test_sums_of_removed_messages_count_as_the_messages_did(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign.state = "done"
        messages = self.every_kind(campaign_id=campaign.id)
        gone = messages.filtered(lambda sms: sms.state not in ("outgoing", "process"))
        before = self.figures(campaign)
        gone.unlink()
        self.assertEqual(self.figures(campaign), before)

    def figures(self, campaign):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("sent_count", "delivered_count", "failed_count", "unknown_count")
        more = ("not_sent_count", "waiting_count", "message_count", "left_out_messages")
        bars = {bar["label"]: bar["count"] for bar in campaign.bars}
        return [campaign[name] for name in (*names, *more)], bars

    def test_the_bars_over_time_are_few_however_long_it_was(self):
        campaign = self.campaign(self.numbers("0712345678"))
        for number, accepted_at in (
            ("0712345671", "0001-01-01 00:00:00"),
            ("0712345672", "9999-12-31 00:00:00"),
        ):
            self.queue(
                number,
                campaign_id=campaign.id,
                state="pending",
                accepted_at=accepted_at,
            )
        campaign.state = "done"
        self.env.flush_all()
        times = campaign._results_over_time()["times"]
        self.assertEqual(sum(each["count"] for each in times), 2)
        self.assertLess(len(times), 30)

    def test_the_bar_is_what_has_ended_of_all_messages(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign.state = "done"
        self.every_kind(campaign_id=campaign.id)
        bars = {bar["label"]: bar["count"] for bar in campaign.bars}
        self.assertEqual(
            sum(bars.values()), campaign.message_count - campaign.waiting_count
        )
        self.assertLessEqual(set(bars), set(labels(self.env).values()))

    def test_filters_of_the_log_go_by_results(self):
        messages = self.every_kind()
        arch = self.env["sms.sms"].get_view(
            self.env.ref("sms.sms_sms_view_search").id, "search"
        )["arch"]
        words = labels(self.env) | {"sent": "Sent"}
        wanted = {name: (name,) for name in RESULTS} | {"sent": SENT}
        for node in _filters(arch):
            name = node.get("name")
            if name not in wanted:
                continue
            with self.subTest(name):
                self.assertEqual(node.get("string"), words[name])
                domain = safe_eval(node.get("domain"))
                found = self.env["sms.sms"].search([("id", "in", messages.ids)])
                self.assertEqual(
                    found.filtered_domain(domain),
                    found.filtered(lambda sms, name=name: sms.result in wanted[name]),
                )
                wanted.pop(name)
        self.assertFalse(wanted, "each has a filter")

    def test_dashboard_statement_and_campaign_count_alike(self):
        campaign = self.campaign(self.numbers("0712345678"))
        campaign.state = "done"
        self.every_kind(campaign_id=campaign.id)
        data = self.env["sms.dashboard"].get_data()
        today = next(each for each in data["periods"] if each["key"] == "today")
        on_dashboard = {
            row["label"]: figure["count"]
            for row, figure in zip(data["results"], today["results"], strict=True)
        }
        wizard = self.env["sms.statement.wizard"].create(
            {
                "month": fields.Date.to_string(fields.Date.context_today(campaign))[:7],
                "breakdown": "campaign",
            }
        )
        statement = wizard._statement()
        [line] = [
            line
            for line in statement["sections"][0].lines
            if line.label == campaign.display_name
        ]
        on_statement = {
            label: line.results[name] for name, label in statement["results"].items()
        }
        self.assertEqual(on_statement, on_dashboard)
        self.assertEqual(on_statement["Not Sent"], campaign.not_sent_count)
        self.assertEqual(on_statement["Failed"], campaign.failed_count)
        self.assertEqual(
            on_statement["Delivered"] + on_statement["No Report Yet"],
            campaign.sent_count,
        )


def _filters(arch):
    return etree.fromstring(arch).findall(".//filter[@domain]")
