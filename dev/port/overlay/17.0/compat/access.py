"""The access checks of Odoo 18 and later, on Odoo 17's.

There ``_check_access`` of a model is asked by all checks. Here, where Odoo has methods
of that name that are something else, it is ``_sms_check_access``: it is asked whenever
rules are, and tells only what a model of ours refuses besides.
"""

from odoo import models

from .environment import passes


class Base(models.AbstractModel):
    _inherit = "base"

    def _sms_check_access(self, operation):
        """Return who of these is refused, and what returns the error; or None."""
        return None

    def check_access_rule(self, operation):
        """Refuse what rules refuse, and then what the model does."""
        result = super().check_access_rule(operation)
        self._check_refused(operation)
        return result

    def _check_refused(self, operation):
        refused = None if self.env.su else self._sms_check_access(operation)
        if refused:
            raise refused[1]()

    def check_access(self, operation):
        """Raise AccessError unless all of these may be worked on so."""
        self.check_access_rights(operation)
        # Rules are about records that are there.
        self._origin.check_access_rule(operation)

    def has_access(self, operation):
        """Tell whether all of these may be worked on so."""
        return passes(self.check_access, operation)

    def _filtered_access(self, operation):
        """Return those of these that may be worked on so."""
        if not self.check_access_rights(operation, raise_exception=False):
            return self.browse()
        allowed = self._filter_access_rules(operation)
        refused = None if self.env.su else allowed._sms_check_access(operation)
        return allowed - refused[0] if refused else allowed


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _filtered_access(self, operation):
        """Ask Odoo's own check here, which is none of rules."""
        found = super()._filtered_access(operation)
        return found.filtered(lambda note: passes(note.check_access_rule, operation))

    def check_access_rule(self, operation):
        """Ask the model as well: Odoo's own check here asks no other."""
        result = super().check_access_rule(operation)
        self._check_refused(operation)
        return result
