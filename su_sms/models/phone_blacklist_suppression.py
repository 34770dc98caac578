from odoo import models


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    def _remove(self, numbers, message=None):
        """Let go of what stands for an erased number, too, when its person is back."""
        self.env["sms.suppression"].sudo()._lift(numbers)
        return super()._remove(numbers, message=message)
