from odoo import api, models

# What only the network said is over; an erased person's own no is not.
NOBODYS_WORD = ("expired", "sender")


class SmsBlacklist(models.Model):
    _inherit = "sms.blacklist"

    @api.model
    def _note_changed(self, phones):
        """Let go of what stands for an erased number when its person is back."""
        result = super()._note_changed(phones)
        back = [
            phone.number
            for phone in phones
            if not phone.active
            and self._act_of(phone.number).reason not in NOBODYS_WORD
        ]
        if back:
            self.env["sms.suppression"].sudo()._lift(back)
        return result
