"""Who has said no gets nothing that goes to many, and no test, whoever asks how."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...tools.acts import Act
from ..campaign_case import CampaignCase

SAID_NO, OTHER, THIRD = "+254722000111", "+254712345678", "+254733000222"


class NoCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls.user(
            "sms_employee", "base.group_user,base.group_partner_manager"
        )
        cls.marketer = cls.user(
            "sms_marketer", "base.group_user,mass_mailing.group_mass_mailing_user"
        )
        cls.people = cls.contacts(cls, SAID_NO, OTHER, THIRD)
        cls.env["sms.blacklist"]._opt_out([SAID_NO], Act("stop", "sms"))

    def numbers_sent(self):
        self.env["sms.sms"]._process_queue()
        return {number for number, _text in self.texts()}


ADMINISTRATOR = (
    "su_sms.group_gateway_admin,base.group_system,mass_mailing.group_mass_mailing_user"
)


@tagged("post_install", "-at_install")
class TestToMany(NoCase):
    def compose(self, user, context=None, **values):
        """Send from the dialog over RPC, with what the caller likes."""
        self.simulator.reset()
        context = context or {}
        composers = self.env["sms.composer"].with_user(user)
        values = {"body": "Offer", **values}
        composer = call_kw(composers, "create", [[values]], {"context": context})
        call_kw(composers, "action_send_sms", [composer], {"context": context})
        return self.numbers_sent()

    def test_a_list_respects_opt_outs_whatever_the_dialog_says(self):
        about = {
            "res_model": "res.partner",
            "res_ids": repr(self.people.ids),
            "number_field_name": "phone",
        }
        off = {"use_exclusion_list": False}
        context = {
            "default_use_exclusion_list": False,
            "sms_test": True,
            "sms_to_many": False,
            "default_to_many": False,
            "default_message_class": "transactional",
            "su_sms_test": True,
            "active_domain": [],
        }
        for values in (
            {"composition_mode": "mass", **about},
            {"composition_mode": "mass", **about, **off},
            {"composition_mode": "mass", **about, **off, "mass_keep_log": False},
            {"composition_mode": "mass", **about, **off, "mass_force_send": True},
            {"composition_mode": "comment", **about, **off},
            {
                "composition_mode": "numbers",
                "numbers": f"{SAID_NO},{OTHER},{THIRD}",
                **off,
            },
            {
                "composition_mode": "comment",
                "res_model": "res.partner",
                "res_id": self.people[1].id,
                "numbers": f"{SAID_NO},{OTHER},{THIRD}",
            },
        ):
            for given in ({}, context):
                with self.subTest(**values, context=bool(given)):
                    sent = self.compose(self.employee, given, **values)
                    self.assertNotIn(SAID_NO, sent)
                    self.assertTrue(sent)

    def test_a_list_of_one_is_a_list(self):
        sent = self.compose(
            self.employee,
            composition_mode="mass",
            res_model="res.partner",
            res_ids=repr(self.people[0].ids),
            use_exclusion_list=False,
        )
        self.assertFalse(sent)
        sms = self.env["sms.sms"].search([("number", "=", SAID_NO)])
        self.assertEqual((sms.state, sms.failure_type), ("canceled", "sms_blacklist"))

    def test_a_list_of_a_mailing_is_promotional_whatever_the_dialog_says(self):
        mailing = self.send_mailing()
        sent = self.compose(
            self.marketer,
            composition_mode="mass",
            res_model="res.partner",
            res_ids=repr(self.people.ids),
            use_exclusion_list=False,
            mailing_id=mailing.id,
            mass_force_send=True,
        )
        self.assertNotIn(SAID_NO, sent)

    def test_a_note_to_several_respects_opt_outs(self):
        self.simulator.reset()
        call_kw(
            self.env["res.partner"].with_user(self.employee),
            "message_post",
            [self.partner.ids],
            {
                "body": "Offer",
                "message_type": "sms",
                "partner_ids": self.people.ids,
                "sms_numbers": [SAID_NO, THIRD],
            },
        )
        self.assertNotIn(SAID_NO, self.numbers_sent())

    def test_a_note_to_several_that_a_job_sends_later_respects_them_as_well(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        call_kw(
            self.env["res.partner"].with_user(self.employee),
            "message_post",
            [self.partner.ids],
            {
                "body": "Offer",
                "message_type": "sms",
                "partner_ids": self.people.ids,
                "sms_numbers": [SAID_NO, OTHER, THIRD],
                "scheduled_date": str(later),
            },
        )
        self.simulator.reset()
        with freeze_time(later + timedelta(minutes=1)):
            self.env["mail.message.schedule"]._send_notifications_cron()
            sent = self.numbers_sent()
        self.assertEqual(sent & {SAID_NO, OTHER, THIRD}, {OTHER, THIRD})

    def test_a_no_said_while_it_waits_counts(self):
        self.gateway.action_pause()
        self.compose(
            self.employee,
            composition_mode="mass",
            res_model="res.partner",
            res_ids=repr(self.people[1:].ids),
        )
        self.env["sms.blacklist"]._opt_out([OTHER], Act("stop", "sms"))
        self.gateway.action_resume()
        self.assertEqual(self.numbers_sent(), {THIRD})

    def test_one_person_may_be_written_to_by_hand(self):
        sent = self.compose(
            self.employee, composition_mode="numbers", numbers=SAID_NO, body="Your room"
        )
        self.assertEqual(sent, {SAID_NO})

    def test_what_a_job_or_a_visitor_causes_is_no_list(self):
        for user in (self.env.user, self.env.ref("base.public_user")):
            self.simulator.reset()
            messages = self.env["sms.sms"].with_user(user).sudo()
            messages = messages.create(
                [{"number": n, "body": "Your seat"} for n in (SAID_NO, OTHER)]
            )
            messages.send()
            self.assertEqual(self.numbers_sent(), {SAID_NO, OTHER})


@tagged("post_install", "-at_install")
class TestTrialOfPromotion(NoCase):
    """Campaign, mailing, Test Connection: one rule."""

    def trials(self, number, user=None):
        """Return {way: whether a trial to a number in one's own profile leaves}."""
        user = user or self.env.user
        user.partner_id.phone = number
        campaign = self.campaign(
            self.numbers(OTHER), message_class="promotional", user_id=user.id
        )
        mailing = self.send_mailing()
        return {
            way: self.leaves(send.with_user(user).sudo(False), method)
            for way, send, method in (
                (
                    "campaign",
                    self.env["sms.campaign.test"]
                    .with_user(user)
                    .create({"campaign_id": campaign.id, "numbers": number}),
                    "action_send",
                ),
                (
                    "mailing",
                    self.env["mailing.sms.test"]
                    .with_user(user)
                    .create({"mailing_id": mailing.id, "numbers": number}),
                    "action_send_sms",
                ),
                (
                    "connection",
                    self.env["sms.test.wizard"]
                    .with_user(user)
                    .create({"gateway_id": self.gateway.id}),
                    "action_run",
                ),
            )
        }

    def leaves(self, wizard, method):
        self.simulator.reset()
        try:
            with self.env.cr.savepoint():
                getattr(wizard, method)()
        except UserError:
            return False
        return bool(self.numbers_sent())

    def test_a_no_is_not_taken_back_by_typing_the_number_into_a_profile(self):
        user = self.user("sms_admin", ADMINISTRATOR)
        blacklist = self.env["sms.blacklist"]
        for say_no in (
            lambda: blacklist._opt_out([THIRD], Act("stop", "sms")),
            lambda: blacklist._opt_out([THIRD], Act("web_link", "web")),
            lambda: blacklist._opt_out([THIRD], Act("provider", "provider")),
            # entered by the very user, as the person has asked
            lambda: blacklist.with_user(user).create(
                {"number": THIRD, "reason": "own_request"}
            ),
            lambda: self.env["phone.blacklist"].create({"number": THIRD}),
            # the network's word, or one's own entry, on top of the person's
            lambda: (
                blacklist._opt_out([THIRD], Act("stop", "sms")),
                blacklist._opt_out([THIRD], Act("operator", "report")),
                blacklist.with_user(user).create({"number": THIRD}),
            ),
            lambda: self.env["sms.suppression"]._suppress([THIRD]),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                say_no()
                nothing = dict.fromkeys(("campaign", "mailing", "connection"), False)
                self.assertEqual(self.trials(THIRD, user), nothing)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_ones_own_entry_without_a_reason_stops_no_trial(self):
        user = self.user("sms_admin", ADMINISTRATOR)
        everywhere = dict.fromkeys(("campaign", "mailing", "connection"), True)
        self.env["phone.blacklist"].with_user(user).create({"number": THIRD})
        self.assertEqual(self.trials(THIRD, user), everywhere)

    def test_a_block_that_is_nobodys_no_stops_no_trial_to_oneself(self):
        self.env["sms.blacklist"]._opt_out([THIRD], Act("operator", "report"))
        everywhere = dict.fromkeys(("campaign", "mailing", "connection"), True)
        self.assertEqual(self.trials(THIRD), everywhere)
