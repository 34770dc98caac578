"""What the form of a campaign shows and asks for, on the server's side."""

import base64
import csv
import io
import sys

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from ..campaign_case import CampaignCase

FILE = "Phone,Student,Mobile 2\n0712345678,Achieng,0733345679\n0722000111,Baraka,\n"


@tagged("post_install", "-at_install")
class TestCampaignForm(CampaignCase):
    def roles(self, campaign):
        """Return what each column holds, by its title."""
        return {
            column.title: column.role for column in campaign.audience_ids.column_ids
        }

    def test_columns_are_shown_and_corrected_before_the_file_is_saved(self):
        clerk = self.user("clerk", "su_sms.group_user")
        form = Form(self.env["sms.campaign"].with_user(clerk))
        form.name = "Exams"
        form.body = "Dear {{ object.name }}, exams begin on Monday."
        with form.audience_ids.new() as audience:
            audience.kind = "file"
            audience.file = base64.b64encode(FILE.encode())
            for place, role in ((0, "placeholder"), (2, "number")):
                with audience.column_ids.edit(place) as column:
                    column.role = role
        campaign = form.save()
        self.assertEqual(
            self.roles(campaign),
            {"Phone": "placeholder", "Student": "name", "Mobile 2": "number"},
        )
        self.assertEqual(campaign.recipient_count, 1)
        self.assertEqual(campaign.recipient_ids.mapped("number")[0], "+254733345679")
        self.assertIn("{{ object.phone }}", campaign.placeholders)

    def test_columns_are_swapped_afterwards(self):
        campaign = self.campaign(self.file(FILE))
        self.assertEqual(campaign.recipient_count, 2)
        form = Form(campaign)
        with form.audience_ids.edit(0) as audience:
            for place, role in ((0, "placeholder"), (2, "number")):
                with audience.column_ids.edit(place) as column:
                    column.role = role
        form.save()
        self.assertEqual(self.roles(campaign)["Mobile 2"], "number")
        self.assertEqual(campaign.recipient_count, 1)

    def test_a_copy_keeps_what_the_columns_hold(self):
        campaign = self.campaign(self.file(FILE))
        first, _name, last = campaign.audience_ids.column_ids
        campaign.audience_ids.column_ids = [
            (1, first.id, {"role": "placeholder"}),
            (1, last.id, {"role": "number"}),
        ]
        copy = campaign.copy()
        self.assertEqual(self.roles(copy), self.roles(campaign))
        self.assertEqual(copy.recipient_ids.mapped("number")[0], "+254733345679")

    def test_a_role_that_is_chosen_is_freed_elsewhere(self):
        campaign = self.campaign(self.file(FILE))
        form = Form(campaign)
        with form.audience_ids.edit(0) as audience:
            with audience.column_ids.edit(2) as column:
                column.role = "number"
            self.assertEqual(audience.number_title, "Mobile 2")
            with audience.column_ids.edit(0) as column:
                self.assertEqual(column.role, "placeholder")
                column.role = "name"
        form.save()
        self.assertEqual(
            self.roles(campaign),
            {"Phone": "name", "Student": "placeholder", "Mobile 2": "number"},
        )

    def test_two_columns_of_numbers_are_refused(self):
        campaign = self.campaign(self.file(FILE))
        columns = campaign.audience_ids.column_ids
        with self.assertRaisesRegex(ValidationError, "exactly one Phone Number"):
            campaign.audience_ids.column_ids = [(1, columns[2].id, {"role": "number"})]

    def test_what_keeps_a_campaign_from_being_launched_is_told_before(self):
        wizard = self.env["sms.campaign.launch"]
        nobody = wizard.create({"campaign_id": self.campaign().id})
        self.assertIn("Add recipients first", nobody.problem)
        campaign = self.campaign(self.numbers("0712345678"))
        self.assertFalse(wizard.create({"campaign_id": campaign.id}).problem)

    def test_nobody_is_left_out_of_a_text_that_is_yet_to_be_written(self):
        campaign = self.campaign(self.numbers("0712345678"), body=False)
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (1, 0))
        wizard = self.env["sms.campaign.launch"].create({"campaign_id": campaign.id})
        self.assertIn("Write a text", wizard.problem)
        campaign.body = "{{ object.name }}"
        self.assertEqual(campaign.left_out_ids.reason, "sms_empty")

    def test_senders_to_choose_from(self):
        self.gateway.write({"sender_id": "UNIVERSITY", "more_senders": "EXAMS,EXAMS"})
        campaign = self.campaign(self.numbers("0712345678"))
        self.assertEqual(campaign.sender_choices, "UNIVERSITY\nEXAMS")

    def test_prices_are_told_with_their_currency(self):
        self.gateway.price_per_part = 0.8
        self.gateway.balance_currency_id = self.env.ref("base.KES")
        campaign = self.campaign(self.numbers("0712345678"))
        self.assertEqual(campaign.price_text, "KES 0.80")

    def test_the_kanban_shows_the_main_states_and_those_in_use(self):
        expand = self.env["sms.campaign"]._group_expand_state
        main = ["draft", "scheduled", "sending", "done"]
        self.assertEqual(expand([], []), main)
        self.assertEqual(
            expand(["paused"], []), ["draft", "scheduled", "sending", "paused", "done"]
        )

    def test_calendar_has_the_time_to_send_at_then_that_of_the_launch(self):
        campaign = self.campaign(self.numbers("0712345678"), name="A")
        self.assertFalse(campaign.calendar_at)
        campaign._launch()
        self.assertEqual(campaign.calendar_at, campaign.launched_at)


