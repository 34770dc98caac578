"""Each role's unsaved forms of each model, with everything in them forged."""

import itertools
import json
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .matrix import OPERATIONS, ROLES
from .test_matrix import FOREIGN, ODOOS, OTHERS, MatrixCase

WRITTEN = "su_sms.test_written"
CODE = f"{{{{ object.env['ir.config_parameter'].sudo().set_param('{WRITTEN}', 'x') }}}}"
# Columns that a marker would make unreadable for Odoo itself.
STRICT = {"res_model", "model", "ical", "lang"}
TEXTS = ("char", "text", "html")
AMOUNT = 48151.62


class _UndoneError(Exception):
    """Ends a savepoint: nothing of what was called stays."""


@tagged("post_install", "-at_install")
class TestFormMatrix(MatrixCase):
    """Nothing that the caller may not read comes back, and no code runs."""

    def setUp(self):
        super().setUp()
        self.numbers_of_marks = itertools.count()

    def test_forged_forms_tell_nothing_and_run_nothing(self):
        models = [model for model in OPERATIONS if model not in ODOOS]
        for role, user in self.users.items():
            for model in models:
                if not self.env[model].with_user(user).has_access("create"):
                    continue
                with self.subTest(model=model, role=role):
                    self.forge_forms(model, role, user)

    def forge_forms(self, model, role, user):
        own = self.record(model, role, "own")
        secrets = self.mark(role, user)
        spec = self.everything(self.env[model].with_user(user))
        for name, field in self.env[model]._fields.items():
            # Texts name nobody: all of them at once, below, are tried on both.
            records = (own,) if field.type in TEXTS else (own.browse(), own)
            for forged in self.forgeries(model, name, role):
                for record in records:
                    for changed in ([], [name])[-len(records) :]:
                        said = self.said(record.with_user(user), forged, changed, spec)
                        for secret, whose in secrets.items():
                            self.assertNotIn(secret, said, (name, forged, whose))
        every = {}
        for name in self.env[model]._fields:
            for forged in self.forgeries(model, name, role):
                every |= forged
        for record in (own.browse(), own):
            said = self.said(record.with_user(user), every, [], spec)
            for secret, whose in secrets.items():
                self.assertNotIn(secret, said, whose)
        self.assertFalse(self.parameters.get_param(WRITTEN))

    def said(self, record, values, changed, spec):
        """Return what an onchange gives as text, "" if it is refused."""
        self.env.invalidate_all()
        found = None
        with suppress(_UndoneError, AccessError, UserError, ValueError, TypeError):
            with self.env.cr.savepoint():
                arguments = [record.ids, dict(values), changed, spec]
                found = call_kw(record.browse(), "onchange", arguments, {})
                raise _UndoneError
        self.env.invalidate_all()
        return json.dumps(found, default=str) if found else ""

    # ------------------------------------------------------------
    # What is forged, and what must not come back
    # ------------------------------------------------------------

    def forgeries(self, model, name, role):
        """Return values that a field might be given by somebody who means harm."""
        field = self.env[model]._fields[name]
        if field.type in TEXTS:
            return [{name: CODE}]
        if not field.relational or field.comodel_name not in OPERATIONS:
            if field.type == "many2one" and field.comodel_name == "res.users":
                return [{name: self.env.ref("base.user_admin").id}]
            if field.type == "many2one" and field.comodel_name == "res.company":
                return [{name: self.elsewhere.id}]
            return []
        found = []
        for whose in (OTHERS, FOREIGN):
            record = self.record(field.comodel_name, role, whose)
            if not record:
                continue
            line = self.line_of(record)
            if field.type == "many2one":
                found += [{name: record.id}, {name: {"id": record.id, **line}}]
                continue
            found += [
                {name: [command]}
                for command in (
                    [Command.CREATE, "virtual_1", line],
                    [Command.UPDATE, record.id, line],
                    [Command.LINK, record.id, False],
                    [Command.SET, False, record.ids],
                )
            ]
        return found

    def line_of(self, record):
        """Return what a line would have that says it is like another's record."""
        line = {}
        for name, field in record._fields.items():
            if field.type in TEXTS and name not in STRICT:
                line[name] = CODE
            elif field.type == "many2one" and field.store and record[name]:
                line[name] = record[name].id
            elif field.store and field.type in ("integer", "many2one_reference"):
                line[name] = record[name]
            elif name in STRICT:
                line[name] = record[name]
        return {name: value for name, value in line.items() if name != "id"}

    def everything(self, model):
        """Return the specification of all fields that a user may read, and of lines."""
        spec = {}
        for name in model.fields_get(attributes=["type"]):
            field = model._fields[name]
            spec[name] = {}
            if field.relational:
                lines, inner = self.env[field.comodel_name].with_env(model.env), {}
                if field.comodel_name in OPERATIONS:
                    inner = dict.fromkeys(lines.fields_get(attributes=["type"]), {})
                spec[name]["fields"] = inner | {"display_name": {}}
        return spec

    def mark(self, role, user):
        """Mark all texts of records that a user may not read; return mark -> whose."""
        marks = {}
        for model in OPERATIONS:
            for whose in (OTHERS, FOREIGN):
                record = self.record(model, role, whose)
                if not record or record.with_user(user).has_access("read"):
                    continue
                if model in ODOOS:
                    continue
                if record == self.gateway:
                    # Its senders, prices and hours are shown to who sends by it.
                    continue
                mark = f"MARK{next(self.numbers_of_marks)}OF"
                marks[mark] = (model, whose)
                self.mark_one(record, mark)
        if not self.gateways[self.elsewhere].with_user(user).has_access("read"):
            marks[str(AMOUNT)] = ("sms.gateway.config", FOREIGN)
            self.env.cr.execute(
                "UPDATE sms_gateway_config SET balance = %s, day_budget = %s"
                " WHERE id = %s",
                [AMOUNT, AMOUNT, self.gateways[self.elsewhere].id],
            )
        self.env.invalidate_all()
        return marks

    def mark_one(self, record, mark):
        self.env.flush_all()
        for name, field in record._fields.items():
            if field.store and field.type in TEXTS and name not in STRICT:
                if not field.column_type or field.translate or field.inherited:
                    continue
                self.env.cr.execute(
                    f'UPDATE "{record._table}" SET "{name}" = %s WHERE id = ANY(%s)',
                    [mark + name, record.ids],
                )

    def test_the_roles_that_have_forms_are_tried(self):
        tried = {
            role
            for role, user in self.users.items()
            for model in OPERATIONS
            if self.env[model].with_user(user).has_access("create")
        }
        self.assertLessEqual({"user", "manager", "gateway", "system"}, tried)
        self.assertLess(tried, set(ROLES))
