from odoo import api, fields, models
from odoo.exceptions import UserError

from ..text import phone, search
from ..tools import limits

# Of more numbers than anybody types none is read: they are looked for as they are.
MOST_READ = 500
# So many searches of a transaction look for a number however it is written.
MOST_SEARCHES = 200
# So many patterns are looked for in one domain: each is compared with every row.
MOST_PATTERNS = 100


class SmsNumberSearch(models.AbstractModel):
    """A number is found as people type it: 0712 345 678, +254…, or a piece of it."""

    _name = "sms.number.search"
    _description = "Has a Number to Be Found"

    number = fields.Char(search="_search_number")

    @api.model
    def _search_number(self, operator, value):
        if operator in ("not in", "not ilike", "not like"):
            return NotImplemented
        country = self.env["sms.gateway.config"]._country(self.env.company)
        if isinstance(value, str) and len(value) > phone.LONGEST:
            # No number is so long, and PostgreSQL would fold it for each row.
            return [(0, "=", 1)]
        if operator in ("ilike", "like") and isinstance(value, str) and value:
            patterns = search.patterns(value, country)
            if limits.count(self.env.cr, "searches") > MOST_SEARCHES:
                # Nobody types so many: no more than Odoo would look for.
                patterns = patterns[:1]
            # Of another operator, as what is returned comes here again.
            # Digits have no case, which PostgreSQL would change for each row.
            same = "=like" if len(patterns) > 1 else f"={operator}"
            found = [("number", same, pattern) for pattern in patterns]
            return ["|"] * (len(found) - 1) + found
        if operator.removeprefix("not ") in ("=like", "=ilike"):
            self._check_patterns()
        if operator == "in" and len(value) <= MOST_READ:
            value = [
                spelling
                for number in value
                if not isinstance(number, str) or len(number) <= phone.LONGEST
                for spelling in (
                    search.spellings(number, country) if number else [number]
                )
            ]
            return [("number", "in", value)]
        return [("number", operator, value)]

    @api.model
    def _check_patterns(self, more=1):
        """Refuse a domain with more numbers than anybody types into a filter."""
        many = limits.count_of_one(self.env.cr, "patterns", more) > MOST_PATTERNS
        if many and not self.env.su:
            raise UserError(
                self.env._(
                    "This filter looks for too many numbers at once. Remove some of"
                    " them."
                )
            )
