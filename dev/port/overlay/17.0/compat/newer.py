"""Methods that Odoo's own models have since Odoo 18, for ours to extend."""

from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    def _phone_get_country(self):
        """Return {id: country} by which each one's numbers are read."""
        name = self._phone_get_country_field()
        return {record.id: record[name] for record in self} if name else {}


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def get_sms_link_replacements_placeholders(self):
        """Return what the counter of a text needs of links: nothing here."""
        self.check_access("write")
        return {}


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    @api.model
    def _get_unsubscribe_info(self, url):
        return f"STOP SMS: {url}"
