"""Search methods that know some operators, as Odoo 19 asks them."""

import functools

from odoo.osv import expression


def searching(method):
    """Return a search method that is asked for what it knows, and says no to the rest.

    Odoo 19 asks one that gives NotImplemented for the opposite, or for one of many.
    """

    @functools.wraps(method)
    def search(self, operator, value):
        asked = "=" if operator == "!=" else operator.removeprefix("not ")
        found = method(self, asked, value)
        if found is NotImplemented and asked == "=":
            found = method(self, "in", [value])
        if found is NotImplemented:
            raise ValueError(f"{method.__name__} knows no operator {operator}")
        if asked == operator:
            return found
        return ["!", *expression.normalize_domain(found)]

    return search
