"""Forms of campaigns that are not saved, forged."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .rights_case import READS, SECRET, WRITES, WRITTEN, RightsCase

LINES = {"recipient_ids": {"fields": {"text": {}, "display_name": {}}}}
TEXT = {"fields": {"text": {}}}


@tagged("post_install", "-at_install")
class TestCampaignForgedForm(RightsCase):
    """Forms that are not saved: nobody's rights but their user's."""

    def forged(self, **values):
        return {
            "name": "X",
            "author_id": self.admin.id,
            "text_author_id": self.admin.id,
            "gateway_id": self.gateway.id,
            **values,
        }

    def test_no_text_is_filled_in_for_people_that_are_not_stored(self):
        own = self.campaign(self.records(self.partner), as_user=self.clerk)
        line = {
            "audience_id": own.audience_ids.id,
            "res_model": "res.partner",
            "res_id": self.partner.id,
            "number": "+254712345678",
        }
        for body in (READS, WRITES, "{{ object.ref }}"):
            for origin in ([], own.ids):
                for changed in ([], ["body"], ["recipient_ids", "body"]):
                    values = self.forged(body=body, recipient_ids=[[0, "v1", line]])
                    said = self.said(
                        self.clerk, "sms.campaign", origin, values, changed, LINES
                    )
                    self.assertNotIn(SECRET, said)
                    self.assertNotIn("Wanjiku", said)
        self.assertFalse(self.parameters.get_param(WRITTEN))

    def test_an_audience_that_is_not_stored_counts_as_its_user(self):
        fields = {"record_count": {}, "name": {}}
        audience = self.everybody()
        campaign = {"author_id": self.admin.id, "text_author_id": self.admin.id}
        for values in (
            audience,
            audience | {"author_id": self.admin.id},
            audience | {"campaign_id": campaign},
        ):
            found = self.call(
                self.clerk, "sms.campaign.audience", "onchange", [], values, [], fields
            )
            self.assertEqual(found["value"]["record_count"], 1)
        nested = {"audience_ids": {"fields": fields}}
        values = self.forged(audience_ids=[[0, "v1", audience]])
        [(_create, _id, line)] = self.call(
            self.clerk, "sms.campaign", "onchange", [], values, [], nested
        )["value"]["audience_ids"]
        self.assertEqual(line["record_count"], 1)

    def test_another_filter_in_the_form_of_ones_audience_counts_as_its_user(self):
        campaign = self.campaign(self.records(self.partner), as_user=self.clerk)
        campaign.with_user(self.admin).audience_ids.domain = repr(
            [("id", "in", (self.partner | self.hidden).ids)]
        )
        [audience] = campaign.audience_ids
        self.assertEqual(audience.author_id, self.admin)
        for values, changed in (
            ({"domain": repr([("ref", "like", "PIN 4%")])}, ["domain"]),
            ({"domain": repr([("ref", "like", "PIN 4%")])}, []),
        ):
            found = self.call(
                self.clerk,
                "sms.campaign.audience",
                "onchange",
                audience.ids,
                values,
                changed,
                {"record_count": {}, "domain": {}},
            )
            self.assertFalse(found["value"].get("record_count"))

    def test_models_that_no_form_offers_are_no_oracle(self):
        self.user("oracle", "base.group_user", name="Oracle")
        for model in ("res.users", "ir.config_parameter", "ir.cron", "sms.composer"):
            values = {
                "kind": "model",
                "model_id": self.env["ir.model"]._get_id(model),
                "domain": "[(1, '=', 1)]",
                "campaign_id": {"author_id": self.admin.id},
            }
            said = self.said(
                self.clerk,
                "sms.campaign.audience",
                [],
                values,
                ["model_id"],
                {"record_count": {}},
            )
            if said:
                count = json.loads(said)["value"].get("record_count", 0)
                self.assertEqual(count, 0, model)

    def test_anothers_audience_and_recipients_are_none_of_a_forms(self):
        anothers = self.campaign(
            self.everybody(), as_user=self.admin, body="{{ object.ref }}"
        )
        own = self.campaign(self.records(self.partner), as_user=self.clerk)
        recipient = anothers.recipient_ids[:1]
        [audience] = anothers.audience_ids
        line = {
            "audience_id": audience.id,
            "res_model": "res.partner",
            "res_id": self.hidden.id,
            "number": "+254722999888",
        }
        lines = {
            **LINES,
            "sample_ids": {"fields": {"text": {}, "name": {}}},
            "audience_ids": {
                "fields": {"numbers": {}, "domain": {}, "record_count": {}}
            },
        }
        for origin in ([], own.ids):
            for name, commands in (
                ("recipient_ids", [[0, "v", line]]),
                ("recipient_ids", [[4, recipient.id]]),
                ("recipient_ids", [[1, recipient.id, {"name": "x"}]]),
                ("sample_ids", [[4, recipient.id]]),
                ("audience_ids", [[4, audience.id]]),
                ("audience_ids", [[1, audience.id, {"sequence": 1}]]),
                ("audience_ids", [[6, 0, [audience.id]]]),
            ):
                values = self.forged(body="{{ object.ref }}", **{name: commands})
                for changed in ([], [name]):
                    said = self.said(
                        self.clerk, "sms.campaign", origin, values, changed, lines
                    )
                    self.assertNotIn(SECRET, said)
                    self.assertNotIn("Njeri", said)

    def test_a_trial_has_recipients_of_its_own_campaign_only(self):
        anothers = self.campaign(
            self.everybody(), as_user=self.admin, body="{{ object.ref }}"
        )
        own = self.campaign(
            self.records(self.partner), as_user=self.clerk, body="{{ object.name }}"
        )
        second = self.campaign(
            self.numbers("Amina 0733345679"), as_user=self.clerk, body="Hello"
        )
        for recipient in (anothers.recipient_ids[:1], second.recipient_ids):
            values = {"campaign_id": own.id, "recipient_id": recipient.id}
            for user in (self.clerk, self.admin):
                said = self.said(
                    user,
                    "sms.campaign.test",
                    [],
                    values,
                    ["recipient_id"],
                    {"body": {}, "problem": {}},
                )
                self.assertNotIn(SECRET, said)
                self.assertNotIn("Amina", said)

    def test_a_trial_names_nobody_of_another_campaign(self):
        anothers = self.campaign(self.everybody(), as_user=self.admin)
        own = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        values = {
            "campaign_id": own.id,
            "recipient_id": anothers.recipient_ids[0].id,
            "numbers": "1",
        }
        spec = {"recipient_id": {"fields": {"display_name": {}}}}
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign.test", "web_save", [], values, spec)
        with self.assertRaises(AccessError):
            self.call(
                self.clerk,
                "sms.campaign.test",
                "create",
                {"campaign_id": anothers.id, "numbers": "1"},
            )
        said = self.call(
            self.clerk,
            "sms.campaign.test",
            "onchange",
            [],
            {},
            [],
            spec,
            context={
                "default_campaign_id": own.id,
                "default_recipient_id": anothers.recipient_ids[0].id,
            },
        )
        self.assertNotIn("+2547", json.dumps(said))
        with self.assertRaises(UserError):
            self.env["sms.campaign.test"].create(values)

    def test_a_preview_shows_nobody_what_they_may_not_read(self):
        campaign = self.campaign(
            self.everybody(),
            as_user=self.admin,
            body="{{ object.name }} {{ object.ref }}",
        )
        secret = campaign.recipient_ids.filtered(lambda r: r.res_id == self.hidden.id)
        self.assertIn(SECRET, secret.with_user(self.admin).text)
        self.env.invalidate_all()
        self.assertNotIn(SECRET, secret.with_user(self.manager).text)
        # Code runs as its author only before who may as much.
        campaign.with_user(self.admin).body = READS
        self.env.invalidate_all()
        first = campaign.recipient_ids[:1]
        self.assertNotIn(SECRET, first.with_user(self.manager).text)
        self.assertIn(SECRET, first.with_user(self.admin).text)

    def test_what_the_first_will_read_stays_while_the_form_is_edited(self):
        own = self.campaign(
            self.records(self.partner), as_user=self.clerk, body="{{ object.name }}"
        )
        spec = {"sample_ids": TEXT, "pace": {}, "price_text": {}}
        said = self.call(
            self.clerk, "sms.campaign", "onchange", own.ids, {"pace": 5}, ["pace"], spec
        )
        self.assertNotIn("sample_ids", said["value"])

    def test_a_gateway_of_another_company_shows_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.gateway.create(
            {"name": "Elsewhere", "company_id": company.id, "balance": 4711.0}
        )
        fields = {"balance": {}, "environment": {}, "sender_choices": {}, "hours": {}}
        for values in (
            {"gateway_id": theirs.id},
            {"gateway_id": theirs.id, "company_id": company.id},
        ):
            said = self.said(
                self.clerk, "sms.campaign", [], values, ["gateway_id"], fields
            )
            self.assertNotIn("4711", said)

    def test_ids_that_no_record_has_show_nothing(self):
        for model in ("sms.campaign", "sms.campaign.audience", "sms.campaign.test"):
            names = [
                name
                for name, field in self.env[model]._fields.items()
                if field.compute and not field.relational
            ]
            for ids in ([0], [False], [-1], [2**31 - 1]):
                with self.subTest(model=model, ids=ids):
                    try:
                        with self.env.cr.savepoint():
                            found = self.call(
                                self.clerk,
                                model,
                                "web_read",
                                ids,
                                specification=dict.fromkeys(names, {}),
                            )
                    except Exception as error:
                        self.assertNotIn(SECRET, str(error))
                    else:
                        self.assertNotIn(SECRET, json.dumps(found, default=str))
