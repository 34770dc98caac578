"""Whose rights a campaign has, however it is changed and by whom."""

import json
import runpy

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..campaign_case import CampaignCase

SECRET = "PIN 4711"
WRITTEN = "su_sms.test_written"
# What only an administrator of Odoo may.
READS = "{{ object.env['ir.config_parameter'].get_param('su_sms.test_secret') }}"
WRITES = (
    "{{ object.env['ir.config_parameter'].sudo()"
    f".set_param('{WRITTEN}', 'x') and 'x' or 'x' }}}}"
)
LINES = {"recipient_ids": {"fields": {"text": {}, "display_name": {}}}}
TEXT = {"fields": {"text": {}}}


class RightsCase(CampaignCase):
    """An administrator who may see all, and a clerk who must not see a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user(
            "rights_admin", "base.group_system,su_sms.group_gateway_admin"
        )
        cls.manager = cls.user("rights_manager", "su_sms.group_manager")
        cls.clerk = cls.user("rights_clerk", "su_sms.group_user")
        cls.other = cls.user("rights_other", "su_sms.group_user")
        cls.parameters.set_param("su_sms.test_secret", SECRET)
        cls.hidden = cls.env["res.partner"].create(
            {"name": "Hidden Njeri", "phone": "0722 999 888", "ref": SECRET}
        )
        cls.hide(cls.hidden)

    @classmethod
    def hide(cls, partner):
        """Let only who administers Odoo see a contact."""
        for group, domain in (
            (cls.env.ref("base.group_user"), [("id", "!=", partner.id)]),
            (cls.env.ref("base.group_system"), [(1, "=", 1)]),
        ):
            cls.env["ir.rule"].create(
                {
                    "name": "Test",
                    "model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "groups": group.ids,
                    "domain_force": repr(domain),
                }
            )

    def call(self, user, model, method, *arguments, **options):
        """Call a method as the web client does."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            return call_kw(
                self.env[model].with_user(user), method, list(arguments), options
            )
        finally:
            self.env.invalidate_all()

    def said(self, user, model, *arguments):
        """Return all that an onchange tells a user, as text; "" if it is refused."""
        try:
            with self.env.cr.savepoint():
                return json.dumps(
                    self.call(user, model, "onchange", *arguments), default=str
                )
        except (AccessError, UserError):
            return ""

    def everybody(self):
        """Return an audience of all contacts that its author may see."""
        return self.records(self.hidden | self.partner)

    def reached(self, campaign, user=None):
        """Return the names that a campaign would reach, as its people see them."""
        self.work_on_checks()
        return campaign.recipient_ids.filtered(lambda r: not r.reason).mapped("name")

    def work_on_checks(self):
        self.env["sms.campaign"]._work()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCampaignForm(RightsCase):
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
                    "sms.campaign.trial",
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
            self.call(self.clerk, "sms.campaign.trial", "web_save", [], values, spec)
        with self.assertRaises(AccessError):
            self.call(
                self.clerk,
                "sms.campaign.trial",
                "create",
                {"campaign_id": anothers.id, "numbers": "1"},
            )
        said = self.call(
            self.clerk,
            "sms.campaign.trial",
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
            self.env["sms.campaign.trial"].create(values)

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
        for model in ("sms.campaign", "sms.campaign.audience", "sms.campaign.trial"):
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


@tagged("post_install", "-at_install")
class TestCampaignLines(RightsCase):
    """Lines belong to their campaign, whoever names them."""

    def test_lines_of_another_campaign_are_refused(self):
        first = self.campaign(self.numbers("0712345678"), as_user=self.manager)
        second = self.campaign(self.numbers("0722000111"), as_user=self.clerk)
        [line] = second.audience_ids
        for command in (
            [1, line.id, {"numbers": "0733345679 0733345680"}],
            [2, line.id],
            [3, line.id],
            [4, line.id],
            [6, 0, [line.id]],
        ):
            for user in (self.manager, self.admin):
                with self.subTest(command), self.assertRaises(AccessError):
                    self.call(
                        user,
                        "sms.campaign",
                        "write",
                        first.ids,
                        {"audience_ids": [command]},
                    )
                with self.subTest(command), self.assertRaises(AccessError):
                    self.call(
                        user,
                        "sms.campaign",
                        "create",
                        {"name": "New", "audience_ids": [command]},
                    )
        self.assertEqual((first.people_count, second.people_count), (1, 1))
        self.assertEqual(second.audience_ids, line)
        self.assertEqual(line.author_id, self.clerk)

    def test_lines_in_the_context_are_counted_where_they_are(self):
        first = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        [line] = first.audience_ids
        self.call(
            self.clerk,
            "sms.campaign",
            "create",
            {"name": "New", "gateway_id": self.gateway.id},
            context={"default_audience_ids": [[4, line.id]]},
        )
        self.assertEqual(first.people_count, len(first.audience_ids))

    def test_an_audience_is_not_put_into_anothers_campaign(self):
        own = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        anothers = self.campaign(self.numbers("0722000111"), as_user=self.other)
        into = {"campaign_id": anothers.id}
        [line] = own.audience_ids
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign.audience", "write", line.ids, into)
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign.audience", "copy", line.ids, into)
        with self.assertRaises(AccessError):
            self.call(
                self.clerk, "sms.campaign.audience", "create", self.everybody() | into
            )
        self.assertEqual(len(anothers.audience_ids), 1)

    def test_only_what_a_column_holds_can_be_changed(self):
        files = [
            self.campaign(self.file("Phone,Name\n0712345678,A\n"), as_user=user)
            for user in (self.clerk, self.other)
        ]
        [mine, theirs] = (campaign.audience_ids for campaign in files)
        for values in ({"audience_id": theirs.id}, {"slug": "x"}, {"title": "x"}):
            with self.assertRaises(AccessError):
                self.call(
                    self.clerk,
                    "sms.campaign.column",
                    "write",
                    mine.column_ids[0].ids,
                    values,
                )

    def test_a_campaign_is_not_pushed_into_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        gateway = self.gateway.create({"name": "There", "company_id": company.id})
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        values = {"company_id": company.id, "gateway_id": gateway.id}
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "write", campaign.ids, values)
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "create", {"name": "X", **values})
        with self.assertRaises(AccessError):
            self.call(self.clerk, "sms.campaign", "copy", campaign.ids, values)


