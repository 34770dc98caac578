from odoo import api, fields, models

from ..message.failure_types import FAILURE_TYPES


class SmsCampaignRecipient(models.Model):
    """One of the people whom a campaign would reach or leave out: its last check.

    Made anew by each check, and gone when the campaign is launched: then the messages
    themselves say all this.
    """

    _name = "sms.campaign.recipient"
    _inherit = ["sms.form.mixin", "sms.number.search"]
    _description = "SMS Campaign Recipient"
    _order = "id"
    _log_access = False
    _rec_name = "name"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    audience_id = fields.Many2one("sms.campaign.audience", ondelete="cascade")
    name = fields.Char()
    number = fields.Char()
    reason = fields.Selection(FAILURE_TYPES, "Left Out Because")
    detail = fields.Char("In Detail")
    line = fields.Integer("Line in the File")
    res_model = fields.Char()
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    parts = fields.Integer()
    forcing = fields.Char(
        "Needs Unicode For", help="The characters that GSM-7 does not have."
    )

    missing = fields.Char("Nothing For", help="What the text asks for and is empty.")
    differs = fields.Boolean(
        "Another Text",
        help="Somebody before has this number, but would read another text.",
    )
    # Alike for texts that are alike; for those of which each number has one only.
    text_key = fields.Char(groups=".")
    once_key = fields.Char(groups=".")

    text = fields.Text(
        "Reads", compute="_compute_text", help="What this person would read."
    )

    _once = models.UniqueIndex(
        "(campaign_id, number, (COALESCE(once_key, ''))) WHERE reason IS NULL"
    )
    _reason_idx = models.Index("(campaign_id, reason)")

    @api.depends("name", "number")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for recipient in self:
            known = [each for each in (recipient.name, recipient.number) if each]
            recipient.display_name = ", ".join(known)
        self._hide_name()

    @api.depends_context("uid")
    def _compute_text(self):
        # Nothing is filled in for somebody whom only a form knows.
        known = self._origin._filtered_access("read")
        for recipient in self:
            recipient.text = False
            stored = recipient._origin
            if stored in known and not stored.reason:
                text, problem = stored.campaign_id.sudo()._preview(stored)
                recipient.text = text or problem

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
