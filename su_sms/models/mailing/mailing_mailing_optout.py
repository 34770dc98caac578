import hmac

from odoo import api, models
from odoo.addons.mass_mailing_sms.models.mailing_trace import MailingTrace

from ...tools.acts import Act

LARGEST_ID = 2**31 - 1


class MailingMailing(models.Model):
    """A mailing through a gateway ends with the gateway's link to opt out."""

    _inherit = "mailing.mailing"

    def get_sms_link_replacements_placeholders(self):
        """Give the counter what is as long as what will be put in."""
        placeholders = super().get_sms_link_replacements_placeholders()
        company = self._sms_company()
        if self.env["sms.gateway.config"]._gateway_of(company):
            mailing_id = self.id
            if not mailing_id:
                # The next one's has as many digits as this one's will have.
                mailing_id = self.sudo().search([], order="id desc", limit=1).id + 1
            links = self.env["sms.optout.link"]
            text = links._told(links._blank_url(company, mailing_id))
            placeholders["unsubscribe"] = f"\n{text}"
        return placeholders

    @api.model
    def _opt_out_by_code(self, mailing_id, code, number):
        """Opt a number out if Odoo's link with this code was sent to it.

        A code that nobody guesses is none of Odoo's: it stands for a text without one.

        :param number: in E.164
        :return: whether it was
        """
        if len(code) != MailingTrace.CODE_SIZE or mailing_id > LARGEST_ID:
            return False
        mailing = self.browse(mailing_id).exists()
        traces = self.env["mailing.trace"].search(
            [
                ("mass_mailing_id", "=", mailing.id),
                ("trace_type", "=", "sms"),
                ("is_test_trace", "=", False),
                ("trace_status", "!=", "cancel"),
                ("sms_number", "=", number),
            ]
        )
        traces = traces.filtered(
            lambda trace: hmac.compare_digest(trace.sms_code.encode(), code.encode())
        )
        if not any(mailing._carried_code(trace) for trace in traces):
            return False
        blacklist = self.env["sms.blacklist"].sudo()
        if number not in blacklist._opted_out([number]):
            note = self.env._("By the link of a mailing that had no gateway.")
            act = Act(
                "web_link", "web", note=note, company_id=mailing._sms_company().id
            )
            blacklist._opt_out([number], act)
        return True

    def _carried_code(self, trace):
        """Tell whether the text of a trace had Odoo's link, as far as it is kept."""
        if not self.sms_allow_unsubscribe:
            return False
        body = trace.sms_id.sudo().body
        return not body or f"/sms/{self.id}/{trace.sms_code}" in body
