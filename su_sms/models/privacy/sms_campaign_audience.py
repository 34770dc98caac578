from odoo import models
from odoo.tools import SQL


class SmsCampaignAudience(models.Model):
    _inherit = "sms.campaign.audience"

    def _forget(self):
        """Forget what was pasted or uploaded, and the people found in it."""
        if not self:
            return
        self._forget_files()
        # Not by the ORM: for people, what was launched stays as it is.
        for table in ("sms_campaign_row", "sms_campaign_recipient"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE audience_id IN %s",
                    SQL.identifier(table),
                    tuple(self.ids),
                )
            )
        self.env.cr.execute(
            "UPDATE sms_campaign_audience SET numbers = NULL WHERE id IN %s",
            [tuple(self.ids)],
        )
        self.env.cr.execute(
            "UPDATE sms_campaign_column SET example = NULL WHERE audience_id IN %s",
            [tuple(self.ids)],
        )
        self.env.invalidate_all()

    def _forget_files(self):
        """Remove uploaded files; writing the field would begin the campaign anew."""
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "in", self.ids),
            ]
        ).unlink()
