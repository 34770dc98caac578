"""Domains that can be combined, as far as the addon does."""

from types import SimpleNamespace

from odoo.osv import expression


class Domain(list):
    """A domain: a list, as Odoo takes it."""

    def __init__(self, *domain):
        super().__init__([domain] if len(domain) == 3 else domain[0] or [])

    def __and__(self, other):
        return Domain(expression.AND([self, other]))

    def __or__(self, other):
        return Domain(expression.OR([self, other]))

    @classmethod
    def OR(cls, domains):
        """Return what any of some domains finds."""
        return cls(expression.OR([list(domain) for domain in domains]))

    def iter_conditions(self):
        """Return the conditions that name a field."""
        for each in self:
            if not isinstance(each, str) and isinstance(each[0], str):
                yield SimpleNamespace(field_expr=each[0])


Domain.TRUE = Domain([expression.TRUE_LEAF])