@tagged("post_install", "-at_install")
class TestCampaignResults(CampaignCase):
    def setUp(self):
        super().setUp()
        self.done = self.campaign(
            self.numbers("0712345678 0733345679 0700000407 020 222 3344")
        )
        self.run_campaign(self.done)

    def test_results_count_every_message(self):
        results = self.done.results
        self.assertEqual(sum(row["tried"] for row in results["networks"]), 3)
        self.assertAlmostEqual(sum(row["cost"] for row in results["networks"]), 1.6)
        self.assertEqual(
            {row["reason"]: row["count"] for row in results["reasons"]},
            {"sms_rejected": 1, "sms_invalid_destination": 1},
        )
        self.assertEqual(sum(row["count"] for row in results["times"]), 2)

    def test_what_is_counted_can_be_opened(self):
        for key, rows in (
            ("network", self.done.results["networks"]),
            ("reason", self.done.results["reasons"]),
        ):
            for row in rows:
                context = {key: row[key], "result": row.get("result")}
                action = self.done.with_context(**context).action_open_results()
                found = self.env["sms.sms"].search(action["domain"])
                self.assertEqual(len(found), row.get("tried") or row["count"])

    def test_each_reason_opens_its_own(self):
        # Left out for the reason for which the gate has stopped another.
        stopped = self.done.sms_ids.filtered(lambda sms: sms.state == "error")
        stopped.failure_type = "sms_invalid_destination"
        reasons = self.done.results["reasons"]
        self.assertEqual([row["count"] for row in reasons], [1, 1])
        for row in reasons:
            context = {"reason": row["reason"], "result": row["result"]}
            action = self.done.with_context(**context).action_open_results()
            self.assertEqual(self.env["sms.sms"].search_count(action["domain"]), 1)

    def test_reasons_add_up_to_who_is_left_out_while_it_is_prepared(self):
        page = sys.modules["odoo.addons.su_sms.models.campaign.sms_campaign_prepare"]
        self.patch(page, "PAGE", 2)
        campaign = self.campaign(
            self.numbers("0712345678\n020 222 3344\n0123\n0124\n0125")
        )
        campaign._launch()
        campaign._prepare_page()
        campaign.action_pause()
        left_out = [
            row for row in campaign.results["reasons"] if row["result"] == "not_sent"
        ]
        self.assertEqual(campaign.left_out_messages, 1)
        self.assertEqual(sum(row["count"] for row in left_out), 1)
        action = campaign.with_context(which="left_out_messages").action_open_messages()
        self.assertEqual(self.env["sms.sms"].search_count(action["domain"]), 1)

    def test_reasons_add_up_to_who_got_nothing_of_what_was_cancelled(self):
        campaign = self.campaign(self.numbers("0712345678 0733345679\n020 222 3344"))
        campaign._launch()
        self.env["sms.campaign"]._work()
        campaign.action_cancel()
        self.env["sms.campaign"]._work()
        reasons = campaign.results["reasons"]
        self.assertEqual(
            {row["label"]: row["count"] for row in reasons},
            {"Cancelled": 2, "Invalid Destination": 1},
        )
        self.assertEqual(campaign.not_sent_count, 3)
        for row in reasons:
            context = {"reason": row["reason"], "result": row["result"]}
            action = campaign.with_context(**context).action_open_results()
            found = self.env["sms.sms"].search_count(action["domain"])
            self.assertEqual(found, row["count"])

    def test_lists_are_titled_as_people_say_it(self):
        campaign = self.campaign(self.numbers("0123"))
        self.assertEqual(
            campaign.left_out_ids.action_open()["name"], "Wrong Number Format"
        )

    def test_no_record_is_titled_by_a_word_of_the_code(self):
        for name, model in self.env.items():
            field = model._fields.get(model._rec_name)
            ours = name.startswith("sms.") and not model._transient
            if ours and field and field.type == "selection":
                with self.subTest(name):
                    [key, *_others] = field.get_values(self.env)
                    record = model.new({field.name: key})
                    self.assertNotEqual(record.display_name, key)

    def test_a_draft_has_no_results(self):
        self.assertFalse(self.campaign(self.numbers("0712345678")).results)


