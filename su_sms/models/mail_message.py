from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _sms_records(self):
        """Return {message: the record that it is about}, in a query for each model."""
        records = {}
        self.fetch(["model", "res_id", "record_company_id"])
        for model, messages in self.grouped("model").items():
            if model not in self.env:
                continue
            found = self.env[model].browse(messages.mapped("res_id")).exists()
            by_id = {record.id: record for record in found}
            records |= {each: by_id.get(each.res_id) for each in messages}
        return records
