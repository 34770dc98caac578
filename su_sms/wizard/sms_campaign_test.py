from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..text import numbers, phone
from ..tools.reasons import sentence

MOST = 10


class SmsCampaignTest(models.TransientModel):
    """A campaign's text, sent to a few numbers as a recipient would get it."""

    _name = "sms.campaign.test"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Campaign Test"

    campaign_id = fields.Many2one("sms.campaign", required=True)
    numbers = fields.Text("To", required=True, default=lambda self: self._own_number())
    recipient_id = fields.Many2one(
        "sms.campaign.recipient",
        "Preview For",
        domain="[('campaign_id', '=', campaign_id), ('reason', '=', False)]",
    )
    body = fields.Text("Text", compute="_compute_body")
    problem = fields.Char(compute="_compute_body")

    @api.model
    def _own_number(self):
        return self.env.user.partner_id.phone or ""

    @api.constrains("recipient_id", "campaign_id")
    def _check_recipient(self):
        for wizard in self.filtered("recipient_id"):
            if wizard.recipient_id.sudo().campaign_id != wizard.campaign_id:
                raise ValidationError(
                    self.env._(
                        "A test can only be previewed for a recipient of its"
                        " own campaign."
                    )
                )

    @api.depends("recipient_id")
    def _compute_body(self):
        for wizard in self:
            wizard.body, wizard.problem = wizard.campaign_id._preview(
                wizard.recipient_id
            )

    @api.model
    def _longest(self, field):
        if field.name == "numbers":
            return MOST * phone.LONGEST
        return super()._longest(field)

    def action_send(self):
        """Send it now, to each of the numbers once; it is no part of the campaign."""
        self.ensure_one()
        campaign = self.campaign_id
        campaign.check_access("write")
        country = self.env["sms.gateway.config"]._country(campaign.company_id)
        found = []
        for each in numbers.split(self.numbers or "", country):
            try:
                found.append(phone.normalise(each.raw, country))
            except phone.PhoneError as error:
                raise UserError(
                    self.env._(
                        "“%(number)s” can't be used: %(why)s",
                        number=phone.ending(each.raw),
                        why=sentence(self.env, error),
                    )
                ) from None
        if not found:
            raise UserError(self.env._("Enter a phone number."))
        if len(set(found)) > MOST:
            raise UserError(
                self.env._("A test can be sent to at most %s numbers.", MOST)
            )
        if campaign.message_class == "promotional":
            self.env["sms.blacklist"]._check_test(found)
        if self.problem:
            raise UserError(self.problem)
        if not (self.body or "").strip():
            raise UserError(self.env._("Write a text first."))
        messages = (
            self.env["sms.sms"]
            # As what they send by hand: it counts for their hour.
            .with_context(sms_from_composer=True)
            .sudo()
            .create(
                [
                    {
                        "number": number,
                        "body": self.body,
                        "gateway_id": campaign.gateway_id.id,
                        "company_id": campaign.company_id.id,
                        "message_class": "transactional",
                        "priority": "2",
                    }
                    for number in dict.fromkeys(found)
                ]
            )
        )
        messages.send()
        return messages._told(self.env._("%s test messages are on their way."))
