"""Each role against each model, record and public method, over Odoo's RPC."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from ..campaign_case import CampaignCase
from .matrix import (
    ALL,
    ARGUMENTS,
    EVERYWHERE,
    FULL,
    METHODS,
    MINE,
    OPERATIONS,
    OWN,
    PORTAL,
    PUBLIC,
    ROLES,
)
from .records import values

# What every model has; tested as operations on records, and by test_form_matrix.py.
CRUD = {
    "copy",
    "copy_data",
    "create",
    "default_get",
    "export_data",
    "fields_get",
    "onchange",
    "unlink",
    "web_read",
    "write",
}
# What every record with a chatter has, by Odoo's own rights; see test_length.py.
# And its mail gateway, of which we let through less: see TestEmails.
CHATTER = {"message_notify", "message_post", "message_process"}
# Models of Odoo's that have a row as well.
ODOOS = {"phone.blacklist", "sms.sms"}
OTHERS, FOREIGN = "others", "foreign"
#: whose record -> the reach that leads there
LEADS = {
    OWN: {OWN, MINE, ALL, EVERYWHERE},
    OTHERS: {ALL, EVERYWHERE},
    FOREIGN: {MINE, EVERYWHERE},
}


class MatrixCase(CampaignCase):
    """A user of each role, and records of their own, of colleagues and elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls.user(f"matrix_{role}", groups) for role, groups in ROLES.items()
        }
        cls.colleague = cls.user("matrix_colleague", "su_sms.group_gateway_admin")
        cls.elsewhere = cls.env["res.company"].create(
            {"name": "Elsewhere", "country_id": cls.env.ref("base.ke").id}
        )
        cls.gateways = {
            cls.env.company: cls.gateway,
            cls.elsewhere: cls.gateway.create(
                {
                    "name": "Elsewhere",
                    "company_id": cls.elsewhere.id,
                    "is_default": True,
                }
            ),
        }

    def setUp(self):
        super().setUp()
        self.made = {}

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    def record(self, model, role, whose):
        """Return a record: the role's own, a colleague's, or one of another company."""
        user = self.colleague if whose == OTHERS else self.users[role]
        company = self.elsewhere if whose == FOREIGN else self.env.company
        if model == "sms.gateway.config":
            return self.gateways[company]
        if self.env[model]._abstract:
            return self.env[model]
        key = model, user, company
        if key not in self.made:
            env = self.env(user=user, su=True)
            env = env["base"].with_company(company).env
            owned = values(model, lambda name: self.record(name, role, whose), env)
            # Nobody makes a message of a company that they are not in, but may once
            # have been in it.
            theirs = user.company_ids
            user.company_ids |= company
            self.made[key] = env[model].create(owned).with_env(self.env)
            user.company_ids = theirs
        return self.made[key]


@tagged("post_install", "-at_install")
class TestMatrix(MatrixCase):
    # ------------------------------------------------------------
    # The table is complete
    # ------------------------------------------------------------

    def own_models(self):
        """Return the names of the models that su_sms has made."""
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "su_sms" and not model._abstract
        }

    def public_methods(self):
        """Return (model, method) of all that su_sms lets RPC call, but for CRUD."""
        found = set()
        for name, model in self.env.registry.items():
            inherited = model._inherit_children or model._original_module != "su_sms"
            if model._abstract and inherited:
                # Called on those that inherit it.
                continue
            for base in model.mro():
                if not base.__module__.startswith("odoo.addons.su_sms."):
                    continue
                for method, value in vars(base).items():
                    if callable(value) and self.is_public(name, method):
                        found.add((name, method))
        return {row for row in found if row[1] not in CRUD | CHATTER}

    def is_public(self, model, method):
        if method.startswith("_"):
            return False
        try:
            get_public_method(self.env[model], method)
        except AccessError:
            return False
        return True

    def test_every_model_has_a_row(self):
        self.assertEqual(set(OPERATIONS) - ODOOS, self.own_models())

    def test_every_public_method_has_a_row(self):
        self.assertEqual(set(METHODS), self.public_methods())

    # ------------------------------------------------------------
    # The table is true
    # ------------------------------------------------------------

    def test_operations(self):
        for model, rows in OPERATIONS.items():
            for role, user in self.users.items():
                for whose in LEADS:
                    record = self.record(model, role, whose).with_user(user)
                    for operation in FULL:
                        reach = rows.get(operation, {}).get(role)
                        with self.subTest(
                            model=model, role=role, whose=whose, operation=operation
                        ):
                            self.assertEqual(
                                record.has_access(operation), reach in LEADS[whose]
                            )

    def test_methods(self):
        for (model, method), row in METHODS.items():
            for role in self.users:
                for whose in LEADS:
                    with self.subTest(
                        model=model, method=method, role=role, whose=whose
                    ):
                        allowed = self.call(model, method, role, whose)
                        self.assertEqual(allowed, row.get(role) in LEADS[whose])

    def test_names(self):
        """Odoo tells whoever asks what a note would be about, by its id alone."""
        for model, rows in OPERATIONS.items():
            if self.env[model]._transient:
                continue
            for role in self.users:
                for whose in LEADS:
                    reach = rows.get("read", {}).get(role)
                    known = reach in LEADS[whose] or (
                        # Employees see by what their companies send.
                        model == "sms.gateway.config"
                        and whose != FOREIGN
                        and role not in (PUBLIC, PORTAL)
                    )
                    with self.subTest(model=model, role=role, whose=whose):
                        record = self.record(model, role, whose)
                        kind = self.env["ir.model"]._get(model).name
                        hidden = f"{kind}, {record.id}"
                        shown = record.display_name if known else hidden
                        self.assertEqual(self.name_told(record, role), shown)

    def name_told(self, record, role):
        """Return what Odoo calls a record when somebody begins a note about it."""
        about = {"model": record._name, "res_id": record.id}
        self.env.invalidate_all()
        user = self.users[role]
        notes = self.env["mail.message"].with_user(user)
        try:
            told = notes.onchange(about, list(about), {"record_name": {}})
            return told["value"].get("record_name", False)
        except AccessError:
            return f"{self.env['ir.model']._get(record._name).name}, {record.id}"
        finally:
            self.env.invalidate_all()

    def call(self, model, method, role, whose):
        """Call a method as the web client does; tell whether it was allowed.

        Whether it makes sense for the record just now is another question.
        """
        record = self.record(model, role, whose)
        on_model = getattr(type(record), method)
        ids = [] if getattr(on_model, "_api_model", False) else [record.ids]
        arguments = [*ids, *ARGUMENTS.get(method, [])]
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                model = record.with_user(self.users[role]).browse()
                call_kw(model, method, arguments, {})
                raise _UndoneError
        except AccessError:
            return False
        except (_UndoneError, UserError):
            return True
        finally:
            self.env.invalidate_all()


class _UndoneError(Exception):
    """Ends a savepoint: nothing of what was called stays."""