@tagged("post_install", "-at_install")
class TestCampaignAuthors(RightsCase):
    """No change, move or copy lends anybody's rights to another's words."""

    def planted(self, **values):
        """Return a campaign with an audience that its author may not see whole."""
        campaign = self.campaign(self.everybody(), as_user=self.clerk, **values)
        self.assertEqual(self.reached(campaign), ["Wanjiku"])
        return campaign

    def assert_nothing_lent(self, campaign):
        self.work_on_checks()
        campaign.with_user(self.admin).action_check()
        self.assertNotIn("Hidden Njeri", self.reached(campaign))

    def test_small_changes(self):
        line_of = "audience_ids"
        campaign = self.planted()
        [line] = campaign.audience_ids
        for values in (
            {"name": "Other"},
            {"message_class": "transactional"},
            {"body": "Other"},
            {"user_id": self.admin.id},
            {"pace": 10},
            {"optout": "none"},
            {line_of: [[0, 0, self.numbers("0733345679")]]},
            {line_of: [[1, line.id, {"sequence": 3}]]},
            {line_of: [[1, line.id, {"domain": line.domain}]]},
            {line_of: [[1, line.id, {"numbers": "0733345679"}]]},
            {line_of: [[1, line.id, {"kind": "numbers"}]]},
            {line_of: [[1, line.id, {"kind": "model"}]]},
        ):
            with self.subTest(values):
                self.call(self.admin, "sms.campaign", "write", campaign.ids, values)
                self.assert_nothing_lent(campaign)

    def test_a_condition_that_is_kept_stays_its_authors(self):
        campaign = self.planted()
        [line] = campaign.audience_ids
        condition = ("id", "in", (self.hidden | self.partner).ids)
        line.with_user(self.admin).domain = repr(["|", condition, ("id", "=", 0)])
        self.assertEqual(line.author_id, self.admin)
        self.assertEqual(line.coauthor_ids, self.clerk)
        self.assert_nothing_lent(campaign)
        # Who says something else says all of it.
        line.with_user(self.admin).domain = repr([("ref", "=", SECRET)])
        self.assertFalse(line.coauthor_ids)
        # Who is responsible reads names and numbers, whatever the text.
        self.assertEqual(self.reached(campaign), [])
        campaign.with_user(self.admin).user_id = self.admin
        self.assertEqual(self.reached(campaign), ["Hidden Njeri"])

    def test_copies_and_moves(self):
        campaign = self.planted()
        for user in (self.manager, self.admin):
            copied = campaign.with_user(user).copy()
            self.assertEqual(copied.audience_ids.author_id, self.clerk)
            self.assertEqual(copied.audience_ids.coauthor_ids, user)
            self.assert_nothing_lent(copied)
        target = self.campaign(as_user=self.admin)
        line = campaign.audience_ids.with_user(self.admin)
        line.copy({"campaign_id": target.id})
        self.assert_nothing_lent(target)
        line.campaign_id = target
        self.assert_nothing_lent(target)

    def test_a_copy_lends_its_author_nothing_of_the_original(self):
        campaign = self.campaign(self.everybody(), as_user=self.admin)
        self.assertEqual(len(self.reached(campaign)), 2)
        copied = campaign.with_user(self.manager).copy()
        self.assertEqual(self.reached(copied), ["Wanjiku"])

    def test_lines_that_a_copy_is_given_are_its_callers(self):
        campaign = self.campaign(self.records(self.partner), as_user=self.admin)
        copied = self.call(
            self.manager,
            "sms.campaign",
            "copy",
            campaign.ids,
            {"audience_ids": [[0, 0, self.everybody()]]},
        )
        copied = self.env["sms.campaign"].browse(copied)
        self.assertEqual(copied.audience_ids.author_id, self.manager)
        self.assertEqual(self.reached(copied), ["Wanjiku"])
        for forged in (
            {"audience_ids": [[0, 0, self.everybody() | {"author_id": self.admin.id}]]},
            {"text_author_id": self.admin.id},
        ):
            with self.assertRaises(AccessError):
                self.call(self.manager, "sms.campaign", "copy", campaign.ids, forged)

    def test_a_default_in_the_context_makes_nobody_an_author(self):
        campaign = self.campaign(as_user=self.clerk)
        self.call(
            self.clerk,
            "sms.campaign.audience",
            "create",
            self.everybody() | {"campaign_id": campaign.id},
            context={
                "default_author_id": self.admin.id,
                "default_text_author_id": self.admin.id,
                "default_finished": True,
            },
        )
        self.assertEqual(campaign.audience_ids.author_id, self.clerk)
        self.assertEqual(self.reached(campaign), ["Wanjiku"])

    def test_code_that_is_kept_stays_its_authors(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body=f"Dear {WRITES}"
        )
        editors = self.env.ref("mail.group_mail_template_editor")
        self.clerk.group_ids = [(4, editors.id)]
        campaign.with_user(self.clerk).action_check()
        self.parameters.set_param(WRITTEN, False)
        for change in (
            lambda admins: admins.write({"body": f"Hello {WRITES}"}),
            lambda admins: admins.write({"body": f"Hi {WRITES} {{{{ object.name }}}}"}),
            lambda admins: admins.write(
                {"audience_ids": [[0, 0, self.records(self.hidden)]]}
            ),
            lambda admins: admins.copy(),
        ):
            change(campaign.with_user(self.admin))
            self.work_on_checks()
            campaign.with_user(self.admin).action_check()
        self.assertEqual(campaign.text_author_id, self.admin)
        self.assertEqual(campaign.text_coauthor_ids, self.clerk)

    def test_code_that_is_mended_stays_its_authors(self):
        """What does not run yet is made to by a button of the form, or by a hand."""
        straight = "{{ object.env['ir.config_parameter'].sudo().get_param('x') }}"
        for planted in (
            straight.replace("'ir", "\u2018ir").replace("r']", "r\u2019]"),
            straight.replace("env", "e\u200bnv").replace("sudo", "su\u200bdo"),
            straight.replace("object", "objct"),
            straight.replace("get_param", "get_parm"),
            straight.replace("sudo", "\uff53\uff55\uff44\uff4f"),
            straight.replace("}}", "}"),
            straight.replace("{{", "{ {"),
            straight.replace("(", "["),
        ):
            with self.subTest(planted):
                campaign = self.campaign(
                    self.records(self.partner), as_user=self.clerk, body="Later"
                )
                campaign.with_user(self.clerk).body = planted
                campaign.with_user(self.admin).body = straight
                self.assertEqual(campaign.text_author_id, self.admin)
                self.assertIn(self.clerk, campaign.text_coauthor_ids)

    def test_who_writes_anew_says_all_of_it(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body=f"Dear {WRITES}"
        )
        campaign.with_user(self.admin).body = "Hi {{ object.name.upper() }}"
        self.assertEqual(campaign.text_author_id, self.admin)
        self.assertFalse(campaign.text_coauthor_ids)

    def test_texts_say_no_more_than_who_is_responsible_may_read(self):
        """They read them afterwards, in the journal."""
        campaign = self.campaign(
            self.records(self.partner),
            as_user=self.admin,
            user_id=self.clerk.id,
            body="{{ object.signup_type ||| Dear }} {{ object.name }}",
        )
        self.work_on_checks()
        [person] = campaign.recipient_ids
        self.assertTrue(person.reason)
        campaign.with_user(self.admin).user_id = self.admin
        self.work_on_checks()
        [person] = campaign.recipient_ids
        self.assertFalse(person.reason)
        campaign.with_user(self.admin)._launch()
        self.work()
        self.assertIn("Wanjiku", campaign.sms_ids.body)
        with self.assertRaisesRegex(UserError, "manager"):
            campaign.with_user(self.admin).user_id = self.clerk
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))
        campaign.with_user(self.admin).user_id = self.manager

    def test_who_launches_reads_no_more_than_before(self):
        campaign = self.campaign(
            self.records(self.hidden), as_user=self.clerk, body="Soon"
        )
        campaign.with_user(self.admin).write(
            {
                "user_id": self.admin.id,
                "audience_ids": [
                    (5, 0, 0),
                    (0, 0, self.records(self.hidden)),
                ],
                "body": "{{ object.ref }} {{ object.name }}",
            }
        )
        self.work_on_checks()
        campaign.with_user(self.clerk)._launch()
        self.work()
        self.assertEqual(campaign.launched_by_id, self.clerk)
        self.assertIn(SECRET, campaign.sms_ids.body)
        self.assertEqual(campaign.sms_ids.create_uid, self.admin)
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))

    def test_who_made_a_draft_reads_no_people_that_others_have_chosen(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body="News"
        )
        campaign.with_user(self.admin).write(
            {
                "user_id": self.admin.id,
                "audience_ids": [(5, 0, 0), (0, 0, self.records(self.hidden))],
            }
        )
        self.assertEqual(self.reached(campaign), ["Hidden Njeri"])
        people = self.env["sms.campaign.recipient"].with_user(self.clerk)
        self.assertFalse(people.search([("campaign_id", "=", campaign.id)]))
        campaign.with_user(self.clerk)._launch()
        self.work()
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))
        self.assertEqual(campaign.sms_ids.create_uid, self.admin)

    def test_a_record_is_named_by_its_number(self):
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.gateway.copy({"name": "Theirs", "company_id": college.id})
        campaigns = self.env["sms.campaign"].with_user(self.clerk)
        for named in (str(theirs.id), float(theirs.id), [theirs.id], True):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                campaigns.create({"name": "X", "body": "Hi", "gateway_id": named})

    def test_messages_are_their_launchers_who_has_a_say(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, user_id=self.admin.id
        )
        self.work_on_checks()
        campaign.with_user(self.clerk)._launch()
        self.work()
        self.assertEqual(campaign.sms_ids.create_uid, self.clerk)

    def test_a_file_is_changed_in_its_form_only(self):
        campaign = self.campaign(
            self.file("Phone,Name\n0712345678,Amina\n"), as_user=self.clerk
        )
        campaign.with_user(self.clerk)._launch()
        [line] = campaign.audience_ids
        domain = [
            ("res_model", "=", "sms.campaign.audience"),
            ("res_id", "=", line.id),
            ("res_field", "=", "file"),
        ]
        stored = self.env["ir.attachment"].search(domain)
        before = stored.raw
        for user in (self.clerk, self.manager, self.admin):
            file = stored.with_user(user)
            values = {
                "name": "file",
                "res_model": "sms.campaign.audience",
                "res_id": line.id,
                "res_field": "file",
                "raw": b"Phone\n0733345679\n",
            }
            for change in (
                lambda file=file: file.write({"raw": b"Phone\n0733345679\n"}),
                lambda file=file: file.write({"public": True}),
                lambda file=file: file.write({"res_id": 0}),
                lambda file=file: file.unlink(),
                lambda file=file, values=values: file.create(values),
                lambda file=file, values=values: file.create(
                    {"name": "Mine", "raw": b"Phone"}
                ).write(values),
                lambda user=user, line=line: self.moved_file(user, line),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    change()
        self.assertEqual(self.env["ir.attachment"].search(domain), stored)
        self.assertEqual((stored.raw, stored.public), (before, False))

    def moved_file(self, user, line):
        """Make a file of the same field of another model one of an audience's."""
        importing = self.env["base_import.import"].with_user(user)
        importing = importing.create({"res_model": "res.partner"})
        file = self.env["ir.attachment"].with_user(user)
        file = file.create(
            {
                "name": "file",
                "res_model": importing._name,
                "res_id": importing.id,
                "res_field": "file",
                "raw": b"Phone\n0733345679\n",
            }
        )
        file.write({"res_model": line._name, "res_id": line.id, "public": True})

    def test_operators_of_a_filter_are_words_as_well(self):
        campaign = self.campaign(self.records(self.partner), as_user=self.admin)
        campaign.user_id = self.clerk
        [line] = campaign.audience_ids
        domain = ["!", ("id", "in", self.partner.ids)]
        self.call(
            self.clerk,
            "sms.campaign.audience",
            "write",
            line.ids,
            {"domain": repr([*domain, ("id", "in", self.hidden.ids)])},
        )
        self.assertIn(self.clerk, line.author_id | line.coauthor_ids)
        self.assertNotIn("Hidden Njeri", self.reached(campaign))

    def test_what_is_planted_in_another_kind_stays_its_planters(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        self.admin.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        campaign = self.campaign(
            {"kind": "list", "list_ids": [(4, mailing_list.id)]},
            as_user=self.admin,
            user_id=self.clerk.id,
        )
        [line] = campaign.audience_ids
        planted = self.everybody()
        del planted["kind"]
        line.with_user(self.clerk).write(planted)
        line.with_user(self.admin).kind = "model"
        self.assertIn(self.clerk, line.coauthor_ids)
        self.assertNotIn("Hidden Njeri", self.reached(campaign))

    def test_who_moves_an_audience_has_a_say_in_it(self):
        campaign = self.campaign(self.everybody(), as_user=self.admin)
        campaign.user_id = self.clerk
        own = self.campaign(as_user=self.clerk)
        campaign.audience_ids.with_user(self.clerk).campaign_id = own
        self.assertEqual(self.reached(own), ["Wanjiku"])

    def test_where_people_are_looked_up_is_a_part_of_who_they_are(self):
        company = self.env["res.company"].create(
            {"name": "B", "country_id": self.env.ref("base.ke").id}
        )
        gateway = self.gateway.create(
            {"name": "B", "company_id": company.id, "api_key": "atsk_b"}
        )
        (self.admin | self.clerk).company_ids += company
        campaign = self.campaign(self.everybody(), as_user=self.admin)
        campaign.user_id = self.clerk
        campaign.with_user(self.clerk).with_context(
            allowed_company_ids=(self.env.company | company).ids
        ).write({"company_id": company.id, "gateway_id": gateway.id})
        self.assertNotIn("Hidden Njeri", self.reached(campaign))

    def test_who_has_left_still_has_a_say(self):
        campaign = self.planted()
        [line] = campaign.audience_ids
        line.with_user(self.admin).domain = repr(
            ["|", ("id", "=", 0), ("id", "in", (self.hidden | self.partner).ids)]
        )
        self.clerk.active = False
        self.assert_nothing_lent(campaign)
        self.assert_nothing_lent(campaign.with_user(self.admin).copy())

    def test_a_trap_in_a_default_stays_its_authors(self):
        for trap in ("Hi {{ object.name ||| x {{ %s }}", "Hi {{\n%s }}"):
            code = "object.env.user.name"
            campaign = self.campaign(
                self.records(self.partner), as_user=self.clerk, body=trap % code
            )
            campaign.with_user(self.admin).body = f"Hi {{{{ {code} }}}}"
            self.assertEqual(campaign.text_coauthor_ids, self.clerk)

    def test_a_template_that_somebody_has_changed_since_is_theirs_as_well(self):
        template = self.env["sms.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Hello",
            }
        )
        campaign = self.campaign(
            self.records(self.partner), as_user=self.admin, template_id=template.id
        )
        template.with_user(self.manager).sudo().body = f"Hello {WRITES}"
        campaign.with_user(self.manager).action_check()
        self.work_on_checks()
        self.assertFalse(self.parameters.get_param(WRITTEN))
        self.assertEqual(campaign.text_coauthor_ids, self.manager)

    def test_a_callers_context_finds_nobody_else(self):
        archived = self.env["res.partner"].create(
            {"name": "Gone", "phone": "0711 000 111", "active": False}
        )
        campaign = self.campaign(
            self.records(self.partner | archived), as_user=self.admin
        )
        campaign.with_user(self.admin).with_context(active_test=False).action_check()
        self.assertEqual(self.reached(campaign), ["Wanjiku"])

    def test_a_template_that_is_taken_out_leaves_its_words_to_who_chose_it(self):
        template = self.env["sms.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "{{ object.ref }}",
            }
        )
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, template_id=template.id
        )
        campaign.with_user(self.admin).template_id = False
        self.assertEqual(campaign.text_author_id, self.clerk)

    def test_the_superusers_rights_are_nobodys(self):
        campaign = self.campaign(as_user=self.clerk)
        root = self.env.ref("base.user_root")
        campaign.with_user(root).audience_ids = [(0, 0, self.everybody())]
        self.assertEqual(campaign.check_state, "failed")
        self.assertIn("access rights", campaign.check_problem)
        campaign = self.campaign(self.records(self.partner), as_user=self.admin)
        campaign.sudo().text_author_id = root
        campaign.with_user(root).body = WRITES
        self.assertEqual(campaign.exclusion_ids.reason, "sms_rendering")
        self.assertFalse(self.parameters.get_param(WRITTEN))

    def test_a_path_that_leads_to_what_somebody_may_not_read_is_not_filled_in(self):
        self.partner.parent_id = self.hidden
        # Read by somebody before, it is in the cache for everybody.
        self.assertEqual(self.partner.parent_id.ref, SECRET)
        for body in ("{{ object.parent_id.ref }}", "{{ object.parent_id }}"):
            campaign = self.campaign(
                self.records(self.partner), as_user=self.clerk, body=body
            )
            self.assertEqual(campaign.exclusion_ids.reason, "sms_rendering", body)
            self.assertNotIn(SECRET, campaign.recipient_ids.detail)

    def test_code_that_a_caller_may_not_run_waits_for_the_job(self):
        campaign = self.campaign(
            self.records(self.partner),
            as_user=self.admin,
            body=f"Dear {WRITES}",
        )
        self.parameters.set_param(WRITTEN, False)
        managers = campaign.with_user(self.manager)
        for change in (
            managers.action_check,
            managers.action_ask_to_launch,
            lambda: managers.write({"message_class": "transactional"}),
            lambda: managers.recipient_ids.mapped("text"),
        ):
            change()
            self.assertFalse(self.parameters.get_param(WRITTEN))
        self.assertEqual(campaign.check_state, "running")
        self.assertEqual(self.reached(campaign), ["Wanjiku"])
        self.assertEqual(campaign.check_state, "done")


@tagged("post_install", "-at_install")
class TestMigration(RightsCase):
    def test_audiences_get_the_author_that_their_campaign_had(self):
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.clerk)
        self.env.cr.execute("ALTER TABLE sms_campaign ADD COLUMN author_id int")
        self.env.cr.execute("UPDATE sms_campaign SET author_id = %s", [self.other.id])
        self.env.cr.execute("UPDATE sms_campaign_audience SET author_id = NULL")
        script = "su_sms/migrations/1.1.0/post-audience-authors.py"
        runpy.run_path(file_path(script))["migrate"](self.env.cr, "1.0.0")
        self.env.invalidate_all()
        self.assertEqual(campaign.audience_ids.author_id, self.other)
