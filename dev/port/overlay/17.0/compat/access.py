"""The access checks of Odoo 18 and later, on Odoo 17's.

There ``_check_access`` of a model is asked by all checks. Here it is asked whenever
rules are, and tells only what a model of ours refuses besides.
"""

from odoo import models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    _inherit = "base"

    def _check_access(self, operation):
        """Return who of these is refused, and what returns the error; or None."""
        return None

    def check_access_rule(self, operation):
        """Refuse what rules refuse, and then what the model does."""
        result = super().check_access_rule(operation)
        self._check_refused(operation)
        return result

    def _check_refused(self, operation):
        refused = None if self.env.su else self._check_access(operation)
        if refused:
            raise refused[1]()

    def check_access(self, operation):
        """Raise AccessError unless all of these may be worked on so."""
        self.check_access_rights(operation)
        # Rules are about records that are there.
        self._origin.check_access_rule(operation)

    def has_access(self, operation):
        """Tell whether all of these may be worked on so."""
        try:
            self.check_access(operation)
        except AccessError:
            return False
        return True

    def _filtered_access(self, operation):
        """Return those of these that may be worked on so."""
        if not self.check_access_rights(operation, raise_exception=False):
            return self.browse()
        allowed = self._filter_access_rules(operation)
        refused = None if self.env.su else allowed._check_access(operation)
        return allowed - refused[0] if refused else allowed


class MailMessage(models.Model):
    _inherit = "mail.message"

    def check_access_rule(self, operation):
        """Ask the model as well: Odoo's own check here asks no other."""
        result = super().check_access_rule(operation)
        self._check_refused(operation)
        return result
