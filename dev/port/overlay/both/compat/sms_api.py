"""Odoo's SMS service as a class that a company chooses."""

from odoo import models
from odoo.addons.mass_mailing_sms.wizard import mailing_sms_test
from odoo.addons.sms.tools.sms_api import SmsApi


class SmsApiBase:
    """A provider; a test mailing tells what it gives as reasons."""

    def __init__(self, env):
        self.env, self.company = env, env.company

    def _get_sms_api_error_messages(self):
        return {}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        return SmsApi


def _chosen(env):
    """Return the provider of the company at work, for a test mailing."""
    # A database of this server may have no su_sms.
    choose = getattr(env.company, "_get_sms_api_class", lambda: SmsApi)
    return choose()(env)


# The one place beside sms.sms where Odoo names its service itself.
mailing_sms_test.SmsApi = _chosen
