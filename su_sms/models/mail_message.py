from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..tools.context import ENDS

CHANGES = "tracking_value_ids"
# Said by the code that has seen a change, and by no client: see mail_thread.
TRACKING = object()
# What says who said something, of what, when and how.
WHOSE = {"author_id", "date", "email_from", "message_type", "model", "res_id"}
# That, and what was said, in answer to what.
SAID = WHOSE | {"body", "parent_id"}
# What somebody has written themselves.
WRITTEN = ("comment", "email", "email_outgoing")


class MailMessage(models.Model):
    """What a gateway's or a campaign's chatter tells is on record.

    Odoo lets whoever may write a document rewrite and delete each of its notes, and say
    whose they are. Here people change their own comments only: also where code of
    Odoo's has all rights, as it then may do so with what somebody has given it.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._without_forged_changes(vals) for vals in vals_list]
        if self.env.uid != SUPERUSER_ID:
            vals_list = [
                self._by_its_writer(without_others(self, v)) for v in vals_list
            ]
        return super().create(vals_list)

    def _by_its_writer(self, vals):
        """Return values of a note of ours that say who writes it, and now."""
        model = vals.get("model", self.env.context.get("default_model"))
        if not self._is_on_record(model):
            return vals
        user = self.env.user
        kept = {
            name: value
            for name, value in vals.items()
            if name not in ("author_guest_id", "date")
        }
        own = {"author_id": user.partner_id.id, "email_from": user.email_formatted}
        return kept | own

    def write(self, vals):
        """Let no comment become somebody else's, or a note of ours, afterwards."""
        if self.env.uid != SUPERUSER_ID and SAID & set(vals):
            for note in self.sudo():
                if any(map(self._is_on_record, {vals.get("model"), note.model})):
                    note.with_env(self.env)._check_stays(vals)
        vals = without_others(self, vals)
        return super().write(self._without_forged_changes(vals))

    def _check_stays(self, vals):
        """Refuse to change a note on record, but what somebody has written themselves.

        What code with all rights writes anew as it was is no change.
        """
        self.ensure_one()
        changed = WHOSE & set(vals)
        if self.env.su:
            changed = {
                name
                for name in SAID & set(vals)
                if (field := self._fields[name]).convert_to_cache(vals[name], self)
                != field.convert_to_cache(self[name], self)
            }
        if changed - {"body"} or (changed and not self._is_own()):
            raise self._note_error()

    def _is_own(self):
        """Tell whether the user has written this."""
        note = self.sudo()
        return note.create_uid == self.env.user and note.message_type in WRITTEN

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """Let notes on record end with what they are about, and not before.

        Who has no more rights than their own is asked by ``_check_access``.
        """
        ends = self.env.context.get("sms_ends") is ENDS
        if self.env.su and self.env.uid != SUPERUSER_ID and not ends:
            on_record = self.filtered(lambda note: self._is_on_record(note.model))
            if not all(note._is_own() for note in on_record):
                raise self._note_error()

    def _without_forged_changes(self, vals):
        """Return values without tracked changes that no change has made.

        Odoo takes them from whoever posts, and writes them with all rights: made up,
        or those of another note.
        """
        changes = vals.get(CHANGES)
        if not changes or self.env.context.get("sms_tracking") is TRACKING:
            return vals
        model = vals.get("model", self.env.context.get("default_model"))
        if not any(map(self._is_on_record, {model, *self.sudo().mapped("model")})):
            made = [change for change in changes if change[0] == Command.CREATE]
            if len(made) == len(changes):
                return vals
            named = {each for change in changes for each in _named(change)}
            known = self.env["mail.tracking.value"].sudo().browse(named).exists()
            notes = known.mail_message_id
            if not any(map(self._is_on_record, notes.mapped("model"))):
                return vals
        return {name: value for name, value in vals.items() if name != CHANGES}

    def _check_access(self, operation):
        """Let people write and delete what they have said themselves, and no note."""
        result = super()._check_access(operation)
        if self.env.su or operation not in ("write", "unlink"):
            return result
        notes = self.sudo().filtered(
            lambda message: (
                self._is_on_record(message.model)
                and (message.message_type, message.create_uid)
                != ("comment", self.env.user)
            )
        )
        if not notes:
            return result
        refused = result[0] if result else self.browse()
        return refused | notes.with_env(self.env), self._note_error

    @api.model
    def _is_on_record(self, model):
        """Tell whether a model's notes say who did what to something of ours."""
        return model in self.env and isinstance(
            self.env[model], self.pool["sms.form.mixin"]
        )

    @api.model
    def _note_error(self):
        return AccessError(
            self.env._(
                "These notes can't be changed or deleted. You can edit your own"
                " notes, or add new ones."
            )
        )


def without_others(records, vals):
    """Return values without commands on what the user may not change, or enclose.

    Code of Odoo's with all rights takes them from whoever calls it.
    """
    if not records.env.su or records.env.uid == SUPERUSER_ID:
        return vals
    kept = dict(vals)
    for name, commands in vals.items():
        field = records._fields.get(name)
        if (
            field
            and field.type in ("one2many", "many2many")
            and isinstance(commands, list | tuple)
        ):
            lines = records.env[field.comodel_name]
            kept[name] = [
                allowed
                for each in commands
                if (allowed := _allowed(lines, field, each)) is not None
            ]
    return kept


def _allowed(lines, field, command):
    """Return a command as far as the user may do it, or None."""
    if isinstance(command, int):
        command = Command.link(command)
    code = command[0]
    if code in (Command.CREATE, Command.CLEAR):
        return command
    ids = _named(command)
    files = lines._name == "ir.attachment" and code in (Command.LINK, Command.SET)
    if files and field.type == "many2many":
        closed = lines.browse(ids).exists()
        closed = closed._of_fields() | closed._of_others()
        unread = closed - closed.sudo(False)._filtered_access("read").sudo()
        ids = [each for each in ids if each not in unread._ids]
        if code == Command.SET:
            return Command.set(ids)
        return command if ids else None
    changes = code in (Command.UPDATE, Command.DELETE)
    if not ids or not (changes or field.type == "one2many"):
        return command
    operation = "unlink" if code == Command.DELETE else "write"
    mine = lines.browse(ids).exists().sudo(False)._filtered_access(operation)
    return command if set(ids) <= set(mine._ids) else None


def _named(command):
    """Return the ids that a command names."""
    if command[0] == Command.SET:
        return command[2]
    return [command[1]] if command[1] else []
