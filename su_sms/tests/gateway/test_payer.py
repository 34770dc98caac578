"""Whose gateway a message leaves by is decided by what its maker may, not says."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools.sms_api import SmsApiGateway
from ..common import GatewayCase

MAILER = "mass_mailing.group_mass_mailing_user"
ADMINISTRATOR = "base.group_system"


@tagged("post_install", "-at_install")
class TestPayer(GatewayCase):
    """Two companies with a gateway each, and people who are in one of them or both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rich = cls.env.company
        cls.other = cls.env["res.company"].create(
            {"name": "Other", "country_id": cls.env.ref("base.ke").id}
        )
        cls.its_gateway = cls.gateway.create(
            {
                "name": "Its own",
                "company_id": cls.other.id,
                "api_key": cls.server.api_key,
                "attempts": 1,
                "use_window": False,
            }
        )
        cls.victim = cls.employee("payer_victim", cls.rich)
        cls.thief = cls.employee("payer_thief", cls.other)
        cls.both = cls.employee("payer_both", cls.rich | cls.other)

    @classmethod
    def employee(cls, login, companies, groups=f"{MAILER},base.group_partner_manager"):
        return cls.user(
            login,
            groups,
            company_id=companies[0].id,
            company_ids=[(6, 0, companies.ids)],
        )

    def mailing(self, user, **vals):
        """Create a mailing to the contact, as ``user``."""
        return (
            self.env["mailing.mailing"]
            .with_user(user)
            .create(
                {
                    "subject": "News",
                    "mailing_type": "sms",
                    "body_plaintext": "News",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "=", self.partner.id)]),
                    **vals,
                }
            )
        )

    def sent_through(self, mailing):
        """Return the gateways by which a mailing has left, once the jobs have run."""
        job = self.env.ref("mass_mailing.ir_cron_mass_mailing_queue").sudo()
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()
        messages = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertTrue(messages)
        self.assertEqual(messages.company_id, messages.gateway_id.company_id)
        return messages.gateway_id

    # ------------------------------------------------------------
    # Mailings
    # ------------------------------------------------------------

    def test_what_carries_all_companies_is_changed_by_who_works_for_all(self):
        administrator = self.user("one_company_admin", "su_sms.group_gateway_admin")
        gateways = self.env["sms.gateway.config"].with_user(administrator)
        shared = self.env["sms.gateway.config"].create(
            {"name": "Everybody's", "company_id": False, "is_default": False}
        )
        own = gateways.create([{"name": "Ours", "is_default": False}])
        mine = shared.with_user(administrator)
        for door in (
            lambda: gateways.create([{"name": "X", "company_id": False}]),
            lambda: gateways.with_context(default_company_id=False).create(
                [{"name": "X"}]
            ),
            lambda: own.write({"company_id": False}),
            lambda: own.copy({"company_id": False}),
            lambda: mine.write({"proxy_url": "http://evil:80"}),
            lambda: mine.action_pause(),
            mine.unlink,
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                door()
        self.assertEqual(mine.read(["name"])[0]["name"], "Everybody's")
        everywhere = self.env["res.company"].search([])
        administrator.write({"company_ids": [(6, 0, everywhere.ids)]})
        mine.write({"proxy_url": "http://proxy:3128"})

    def test_another_companys_responsible_does_not_pay(self):
        for keep_archives in (True, False):
            for sent_by in ("action_launch", "action_send_mail", "action_send_sms"):
                with self.subTest(sent_by, keep_archives=keep_archives):
                    mailing = self.mailing(
                        self.thief, user_id=self.victim.id, keep_archives=keep_archives
                    )
                    getattr(mailing, sent_by)()
                    self.assertEqual(self.sent_through(mailing), self.its_gateway)

    def test_a_state_that_is_written_launches_as_well(self):
        mailing = self.mailing(self.thief, user_id=self.victim.id, state="in_queue")
        self.assertEqual(self.sent_through(mailing), self.its_gateway)
        forged = {"user_id": self.victim.id, "sms_author_id": self.victim.id}
        mailing = self.mailing(self.thief, **forged)
        mailing.write({"state": "in_queue", **forged})
        self.assertEqual(self.sent_through(mailing), self.its_gateway)
        mailing = self.mailing(self.thief)
        mailing.with_context(default_sms_author_id=self.victim.id).write(forged)
        mailing.copy(forged | {"state": "in_queue"})
        self.assertEqual(
            self.sent_through(mailing.search([("id", ">", mailing.id)])),
            self.its_gateway,
        )

    def test_its_responsible_pays_if_a_colleague_launches_it(self):
        mailing = self.mailing(self.both, user_id=self.victim.id)
        mailing.action_launch()
        self.assertEqual(self.sent_through(mailing), self.gateway)
        mailing = self.mailing(self.both, user_id=self.thief.id)
        mailing.action_launch()
        self.assertEqual(self.sent_through(mailing), self.its_gateway)

    def test_a_job_knows_whose_mailing_it_is_though_its_people_have_no_company(self):
        mailing = self.mailing(self.both, user_id=self.thief.id, keep_archives=True)
        self.assertEqual(self.env.user.company_id, self.rich, "that of the job")
        mailing.action_launch()
        self.assertEqual(self.sent_through(mailing), self.its_gateway)

    def test_what_a_stranger_changes_after_the_launch_is_at_their_cost(self):
        everybody = repr([("phone", "!=", False)])
        for vals in (
            {"body_plaintext": "Buy mine"},
            {"mailing_domain": everybody},
            {"user_id": self.both.id},
            {"state": "in_queue"},
        ):
            with self.subTest(vals):
                mailing = self.mailing(self.victim)
                mailing.action_launch()
                mailing.with_user(self.thief).write(vals)
                self.assertEqual(self.sent_through(mailing), self.its_gateway)

    def test_a_stranger_who_only_looks_or_stars_pays_nothing(self):
        mailing = self.mailing(self.victim)
        mailing.action_launch()
        mailing.with_user(self.thief).action_set_favorite()
        self.assertEqual(self.sent_through(mailing), self.gateway)

    def test_a_victim_who_touches_it_does_not_pay_either(self):
        mailing = self.mailing(self.thief, user_id=self.victim.id)
        mailing.action_launch()
        mailing.with_user(self.victim).write({"body_plaintext": "Corrected"})
        mailing.with_user(self.victim).action_set_favorite()
        self.assertEqual(self.sent_through(mailing), self.its_gateway)

    def test_who_launches_anothers_mailing_pays(self):
        mailing = self.mailing(self.thief)
        mailing.with_user(self.victim).action_launch()
        self.assertEqual(self.sent_through(mailing), self.gateway)

    def test_the_winner_of_a_test_is_whose_the_test_was(self):
        mailing = self.mailing(
            self.thief, user_id=self.victim.id, ab_testing_enabled=True
        )
        mailing.action_launch()
        self.sent_through(mailing)
        winner = mailing.with_user(1).copy()
        winner.action_launch()
        self.assertEqual(winner.sms_author_id, self.thief)
        self.assertEqual(winner._sms_company(), self.other)

    def test_nobody_of_another_company_has_it_sent_again(self):
        mailing = self.mailing(self.victim)
        mailing.action_launch()
        self.sent_through(mailing)
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        sms.write({"state": "error", "failure_type": "sms_server"})
        with self.assertRaises(AccessError):
            mailing.with_user(self.thief).action_retry_failed()
        self.assertEqual((sms.state, sms.mailing_id), ("error", mailing))

    def test_a_trial_is_paid_by_who_tries(self):
        mailing = self.mailing(self.victim, user_id=self.victim.id)
        wizard = (
            self.env["mailing.sms.test"]
            .with_user(self.thief)
            .create({"mailing_id": mailing.id, "numbers": "+254712345678"})
        )
        wizard.action_send_sms()
        sent = self.env["sms.sms"].search([], order="id desc", limit=1)
        self.assertEqual(sent.gateway_id, self.its_gateway)

    def test_the_price_shown_is_that_of_who_looks(self):
        self.gateway.price_per_part, self.its_gateway.price_per_part = 5, 3
        mailing = self.mailing(self.thief, user_id=self.victim.id)
        mine = mailing.with_user(self.thief).sms_terms
        self.assertEqual(mine["price"], self.its_gateway._terms(1)["price"])

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    def last(self):
        return self.env["sms.sms"].search([], order="id desc", limit=1)

    def test_another_companys_record_does_not_pay(self):
        self.partner.company_id = self.rich
        partner = self.partner.with_user(self.thief).sudo()
        partner._message_sms("Hello", number_field="phone")
        self.assertEqual(self.last().gateway_id, self.its_gateway)
        partner.with_user(self.both).sudo()._message_sms("Hello", number_field="phone")
        self.assertEqual(self.last().gateway_id, self.gateway)

    def test_a_note_that_says_it_is_another_companys_does_not_pay(self):
        message = self.env["mail.message"].create({"record_company_id": self.rich.id})
        vals = {"number": "0712345678", "mail_message_id": message.id}
        sms = self.env["sms.sms"].with_user(self.thief).sudo().create(vals)
        self.assertEqual(
            (sms.gateway_id, sms.company_id), (self.its_gateway, self.other)
        )

    def test_a_composer_opened_on_another_companys_record_does_not_pay(self):
        self.partner.company_id = False
        for mode in ("comment", "mass"):
            for context in ({}, {"allowed_company_ids": [self.rich.id]}):
                with self.subTest(mode, context=context):
                    composer = self.env["sms.composer"].with_user(self.thief)
                    composer = composer.sudo().with_context(
                        default_gateway_id=self.gateway.id,
                        default_company_id=self.rich.id,
                        **context,
                    )
                    composer = composer.create(
                        {
                            "composition_mode": mode,
                            "res_model": "res.partner",
                            "res_ids": repr(self.partner.ids),
                            "body": "Hello",
                            "mass_force_send": True,
                            "mailing_id": self.mailing(self.victim).id,
                        }
                    )
                    composer._action_send_sms()
                    self.assertEqual(self.last().gateway_id, self.its_gateway)
                    self.assertEqual(self.last().company_id, self.other)

    def test_values_name_no_account_of_another_company(self):
        campaign = self.env["sms.campaign"].create(
            {"name": "Theirs", "gateway_id": self.gateway.id, "body": "Theirs"}
        )
        administrator = self.employee("payer_admin", self.other, ADMINISTRATOR)
        forged = {
            "gateway_id": self.gateway.id,
            "company_id": self.rich.id,
            "campaign_id": campaign.id,
        }
        messages = self.env["sms.sms"].with_user(administrator)
        for names in (forged, ["gateway_id"], ["company_id"], ["campaign_id"]):
            values = {"number": "0712345678", **{each: forged[each] for each in names}}
            with self.subTest(names):
                # Nobody changes messages on record; code with more rights may for them.
                with self.assertRaises(AccessError):
                    messages.create(values)
                sms = messages.sudo().create(values)
                self.assertEqual(sms.gateway_id, self.its_gateway)
                self.assertEqual(sms.company_id, self.other)
                self.assertFalse(sms.campaign_id)

    def test_a_gateway_of_all_companies_serves_all(self):
        self.its_gateway.active = False
        self.gateway.company_id = False
        sms = self.env["sms.sms"].with_user(self.thief).sudo()
        sms = sms.create({"number": "0712345678", "company_id": self.rich.id})
        self.assertEqual((sms.gateway_id, sms.company_id), (self.gateway, self.other))

    def test_without_a_gateway_of_ones_own_anothers_is_not_used(self):
        self.its_gateway.active = False
        message = self.env["mail.message"].create({"record_company_id": self.rich.id})
        sms = self.env["sms.sms"].with_user(self.thief).sudo()
        sms = sms.create({"number": "0712345678", "mail_message_id": message.id})
        self.assertFalse(sms.gateway_id)
        sms.with_context(sms_api=SmsApiGateway(self.env))._send()
        self.assertEqual(sms.state, "error")
        self.assertFalse(self.texts())

    # ------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------

    def test_a_reminder_is_paid_by_who_made_what_it_reminds_of(self):
        made = self.env["res.partner"].with_user(self.thief)
        record = made.create({"name": "Baraka", "phone": "0722345678"})
        record.sudo().company_id = self.rich
        record = record.with_user(1)
        record._message_sms("Tomorrow", number_field="phone")
        self.assertEqual(self.last().gateway_id, self.its_gateway)
        record.with_company(self.rich)._message_sms("Now", number_field="phone")
        self.assertEqual(self.last().gateway_id, self.gateway, "the job says so")

    def test_what_waited_for_a_gateway_is_paid_by_who_made_it(self):
        (self.gateway | self.its_gateway).active = False
        message = self.env["mail.message"].create({"record_company_id": self.rich.id})
        sms = self.env["sms.sms"].with_user(self.thief).sudo()
        sms = sms.create({"number": "0712345678", "mail_message_id": message.id})
        self.assertFalse(sms.gateway_id)
        (self.gateway | self.its_gateway).active = True
        self.env["sms.sms"]._process_queue()
        self.assertEqual(sms.gateway_id, self.its_gateway)

    # ------------------------------------------------------------
    # Gateways
    # ------------------------------------------------------------

    def test_another_companys_gateway_takes_nothing_over(self):
        with self.assertRaises(UserError):
            self.its_gateway.failover_id = self.gateway
        shared = self.gateway.create({"name": "Shared", "company_id": False})
        self.its_gateway.failover_id = shared
        with self.assertRaises(UserError):
            shared.company_id = self.rich
        shared.company_id = self.other
