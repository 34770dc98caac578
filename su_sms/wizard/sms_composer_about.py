from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _prepare_mass_sms_values(self, records):
        """Keep which record each message of a list is about, as no chatter may tell."""
        result = super()._prepare_mass_sms_values(records)
        if not self._is_mass_sms() and self.env["sms.gateway.config"]._default_ids():
            for record in records:
                about = {"res_model": record._name, "res_id": record.id}
                result[record.id].update(about)
        return result
