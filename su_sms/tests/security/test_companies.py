"""Nothing gets into a company that its writer is not in."""

import contextlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..campaign_case import CampaignCase
from .matrix import GATEWAY, OPERATIONS, ROLES
from .records import values

# Of it more is asked, by tests of its own.
ELSEWHERE = {"sms.sms"}


@tagged("post_install", "-at_install")
class TestCompanies(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls.user(f"companies_{role}", groups)
            for role, groups in ROLES.items()
        }
        cls.elsewhere = cls.env["res.company"].create(
            {"name": "Elsewhere", "country_id": cls.env.ref("base.ke").id}
        )
        cls.theirs = cls.gateway.create(
            {"name": "Theirs", "company_id": cls.elsewhere.id, "is_default": True}
        )

    def setUp(self):
        super().setUp()
        self.made = {}

    def record(self, model, user, company):
        """Return a record of each model, made by ``user`` for ``company``."""
        if model == "res.company":
            return company
        if model == "sms.gateway.config":
            return self.theirs if company == self.elsewhere else self.gateway
        key = model, user, company
        if key not in self.made:
            env = self.env(user=user, su=True)["base"].with_company(company).env
            owned = values(model, lambda name: self.record(name, user, company), env)
            self.made[key] = env[model].create(owned).with_env(self.env)
        return self.made[key]

    def ways(self):
        """Return (user, record, field, what of another company it could be set to)."""
        for model in sorted(OPERATIONS.keys() - ELSEWHERE):
            for role in OPERATIONS[model].get("write", {}):
                user = self.users[role]
                for name, field in self.env[model]._fields.items():
                    target = field.comodel_name
                    if (
                        field.type != "many2one"
                        or not field.store
                        or target not in {"res.company", *OPERATIONS}
                    ):
                        continue
                    foreign = self.record(target, user, self.elsewhere)
                    if not foreign.with_user(user).has_access("read"):
                        record = self.record(model, user, self.env.company)
                        yield user, record, name, foreign

    def test_a_record_is_not_written_into_another_company(self):
        tried = set()
        for user, record, name, foreign in self.ways():
            with self.subTest(record._name, field=name, user=user.login):
                before = record[name]
                refused = contextlib.suppress(AccessError, UserError)
                with refused, self.env.cr.savepoint():
                    record.with_user(user).write({name: foreign.id})
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(record[name], before)
                tried.add((record._name, name))
        self.assertGreater(len(tried), 11, tried)

    def test_a_gateway_takes_no_messages_of_another_company(self):
        theirs = self.env["sms.gateway.config"].with_user(self.users[GATEWAY])
        for vals in (
            {"company_id": self.elsewhere.id},
            {"company_id": self.elsewhere.id, "is_default": True},
        ):
            with self.subTest(vals):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.gateway.with_env(theirs.env).write(vals)
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    theirs.create({"name": "Mine"} | vals)
                self.env.invalidate_all()
                self.assertTrue(self.theirs.is_default)
                self.assertEqual(theirs._gateway_of(self.elsewhere), self.theirs)
