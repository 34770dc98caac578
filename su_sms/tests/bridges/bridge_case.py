"""What tests beside every addon of Odoo's that sends SMS start from.

On a database of its own that has them all (``dev test bridges``).
"""

from datetime import timedelta

from odoo import fields

from ..common import GatewayCase


class BridgeCase(GatewayCase):
    """Two companies with a gateway each; jobs run in the first one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sms.sms"].search([]).unlink()
        cls.other = cls.env["res.company"].create(
            {"name": "Other", "country_id": cls.env.ref("base.ke").id}
        )
        cls.its_gateway = cls.gateway.create(
            {
                "name": "Its own",
                "company_id": cls.other.id,
                "api_key": cls.server.api_key,
                "attempts": 1,
                "use_window": False,
            }
        )
        # Whose company nothing but their name on a record tells.
        cls.responsible = cls.user(
            "bridges_responsible",
            "base.group_user,base.group_partner_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )
        cls.tomorrow = fields.Datetime.now() + timedelta(days=1)

    def template(self, model, body="Hello"):
        return self.env["sms.template"].create(
            {
                "name": "Test",
                "model_id": self.env["ir.model"]._get_id(model),
                "body": body,
            }
        )

    def action(self, model, template=None):
        """Return a server action that sends, as automation rules have one."""
        return self.env["ir.actions.server"].create(
            {
                "name": "Send",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "sms",
                "sms_template_id": (template or self.template(model)).id,
                "sms_method": "sms",
            }
        )

    def automation(self, model, trigger="on_create"):
        """Return a rule that sends an SMS whenever such a record is made."""
        return self.env["base.automation"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id(model),
                "trigger": trigger,
                "action_server_ids": [(6, 0, self.action(model).ids)],
            }
        )

    def new(self, since):
        return self.env["sms.sms"].search([("id", ">", since)], order="id")

    def last_id(self):
        return self.env["sms.sms"].search([], order="id DESC", limit=1).id or 0
