from odoo import models


class SmsOwnCompanies(models.AbstractModel):
    """What stays in the companies of whoever writes.

    Odoo asks the rules what may be written before a write, and not what has become of
    it: a record could be pushed into a company that its writer is not in.
    """

    _name = "sms.own.companies"
    _description = "Stays in Own Companies"

    def write(self, vals):
        result = super().write(vals)
        if any(self._fields[name].type == "many2one" for name in vals):
            self.check_access("write")
        return result