@tagged("post_install", "-at_install")
class TestLeftOutFile(CampaignCase, HttpCase):
    def rows(self, campaign):
        content = campaign._left_out_csv().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(content)))[1:]

    def test_before_the_launch_with_lines_afterwards_from_the_messages(self):
        campaign = self.campaign(self.file("Phone,Name\n=1+1,Amina\n0712345678,B\n"))
        [[line, number, name, reason, _detail]] = self.rows(campaign)
        self.assertEqual((line, name, reason), ("2", "Amina", "Wrong Number Format"))
        # no formula for a spreadsheet program
        self.assertEqual(number, "'=1+1")
        self.run_campaign(campaign)
        [[line, number, name, reason, _detail]] = self.rows(campaign)
        self.assertEqual((line, number, name), ("2", "'=1+1", "Amina"))

    def test_only_of_ones_own_campaigns(self):
        clerk = self.user("clerk", "su_sms.group_user", password="clerk")
        other = self.user("other", "su_sms.group_user", password="other")
        campaign = self.campaign(self.numbers("0123"), as_user=clerk)
        with self.assertRaises(AccessError):
            campaign.with_user(other)._left_out_csv()
        path = f"/su_sms/campaign/{campaign.id}/left_out.csv"
        self.authenticate("other", "other")
        self.assertEqual(self.url_open(path).status_code, 404)
        self.authenticate("clerk", "clerk")
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("0123", answer.text)

    def test_the_template_can_be_uploaded_as_it_is(self):
        self.user("clerk", "su_sms.group_user", password="clerk")
        self.authenticate("clerk", "clerk")
        content = self.url_open("/su_sms/campaign/template.xlsx").content
        campaign = self.campaign(self.file(content, "recipients.xlsx"))
        self.assertEqual(campaign.audience_ids.name, "recipients.xlsx")
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (2, 0))
        self.assertIn("{{ object.fee_balance }}", campaign.placeholders)
