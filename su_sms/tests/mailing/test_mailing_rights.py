"""Whom a mailing of SMS Marketing finds: whom its author may find, and nobody else."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestMailingRights(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.author = cls.user(
            "mailing_author", "base.group_user,mass_mailing.group_mass_mailing_user"
        )
        elsewhere = cls.env["res.company"].create({"name": "Savanna College"})
        cls.own, cls.foreign = cls.env["res.partner"].create(
            [
                {"name": "Amina", "phone": "+254712345671"},
                {
                    "name": "Baraka",
                    "phone": "+254712345672",
                    "company_id": elsewhere.id,
                },
            ]
        )

    def mail(self, domain):
        """Put a mailing in the queue as its author, and let Odoo's job send it."""
        mailing = self.prepared(domain)
        mailing.action_put_in_queue()
        self.run_queue()
        return mailing.sudo()

    def prepared(self, domain):
        return (
            self.env["mailing.mailing"]
            .with_user(self.author)
            .create(
                {
                    "subject": "News",
                    "mailing_type": "sms",
                    "body_plaintext": "Dear {{ object.name }}",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr(domain),
                    "sms_allow_unsubscribe": False,
                }
            )
        )

    def run_queue(self):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
        self.env["sms.sms"]._process_queue()

    def test_a_mailing_reaches_whom_its_author_may_find(self):
        both = [("id", "in", (self.own | self.foreign).ids)]
        mailing = self.mail(both)
        self.assertEqual(mailing.state, "done")
        self.assertEqual(mailing.mailing_trace_ids.mapped("res_id"), self.own.ids)
        [(number, text)] = self.texts()
        self.assertEqual((number, text), ("+254712345671", "Dear Amina"))

    def test_a_filter_is_no_oracle_for_what_its_author_may_not_read(self):
        mailing = self.mail([("id", "=", self.own.id), ("signup_type", "=", False)])
        self.assertFalse(mailing.mailing_trace_ids)
        self.assertFalse(self.texts())
        notes = mailing.message_ids.filtered(lambda m: "allowed to search" in m.body)
        self.assertEqual(len(notes), 1)

    def test_whoever_changes_whom_it_goes_to_finds_no_more_than_they_may(self):
        """Whoever launched it, and whoever copies it."""
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.foreign.company_id
        both = [("id", "in", (self.own | self.foreign).ids)]
        for plant in ("draft", "queue", "copy"):
            with self.subTest(plant):
                author, self.author = self.author, admin
                mailing = self.prepared([("id", "=", self.own.id)])
                self.author = author
                if plant == "queue":
                    mailing.with_user(admin).action_put_in_queue()
                mailing.with_user(author).mailing_domain = repr(both)
                if plant == "copy":
                    mailing = mailing.with_user(admin).copy()
                mailing.with_user(admin).action_put_in_queue()
                self.run_queue()
                self.assertEqual(
                    mailing.sudo().mailing_trace_ids.mapped("res_id"), self.own.ids
                )

    def test_a_list_says_whom_a_mailing_goes_to_as_well(self):
        admin = self.env.ref("base.user_admin")
        lists = self.env["mailing.list"].with_user(self.author)
        for add in (
            lambda mailing: lists.create(
                {"name": "Mine", "mailing_ids": [(4, mailing.id)]}
            ),
            lambda mailing: lists.create({"name": "Other"}).write(
                {"mailing_ids": [(4, mailing.id)]}
            ),
        ):
            mailing = (
                self.env["mailing.mailing"]
                .with_user(admin)
                .create(
                    {
                        "subject": "News",
                        "mailing_type": "sms",
                        "body_plaintext": "News",
                        "mailing_model_id": self.env["ir.model"]._get_id(
                            "mailing.list"
                        ),
                        "contact_list_ids": [(0, 0, {"name": "Theirs"})],
                    }
                )
            )
            add(mailing)
            self.assertEqual(len(mailing.contact_list_ids), 2)
            self.assertEqual(mailing.sudo().sms_coauthor_ids, admin | self.author)

    def test_an_administrators_own_mailing_reaches_all_whom_they_may_find(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.foreign.company_id
        self.author = admin
        both = self.own | self.foreign
        mailing = self.mail([("id", "in", both.ids)])
        self.assertEqual(mailing.mailing_trace_ids.mapped("res_id"), both.ids)

    def test_what_nobody_launched_goes_to_all_whom_it_names(self):
        mailing = self.send_mailing(
            mailing_domain=repr([("id", "in", (self.own | self.foreign).ids)])
        )
        self.assertEqual(len(mailing.mailing_trace_ids), 2)

    def test_nobody_of_another_company_undoes_what_is_on_record(self):
        mailing = self.send_mailing()
        messages = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        messages.write({"state": "error", "failure_type": "sms_rejected"})
        traces = mailing.mailing_trace_ids
        college = self.env["res.company"].create({"name": "Coast Polytechnic"})
        theirs = self.user(
            "college_marketer",
            "base.group_user,mass_mailing.group_mass_mailing_user",
            company_id=college.id,
            company_ids=college.ids,
        )
        with self.assertRaises(AccessError):
            mailing.with_user(theirs).action_retry_failed_sms()
        for user in (theirs, self.author, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(UserError, "on record: archive it"):
                mailing.with_user(user).unlink()
        self.assertEqual(traces.exists(), traces)
        self.assertEqual(messages.mailing_id, mailing)
        mailing.with_user(self.author).active = False
        messages.unlink()
        mailing.with_user(self.author).unlink()

    def test_a_link_that_was_sent_leads_where_it_led(self):
        mailing = self.send_mailing(body_plaintext="See https://example.org/fees")
        [(_number, text)] = self.texts()
        self.assertIn("/r/", text)
        link = self.env["link.tracker"].search([("mass_mailing_id", "=", mailing.id)])
        code = link.link_code_ids
        for user in (self.author, self.env.ref("base.user_admin")):
            for record, values in (
                (link, {"url": "https://evil.example"}),
                (link, {"code": "other"}),
                (code, {"code": "other"}),
                (link, {"link_code_ids": [(2, code.id)]}),
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    record.with_user(user).write(values)
            for record in (link, code):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    record.with_user(user).unlink()
        page = self.env["link.tracker"].get_url_from_code(code.code)
        self.assertIn("example.org/fees", page)
        other = self.env["link.tracker"].with_user(self.author)
        [other] = other.create([{"url": "https://example.org/other", "title": "Other"}])
        other.url = "https://example.org/mine"
