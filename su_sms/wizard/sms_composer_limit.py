from odoo import api, models
from odoo.exceptions import UserError

from ..dispatch import gate
from ..models.ir_actions_server import BY_ACTION
from ..text import placeholders, urls

# Records whose texts are filled in together.
AT_A_TIME = 100
# Characters of typed numbers: a thousand, and what stands between them.
NUMBERS = 20_000


class SmsComposer(models.TransientModel):
    """How much somebody may send from a dialog, by the hour and at once."""

    _inherit = "sms.composer"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_texts(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_texts(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_texts(values)
        return super().onchange(values, field_names, fields_spec)

    def action_send_sms(self):
        """Send as what somebody wrote, unless an action has opened the composer."""
        if self.env.context.get("sms_from_composer") is BY_ACTION:
            return super().action_send_sms()
        self._check_parts()
        composed = self.with_context(sms_from_composer=True)
        return super(SmsComposer, composed).action_send_sms()

    def _prepare_body_values(self, records):
        """Fill the text in for some at a time, and keep no more of it than is read.

        A mailing has one composer for everybody, and each text may be a book.
        """
        bodies = {}
        for start in range(0, len(records), AT_A_TIME):
            some = records[start : start + AT_A_TIME]
            filled = super()._prepare_body_values(some)
            for res_id, body in filled.items():
                if gate.is_too_long(body):
                    filled[res_id] = body[: placeholders.LONGEST + 1]
            bodies |= filled
        return bodies

    def _prepare_log_body_values(self, sms_records_values):
        shown = sms_records_values
        if self.env["sms.gateway.config"]._default_ids():
            shown = {
                res_id: values | {"body": urls.unlinked(values["body"] or "")}
                for res_id, values in shown.items()
            }
        return super()._prepare_log_body_values(shown)

    @api.model
    def _check_texts(self, values):
        """Refuse what takes too long to read, and is no SMS, before anything reads it.

        What an action writes is left to the gate: nobody's record fails to be saved.
        """
        if self.env.context.get("sms_from_composer") is BY_ACTION or self.env.su:
            return
        if gate.is_too_long(values.get("body")):
            raise UserError(self.env._("This text is too long for an SMS."))
        if len(values.get("numbers") or "") > NUMBERS:
            raise UserError(
                self.env._("These are too many numbers for a dialog: make a campaign.")
            )

    def _check_parts(self):
        """Refuse a text of more parts than its gateway lets pass."""
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        if not gateway or gate.is_too_long(self.body):
            return
        parts = gate.parts(gate.prepare(self.body or "", gateway.sanitise))
        if parts > gateway.max_parts:
            raise UserError(
                self.env._(
                    "This text takes %(parts)s SMS for each recipient, and at most"
                    " %(most)s are sent: nothing was sent. Shorten it.",
                    parts=parts,
                    most=gateway.max_parts,
                )
            )
