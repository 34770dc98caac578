from odoo import api, models


class MailingList(models.Model):
    """Who gives a list to a mailing, from the list's side, has said whom it goes to."""

    _inherit = "mailing.list"

    @api.model_create_multi
    def create(self, vals_list):
        lists = super().create(vals_list)
        self._note_said(lists.sudo().mailing_ids.with_env(self.env))
        return lists

    def write(self, vals):
        before = self.mailing_ids
        result = super().write(vals)
        if "mailing_ids" in vals:
            after = self.mailing_ids
            self._note_said((before | after) - (before & after))
        return result

    @api.model
    def _note_said(self, mailings):
        """Have mailings keep who has changed whom they go to, and who pays."""
        if mailings:
            mailings.write({"contact_list_ids": []})
