"""What people keep as defaults fills in nothing that only the code may say."""

import uuid
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ....models.message import sms_sms_routing
from ...message.limit.test_limit import LimitCase
from ..matrix import GATEWAY, OPERATIONS, OWN
from ..records import values
from ..test_matrix import MatrixCase, _UndoneError

#: Odoo's, of which nobody fills in a form: all that these say
ON_RECORD = {
    "link.tracker.click": lambda case: {"link_id": case.link.id},
    "link.tracker.code": lambda case: {
        "link_id": case.link.id,
        "code": uuid.uuid4().hex,
    },
    "mail.message": lambda case: {
        "model": "sms.gateway.config",
        "res_id": case.gateway.id,
        "body": "A note",
    },
    "mail.notification": lambda case: {
        "mail_message_id": case.gateway.message_ids[0].id,
        "res_partner_id": case.partner.id,
    },
    "mail.tracking.value": lambda case: {
        "mail_message_id": case.gateway.message_ids[0].id,
    },
    "mailing.trace": lambda case: {
        "trace_type": "sms",
        "model": "res.partner",
        "res_id": case.partner.id,
    },
    "phone.blacklist": lambda case: {"number": "+254712345699"},
    "sms.sms": None,
    "sms.tracker": lambda case: {"sms_uuid": uuid.uuid4().hex},
}
#: what else keeps others from being told
TELLS = {
    "mail.activity": (
        {"active", "automated", "date_done", "feedback"},
        lambda case: {
            "res_model_id": case.env["ir.model"]._get_id("sms.gateway.config"),
            "res_id": case.gateway.id,
            "user_id": case.colleague.id,
        },
    ),
    "mail.mail": (
        {"failure_reason", "failure_type", "scheduled_date", "state"},
        lambda case: {"body_html": "Hello"},
    ),
}
#: what people change on a form, but never by a default
ASKED_EACH_TIME = {
    "sms.gateway.config": {"trust", "relaxed_confirmed", "relaxed_account"}
}
FORGED = {
    "char": "forged",
    "date": date(2001, 2, 3),
    "datetime": datetime(2001, 2, 3, 4, 5),
    "float": 4815.25,
    "html": "<p>forged</p>",
    "integer": 4815,
    "json": {"forged": True},
    "many2one_reference": 4815,
    "monetary": 4815.25,
    "text": "forged",
}


