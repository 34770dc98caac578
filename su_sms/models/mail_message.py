from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

CHANGES = "tracking_value_ids"
# Said by the code that has seen a change, and by no client: see mail_thread.
TRACKING = object()
# What says who said something, of what, when and how.
WHOSE = {"author_id", "date", "email_from", "message_type", "model", "res_id"}


class MailMessage(models.Model):
    """What a gateway's or a campaign's chatter tells is on record.

    Odoo lets whoever may write a document rewrite and delete each of its notes, and say
    whose they are. Here people change their own comments only.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._without_forged_changes(vals) for vals in vals_list]
        if not self.env.su:
            model = self.env.context.get("default_model")
            own = {
                "author_id": self.env.user.partner_id.id,
                "email_from": self.env.user.email_formatted,
            }
            vals_list = [
                vals | own if self._is_on_record(vals.get("model", model)) else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Let no comment become somebody else's, or a note of ours, afterwards."""
        if WHOSE & set(vals) and not self.env.su:
            models_named = {vals.get("model"), *self.sudo().mapped("model")}
            if any(map(self._is_on_record, models_named)):
                raise self._note_error()
        return super().write(self._without_forged_changes(vals))

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


def _named(command):
    """Return the ids that a command names."""
    if command[0] == Command.SET:
        return command[2]
    return [command[1]] if command[1] else []
