"""What tests of a campaign's rights start from."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw

from ...campaign_case import CampaignCase

SECRET = "PIN 4711"
WRITTEN = "su_sms.test_written"
# What only an administrator of Odoo may.
READS = "{{ object.env['ir.config_parameter'].get_param('su_sms.test_secret') }}"
WRITES = (
    "{{ object.env['ir.config_parameter'].sudo()"
    f".set_param('{WRITTEN}', 'x') and 'x' or 'x' }}}}"
)


class RightsCase(CampaignCase):
    """An administrator who may see all, and a clerk who must not see a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user(
            "rights_admin", "base.group_system,su_sms.group_gateway_admin"
        )
        cls.manager = cls.user("rights_manager", "su_sms.group_manager")
        cls.clerk = cls.user("rights_clerk", "su_sms.group_user")
        cls.other = cls.user("rights_other", "su_sms.group_user")
        cls.parameters.set_param("su_sms.test_secret", SECRET)
        cls.hidden = cls.env["res.partner"].create(
            {"name": "Hidden Njeri", "phone": "0722 999 888", "ref": SECRET}
        )
        cls.hide(cls.hidden)

    @classmethod
    def hide(cls, partner):
        """Let only who administers Odoo see a contact."""
        for group, domain in (
            (cls.env.ref("base.group_user"), [("id", "!=", partner.id)]),
            (cls.env.ref("base.group_system"), [(1, "=", 1)]),
        ):
            cls.env["ir.rule"].create(
                {
                    "name": "Test",
                    "model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "groups": group.ids,
                    "domain_force": repr(domain),
                }
            )

    def call(self, user, model, method, *arguments, **options):
        """Call a method as the web client does."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            return call_kw(
                self.env[model].with_user(user), method, list(arguments), options
            )
        finally:
            self.env.invalidate_all()

    def said(self, user, model, *arguments):
        """Return all that an onchange tells a user, as text; "" if it is refused."""
        try:
            with self.env.cr.savepoint():
                return json.dumps(
                    self.call(user, model, "onchange", *arguments), default=str
                )
        except (AccessError, UserError):
            return ""

    def everybody(self):
        """Return an audience of all contacts that its author may see."""
        return self.records(self.hidden | self.partner)

    def reached(self, campaign, user=None):
        """Return the names that a campaign would reach, as its people see them."""
        self.work_on_counts()
        return campaign.recipient_ids.filtered(lambda r: not r.reason).mapped("name")

    def work_on_counts(self):
        self.env["sms.campaign"]._work()
        self.env.invalidate_all()
