from odoo import SUPERUSER_ID, Command, api, models
from odoo.exceptions import AccessError, UserError

from ..tools.context import ENDS, loud

# Characters that a field may have, by its type.
LONGEST = {"char": 20_000, "text": 1_000_000}
# Commands that name a line by its id.
NAMING = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


class SmsFormMixin(models.AbstractModel):
    """A form that is not saved yet knows no more than its user may say.

    The values of an onchange are whatever a caller sends: constraints, access rights
    and readonly fields are asked when a record is saved, not before. What a form can't
    know is left out here, so that the database or a default says it.
    """

    _name = "sms.form.mixin"
    _description = "SMS Form"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_given(vals)
        vals_list = [_storable(vals) for vals in vals_list]
        given = loud(self)._sms_untold(self._fields)
        records = super(SmsFormMixin, given).create(vals_list)
        return records.with_env(self.env)

    def write(self, vals):
        self._check_given(vals)
        return super(SmsFormMixin, loud(self)).write(_storable(vals))

    def unlink(self):
        ending = self.with_context(sms_ends=ENDS)
        return super(SmsFormMixin, ending).unlink()

    def copy_data(self, default=None):
        """Copy a record as often as it is named; Odoo would once, and then nothing."""
        known = self.browse(dict.fromkeys(self._ids))
        copied = super(SmsFormMixin, known).copy_data(default)
        data = dict(zip(known._ids, copied, strict=True))
        return [data[each] and dict(data[each]) for each in self._ids]

    @api.model
    def _check_given(self, vals):
        """Refuse values that nobody may give, before anything reads them."""
        self._check_lengths(vals)
        self._check_files(vals)
        self._check_choices(vals)
        self._check_follows(vals)

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        self._hide_name()
        return result

    def _hide_name(self):
        """Name these to nobody who may not read them."""
        if self.env.su and self.env.uid != SUPERUSER_ID:
            stored = self.filtered("id")
            self._hide_names(stored - stored._named_to_user())

    @api.model
    def _hide_names(self, records):
        """Give records a name that tells nothing.

        Odoo asks for a record's name with all rights, such as what a note is about,
        whoever has typed its id.
        """
        kind = records and self.env["ir.model"]._get(records._name).name
        for record in records:
            record.display_name = f"{kind}, {record.id}"

    def _named_to_user(self):
        """Return those of these whose name the user may know."""
        return self.sudo(False)._filtered_access("read").sudo()

    @api.model
    def default_get(self, fields):
        """Leave out what a context or a user's default says and they may not give."""
        defaults = super().default_get(fields)
        return _storable(
            {
                name: value
                for name, value in defaults.items()
                if (field := self._fields.get(name))
                and self._may_be_given(field, value)
            }
        )

    @api.model
    def _may_be_given(self, field, value):
        if field.type == "many2one":
            return not value or self._may_choose(field, value)
        if field.type in LONGEST and isinstance(value, str):
            return len(value) <= self._longest(field)
        return True

    @api.model
    def _sms_by_code(self, names, in_context=False):
        """Return also lines and files, which are checked where they are given.

        What is made with all rights is the code's as a whole. A dialog is opened by
        actions, which say by a context what it is about.
        """
        if self._transient and in_context:
            return set()
        if self.env.su and not self._transient:
            return set(names)
        return {
            name
            for name in names
            if (field := self._fields.get(name))
            and (field.type in ("binary", "one2many") or self._sms_is_closed(field))
        }

    @api.model
    def _check_choices(self, vals):
        """Refuse records that the user may not read: their names would be shown."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type == "many2one" and value and not self.env.su:
                if type(value) is not int:
                    # PostgreSQL would read what Odoo takes for nothing.
                    raise AccessError(self.env._("Invalid record ID."))
                self._check_may_choose(field, value)

    @api.model
    def _check_may_choose(self, field, value):
        if not self._may_choose(field, value):
            raise AccessError(
                self.env._(
                    "You are not allowed to choose this record for “%s”.",
                    field._description_string(self.env),
                )
            )

    @api.model
    def _check_follows(self, vals):
        """Refuse what is stored and follows from other values."""
        if self.env.su:
            return
        for name in vals:
            field = self._fields.get(name)
            if field and field.compute and field.store and field.readonly:
                raise AccessError(
                    self.env._(
                        "“%s” is computed and can't be set.",
                        field._description_string(self.env),
                    )
                )

    @api.model
    def _check_lengths(self, vals):
        """Refuse texts that are too long before anything reads them."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not field or field.type not in LONGEST or not isinstance(value, str):
                continue
            longest = self._longest(field)
            if len(value) > longest:
                raise UserError(
                    self.env._(
                        "“%(name)s” is too long: at most %(most)s characters are"
                        " allowed.",
                        name=field._description_string(self.env),
                        most=f"{longest:,}",
                    )
                )

    @api.model
    def _check_files(self, vals):
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type == "binary" and value:
                if not isinstance(value, str | bytes):
                    raise UserError(
                        self.env._(
                            "“%s” is not a file.", field._description_string(self.env)
                        )
                    )

    @api.model
    def _longest(self, field):
        """Return how many characters a field may have."""
        return LONGEST[field.type]

    def onchange(self, values, field_names, fields_spec):
        genuine = self._genuine_values(values, self)
        # Odoo takes what has changed out of the values.
        changed = [name for name in field_names if name in genuine]
        if field_names and not changed:
            return {}
        result = super().onchange(genuine, changed, fields_spec)
        self._tell_what_is_as_before(values, genuine, fields_spec, result)
        return result

    @api.model
    def _tell_what_is_as_before(self, values, genuine, fields_spec, result):
        """Add to an onchange what the form shows and is not so any more.

        Odoo compares with what the form has sent, and what it can't know was left out:
        a warning that has come would not go away. Only for what follows from the form's
        own plain fields: the rest is dear, and its form reads it again.

        :param result: of Odoo's onchange; changed here
        """
        told = result.setdefault("value", {})
        spec = {
            name: fields_spec[name]
            for name in fields_spec
            if name in values
            and name not in genuine
            and name not in told
            and self._follows_plainly(self._fields.get(name))
        }
        if spec:
            [found] = self.new(genuine, origin=self).web_read(spec)
            told.update(
                {name: found[name] for name in spec if found[name] != values[name]}
            )

    @api.model
    def _follows_plainly(self, field):
        """Tell whether a field is computed from fields that are not."""
        if not field or not field.compute or field.type in ("one2many", "many2many"):
            return False
        return all(
            name in self._fields
            and not self._fields[name].compute
            and self._fields[name].type not in ("one2many", "many2many")
            for name in self.pool.field_depends[field]
        )

    @api.model
    def _genuine_values(self, values, origin):
        """Return the values that a user may give to this form.

        :param values: {field: value} in the format of onchange
        :param origin: the record that the form is of, or none
        """
        return {
            name: genuine
            for name, value in values.items()
            if (field := self._fields.get(name))
            and not field.readonly
            and origin._has_field_access(field, "write")
            and (genuine := self._genuine_value(field, value, origin)) is not None
        }

    @api.model
    def _genuine_value(self, field, value, origin):
        """Return a value that a user may give to a field, or None.

        :raise AccessError: if it names a record that the user may not read
        """
        if field.type in ("one2many", "many2many"):
            return self._genuine_lines(field, value or [], origin)
        self._check_lengths({field.name: value})
        self._check_files({field.name: value})
        if field.type == "many2one" and isinstance(value, dict):
            if self.pool.field_inverses[field]:
                return self._genuine_parent(field, value)
            value = value.get("id")
        if field.type == "many2one" and value:
            stored = origin[field.name].id if origin else False
            if value != stored:
                self._check_may_choose(field, value)
        return value

    @api.model
    def _genuine_parent(self, field, values):
        """Return what the form that a line's form was opened from has, or None."""
        parents = self.env[field.comodel_name]
        parent = parents.browse(_stored([values.get("id")]))
        if len(parent._filtered_access("read").exists()) != len(parent):
            return None
        if isinstance(parents, SmsFormMixin):
            genuine = parents._genuine_values(values, parent)
        else:
            genuine = {}
        return {**genuine, "id": parent.id}

    @api.model
    def _genuine_lines(self, field, commands, origin):
        """Return the commands that are for lines of the form's own record.

        A line of another record belongs to it, whatever a form says; what has no line
        of its own is linked if it may be read.
        """
        own = set(origin[field.name]._ids) if origin else set()
        if field.type == "many2many":
            own |= self._readable_among(field, commands)
        genuine = []
        for command in commands:
            code, line_id, *rest = command
            if code == Command.SET:
                chosen = [each for each in rest[0] if each in own]
                genuine.append(Command.set(chosen))
            elif code == Command.CLEAR:
                genuine.append(command)
            elif code == Command.CREATE or (code in NAMING and line_id in own):
                genuine.append(self._genuine_line(field, command))
        return genuine

    @api.model
    def _genuine_line(self, field, command):
        code, line_id, *rest = command
        if code not in (Command.CREATE, Command.UPDATE):
            return command
        lines = self.env[field.comodel_name]
        values = rest[0] or {}
        if isinstance(lines, SmsFormMixin):
            line = lines.browse(line_id if code == Command.UPDATE else ())
            values = lines._genuine_values(values, line)
        elif code == Command.UPDATE:
            # Nothing of ours lets anybody change another model's records in its form.
            return Command.link(line_id)
        return (code, line_id, values)

    @api.model
    def _readable_among(self, field, commands):
        """Return the ids that commands name and that the user may read."""
        named = set()
        for code, line_id, *rest in commands:
            named.update(rest[0] if code == Command.SET else [line_id])
        records = self.env[field.comodel_name].browse(_stored(named))
        return set(records._filtered_access("read").exists()._ids)

    @api.model
    def _may_choose(self, field, res_id):
        """Tell whether the user may choose this record for a many2one field."""
        if self.env.su:
            return True
        record = self.env[field.comodel_name].browse(_stored([res_id])).exists()
        if record._name == "res.company":
            return record in self.env.user.company_ids
        return bool(record._filtered_access("read"))


def _storable(vals):
    """Return values without the one character that PostgreSQL keeps in no text."""
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value
        for name, value in vals.items()
    }


def _stored(ids):
    """Return those that can be ids of stored records."""
    return [each for each in ids if type(each) is int and each > 0]
