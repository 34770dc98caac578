from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import html2plaintext
from psycopg2.errors import UniqueViolation

from ...tools.acts import Act, Acts


class PhoneBlacklist(models.Model):
    """Odoo's list of numbers, which stays the only truth about who is on it.

    Whoever changes it in whatever way, ``sms.blacklist`` learns of it and keeps why.
    """

    _inherit = "phone.blacklist"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name a number to nobody who may not read where it is."""
        result = super()._compute_display_name()
        if self.env.su and self.env.uid != SUPERUSER_ID:
            stored = self.filtered("id")
            known = stored.sudo(False)._filtered_access("read").sudo()
            self.env["sms.form.mixin"]._hide_names(stored - known)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        blacklist = self.env["sms.blacklist"]
        blacklist._check_how_many(len(vals_list))
        active = self.env.context.get("default_active", True)
        for vals in vals_list:
            if not vals.get("active", active):
                # A yes, of whoever had said no before they were erased.
                number = blacklist._readable(vals.get("number"))
                blacklist._check_by_hand(blacklist._act_of(number), out=False)
        try:
            entries = super().create(vals_list)
        except UniqueViolation as error:
            # Somebody else has just added it: Odoo tries again and finds it.
            raise ConcurrencyError("The number was added meanwhile") from error
        self.env["sms.blacklist"]._note_new(entries)
        return entries

    def write(self, vals):
        if not {"active", "number"} & set(vals):
            return super().write(vals)
        self.env["sms.blacklist"]._check_how_many(len(self))
        if "number" in vals or not vals["active"]:
            for entry in self.filtered("active"):
                act = self.env["sms.blacklist"]._act_of(entry.number)
                self.env["sms.blacklist"]._check_by_hand(act, out=False)
        before = {entry: (entry.number, entry.active) for entry in self}
        result = super().write(vals)
        for entry, (number, active) in before.items():
            # A changed number is another's: what was said stays with the old one.
            if entry.number != number and active:
                self.env["sms.blacklist"]._note_removed([number])
        self.env["sms.blacklist"]._note_changed(
            self.filtered(
                lambda entry: (
                    before[entry] != (entry.number, entry.active)
                    and (entry.active or before[entry][1])
                )
            )
        )
        return result

    def unlink(self):
        self.env["sms.blacklist"]._check_how_many(len(self))
        numbers = self.filtered("active").mapped("number")
        result = super().unlink()
        self.env["sms.blacklist"]._note_removed(numbers)
        return result

    def _add(self, numbers, message=None):
        return super(PhoneBlacklist, self._with_note(message))._add(numbers, message)

    def _remove(self, numbers, message=None):
        return super(PhoneBlacklist, self._with_note(message))._remove(numbers, message)

    def _with_note(self, message):
        """Keep as the reason's note what Odoo only writes into the chatter."""
        if not message or isinstance(self.env.context.get("sms_acts"), Acts):
            return self
        note = html2plaintext(message).strip()
        return self.with_context(sms_acts=Acts(default=Act(note=note)))

    def _search_number(self, operator, value):
        if operator in ("ilike", "like", "not ilike", "not like"):
            search = self.env["sms.number.search"]
            found = search._search_number(operator, value)
            if found is not NotImplemented:
                # Each but the first with an operator before them.
                search._check_patterns((len(found) + 1) // 2)
            return found
        return super()._search_number(operator, value)
