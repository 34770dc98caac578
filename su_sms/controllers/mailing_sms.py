"""Odoo's own link to opt out, of mailings that had left before there was a gateway."""

from odoo import http
from odoo.addons.mass_mailing_sms.controllers.main import MailingSMSController
from odoo.http import request

from . import optout


class MailingSms(MailingSMSController):
    @http.route()
    def blacklist_number(self, mailing_id, trace_code, **post):
        """Lead to the page that asks: Odoo opts out whoever follows the address."""
        mailing = request.env["mailing.mailing"].sudo().browse(mailing_id).exists()
        company = mailing._sms_company()
        if not request.env["sms.gateway.config"]._gateway_of(company):
            return super().blacklist_number(mailing_id, trace_code, **post)
        number = (post.get("sms_number") or "").strip()
        found = self._check_trace(mailing_id, trace_code).get("trace") or ()
        if not any(trace.sms_number == number for trace in found):
            optout.slow_down(optout.mistakes)
            return optout.unknown()
        links = request.env["sms.optout.link"].sudo()
        return request.redirect(links._urls([number], company, mailing.id)[number])