@tagged("post_install", "-at_install")
class TestDefaults(MatrixCase):
    """A default of each field that is the code's, kept by who may do most."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.users[GATEWAY]
        cls.one.group_ids += cls.env.ref("mass_mailing.group_mass_mailing_user")
        cls.link = cls.env["link.tracker"].create({"url": "https://example.com/a"})

    def values(self, model):
        if make := ON_RECORD.get(model):
            return make(self)
        if model in TELLS:
            return TELLS[model][1](self)
        env = self.env(user=self.one, su=True)
        if model == "sms.gateway.config":
            return {"name": "Another"}
        return values(model, lambda name: self.record(name, GATEWAY, OWN), env)

    def closed(self, model):
        """Return the fields of a model that nobody fills in by a default."""
        fields = self.env[model]._fields
        stored = {
            name
            for name, field in fields.items()
            if field.store and name not in MAGIC_COLUMNS
        }
        if model in ON_RECORD:
            return stored
        if model in TELLS:
            return TELLS[model][0]
        return {
            name
            for name in stored
            if fields[name].readonly or fields[name].type == "binary"
        } | ASKED_EACH_TIME.get(model, set())

    def forged(self, field, told):
        """Return a value that a field does not have without a default, or None."""
        if field.type == "boolean":
            return not told
        if field.type == "selection":
            every = field.get_values(self.env)
            return next((each for each in every if each != told), None)
        if field.type in ("many2one", "many2many"):
            known = self.env[field.comodel_name].with_context(active_test=False)
            other = known.search([("id", "not in", told)], limit=1)
            return other.ids or None
        return FORGED.get(field.type)

    def record_of(self, model, vals, names):
        """Return what a new record says, which is undone, or None if it is refused."""
        self.env.flush_all()
        told = {}
        try:
            with self.env.cr.savepoint():
                record = model.create(dict(vals)).sudo()
                record.env.flush_all()
                record.invalidate_recordset()
                for name in names:
                    relational = record._fields[name].relational
                    told[name] = record[name].ids if relational else record[name]
                raise _UndoneError
        except _UndoneError:
            return told
        except (AccessError, UserError):
            return None
        finally:
            self.env.invalidate_all()

    def keep(self, model, name, value, **whose):
        """Keep a default for a field, as the web client would."""
        if self.env[model]._fields[name].type == "many2one":
            [value] = value
        defaults = self.env["ir.default"].with_user(self.one)
        defaults.set(model, name, value, **(whose or {"user_id": True}))

    def try_all(self, model, forge):
        """Make records with and without defaults for all that is the code's.

        :param forge: given a model, {field: value}; gives where to make the next
        """
        vals, mine = self.values(model), self.env[model].with_user(self.one)
        names, given = self.closed(model) - set(vals), (mine, mine.sudo())
        before = [self.record_of(each, vals, names) for each in given]
        self.assertIsNotNone(before[-1], "nobody makes one")
        values = {
            name: self.forged(mine._fields[name], before[-1][name]) for name in names
        }
        forged = {name: value for name, value in values.items() if value is not None}
        for each, told in zip(given, before, strict=True):
            after = told and self.record_of(forge(each, forged), vals, names)
            self.assertEqual(after is None, told is None)
            for name, value in forged.items() if after else ():
                with self.subTest(model=model, field=name, sudo=each.env.su):
                    self.assertNotEqual(after[name], value)

    def by_default(self, model, forged, **whose):
        for name, value in forged.items():
            self.keep(model._name, name, value, **whose)
        return model

    def by_company(self, model, forged):
        return self.by_default(model, forged, user_id=False, company_id=True)

    def by_context(self, model, forged):
        told = {f"default_{name}": value for name, value in forged.items()}
        return model.with_context(**told)

    def test_a_users_default_fills_in_nothing_of_the_codes(self):
        ours = {name for name in OPERATIONS if not self.env[name]._transient}
        for model in sorted({*ours, *ON_RECORD, *TELLS}):
            with self.subTest(model=model), self.env.cr.savepoint():
                self.try_all(model, self.by_default)

    def test_a_companys_default_fills_in_nothing_of_the_codes(self):
        self.one.group_ids += self.env.ref("base.group_system")
        for model in ("sms.sms", "sms.consent", "sms.campaign", "mailing.trace"):
            with self.subTest(model=model), self.env.cr.savepoint():
                self.try_all(model, self.by_company)

    def test_a_context_fills_in_nothing_of_the_codes(self):
        ours = {name for name in OPERATIONS if not self.env[name]._transient}
        # Where a dialog was opened a message may be told: see test_routing.
        self.patch(sms_sms_routing, "OPENED_FROM", set())
        for model in sorted(ours - {"phone.blacklist"} | set(TELLS)):
            with self.subTest(model=model), self.env.cr.savepoint():
                self.try_all(model, self.by_context)


@tagged("post_install", "-at_install")
class TestDefaultsInUse(LimitCase):
    """What somebody would gain by a default for what nobody may give."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("default_manager", "su_sms.group_manager")
        cls.admin = cls.user("default_admin", "su_sms.group_gateway_admin")

    def keep(self, model, user=None, **defaults):
        kept = self.env["ir.default"].with_user(user or self.staff)
        for name, value in defaults.items():
            kept.set(model, name, value, user_id=True)

    def test_what_is_posted_counts_towards_the_hour(self):
        mailing = self.send_mailing()
        group = self.env["discuss.channel"].with_user(self.colleague)._create_group([])
        self.keep("sms.sms", self.colleague, mailing_id=mailing.id, cost=-9999.0)
        for number in range(4):
            posted = {"body": "Hello", "sms_numbers": [f"+25471234567{number}"]}
            group.message_post(message_type="sms", **posted)
        self.assertEqual(len(self.waiting(self.colleague)), 1)
        sent = self.env["sms.sms"].search([("create_uid", "=", self.colleague.id)])
        self.assertFalse(sent.mailing_id)
        self.assertGreater(min(sent.mapped("cost")), -1)

    def test_a_campaign_is_neither_urgent_nor_approved_nor_prepared(self):
        self.keep(
            "sms.campaign",
            urgent=True,
            urgent_reason="Approved",
            approved_by_id=self.manager.id,
            prepared_at="2026-01-01 00:00:00",
            launched_by_id=self.manager.id,
            state="sending",
        )
        self.keep("sms.campaign.launch", urgent=True, urgent_reason="Approved")
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        self.assertEqual(campaign.state, "draft")
        self.assertFalse(campaign.prepared_at)
        dialog = self.env["sms.campaign.launch"].with_user(self.staff)
        dialog.create({"campaign_id": campaign.id}).action_launch()
        self.assertFalse(campaign.urgent)
        self.assertFalse(campaign.urgent_reason)
        self.assertFalse(campaign.approved_by_id)
        self.assertEqual(campaign.launched_by_id, self.staff)

    def test_administrators_are_told_of_a_line_that_is_not_verified(self):
        self.keep(
            "sms.gateway.config", self.admin, relaxed_told_at="2099-01-01 00:00:00"
        )
        self.keep("mail.activity", self.admin, active=False)
        kind = self.env.ref("su_sms.mail_activity_type_trust")
        gateways = self.env["sms.gateway.config"].with_user(self.admin)
        gateway = gateways.with_context(default_active=False).create(
            {
                "name": "Open",
                "active": True,
                "environment": "production",
                "username": "campus",
                "trust": "relaxed",
                "relaxed_confirmed": True,
                "relaxed_account": "campus",
            }
        )
        told = gateway.sudo().activity_ids.filtered(
            lambda each: each.activity_type_id == kind
        )
        self.assertIn(self.admin, told.user_id)

    def test_what_others_are_told_to_do_hangs_on_nothing_else(self):
        """As an event whose end would end it."""
        self.keep("mail.activity", summary="Mine", note="Mine")
        vals = {
            "res_model_id": self.env["ir.model"]._get_id("sms.gateway.config"),
            "res_id": self.gateway.id,
            "user_id": self.admin.id,
        }
        activities = self.env["mail.activity"].with_user(self.staff)
        self.assertFalse(activities.sudo().create(vals).summary)
        own = vals | {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.partner.id,
        }
        self.assertEqual(activities.create(own).summary, "Mine")

    def test_no_change_is_made_up_or_moved(self):
        self.gateway.with_user(self.admin).hour_limit = 9
        self.env.cr.precommit.run()
        change = self.gateway.message_ids.sudo().tracking_value_ids[:1]
        field = self.env["ir.model.fields"]._get("sms.campaign", "approved_by_id")
        made_up = Command.create({"field_id": field.id, "new_value_char": "Manager"})
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        for name, command in enumerate((made_up, Command.link(change.id))):
            self.keep("mail.message", tracking_value_ids=[command])
            campaign.with_user(self.staff).name = f"Exams {name}"
            self.env.flush_all()
            self.env.cr.precommit.run()
        told = campaign.message_ids.sudo().tracking_value_ids
        self.assertNotIn(field, told.field_id)
        self.assertEqual(len(told.filtered(lambda t: t.field_id.name == "name")), 2)
        self.assertEqual(change.mail_message_id.model, "sms.gateway.config")

    def test_what_a_person_may_write_has_their_default(self):
        self.keep("sms.campaign", message_class="transactional", budget=12.5)
        self.keep("sms.gateway.config", self.admin, hour_limit=7)
        campaign = self.campaign(self.numbers("0712345678"), as_user=self.staff)
        self.assertEqual(campaign.message_class, "transactional")
        self.assertEqual(campaign.budget, 12.5)
        gateways = self.env["sms.gateway.config"].with_user(self.admin)
        self.assertEqual(gateways.create({"name": "Another"}).hour_limit, 7)

    def test_a_default_passes_no_check_of_what_is_given(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.keep(
            "sms.campaign",
            company_id=elsewhere.id,
            body="x" * 1_000_001,
            sender_id="a\0b",
        )
        told = (
            self.env["sms.campaign"]
            .with_user(self.staff)
            .default_get(["company_id", "body", "sender_id"])
        )
        self.assertEqual(told, {"sender_id": "ab"})
        self.keep("sms.composer", body="x" * 1_000_001)
        with self.assertRaisesRegex(UserError, "too long"):
            self.env["sms.composer"].with_user(self.staff).create({})
        self.keep("sms.optout.word", self.admin, told=True)
        words = self.env["sms.optout.word"].with_user(self.admin)
        with self.assertRaisesRegex(AccessError, "shown in messages"):
            words.create({"word": "halt", "company_id": self.env.company.id})

    def test_a_gateway_ends_no_other_default_than_its_own_companys(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.admin.company_ids += second
        self.keep("sms.gateway.config", self.admin, company_id=second.id)
        gateways = self.env["sms.gateway.config"].with_user(self.admin)
        another = gateways.create({"name": "Another", "is_default": True})
        self.assertEqual(another.company_id, second)
        self.assertTrue(self.gateway.is_default)
