"""Who has a say in whom a campaign reaches, however it is changed and by whom."""

import itertools
import runpy

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ....tools.acts import Act
from .rights_case import SECRET, RightsCase


@tagged("post_install", "-at_install")
class TestCampaignAuthors(RightsCase):
    """No change, move or copy lends anybody's rights to another's audience."""

    def planted(self, **values):
        """Return a campaign with an audience that its author may not see whole."""
        campaign = self.campaign(self.everybody(), as_user=self.clerk, **values)
        self.assertEqual(self.reached(campaign), ["Wanjiku"])
        return campaign

    def assert_nothing_lent(self, campaign):
        self.work_on_counts()
        campaign.with_user(self.admin).action_count()
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

    def test_who_is_left_out_unread_is_not_named(self):
        """Neither whom the count leaves out, nor who had another reason to be."""
        bodies = ("News", "Dear {{ object.name }}")
        for opted_out, body in itertools.product((False, True), bodies):
            if opted_out:
                number = self.hidden._phone_format(fname="phone")
                self.env["sms.blacklist"]._opt_out([number], Act("stop", "sms"))
            with self.subTest(opted_out=opted_out, body=body):
                campaign = self.campaign(
                    self.records(self.partner),
                    as_user=self.clerk,
                    body=body,
                    message_class="promotional",
                )
                campaign.with_user(self.admin).audience_ids = [
                    (0, 0, self.records(self.hidden))
                ]
                self.work_on_counts()
                [person] = self.env["sms.campaign.recipient"].search(
                    [("campaign_id", "=", campaign.id), ("reason", "!=", False)]
                )
                self.assert_nameless(person, "name")
                campaign.with_user(self.clerk)._launch()
                self.work()
                left_out = campaign.sms_ids.filtered("left_out")
                self.assertEqual(len(left_out), 1)
                self.assert_nameless(left_out, "recipient")
                self.assertNotIn("Hidden", str(list(campaign._left_out_csv())))

    def assert_nameless(self, record, name):
        self.assertFalse(record.number or record[name] or record.res_id)
        self.assertNotIn("Hidden", str(record.read()))

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
        self.work_on_counts()
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

    def test_a_callers_context_finds_nobody_else(self):
        archived = self.env["res.partner"].create(
            {"name": "Gone", "phone": "0711 000 111", "active": False}
        )
        campaign = self.campaign(
            self.records(self.partner | archived), as_user=self.admin
        )
        campaign.with_user(self.admin).with_context(active_test=False).action_count()
        self.assertEqual(self.reached(campaign), ["Wanjiku"])


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

    def test_fields_with_another_name_keep_what_they_had(self):
        campaign = self.campaign(self.numbers("0712345678"))
        kept = self.env["ir.filters"].create(
            {
                "name": "Some",
                "model_id": "sms.campaign",
                "domain": "[('people_count', '>', 0)]",
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE sms_campaign RENAME recipient_count TO people_count"
        )
        script = "su_sms/migrations/1.2.0/pre-words.py"
        runpy.run_path(file_path(script))["migrate"](self.env.cr, "1.1.0")
        self.env.invalidate_all()
        self.assertEqual(campaign.recipient_count, 1)
        self.assertEqual(kept.domain, "[('recipient_count', '>', 0)]")
