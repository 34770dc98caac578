from odoo import fields, models

STEPS = [
    ("number", "Your number"),
    ("resolve", "Name lookup"),
    ("connect", "Connection"),
    ("handshake", "Encryption"),
    ("account", "Account"),
    ("message", "Message"),
    ("report", "Delivery report"),
]


class SmsTestStep(models.TransientModel):
    _name = "sms.test.step"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "Step of Test Connection"
    _order = "id"

    wizard_id = fields.Many2one(
        "sms.test.wizard", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Selection(STEPS, "Step", required=True, readonly=True)
    ok = fields.Boolean("Passed", readonly=True)
    detail = fields.Char("Result", readonly=True)
    remedy = fields.Char(readonly=True)
    milliseconds = fields.Integer("Time (ms)", readonly=True)
