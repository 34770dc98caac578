from odoo import models
from odoo.tools import SQL

WIZARD = "privacy.lookup.wizard"
# Models with a number and, where it was known, a contact.
BY_NUMBER = ("sms.sms", "sms.incoming")


class SmsSms(models.Model):
    # What privacy adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    def _register_hook(self):
        """Let Odoo's privacy lookup, where it is installed, find people by number too.

        By itself it finds what is linked to a contact. That module is no dependency, so
        its wizard can't be inherited.
        """
        super()._register_hook()
        if WIZARD not in self.env:
            return
        wizard = type(self.env[WIZARD])
        if not hasattr(wizard._get_query, "origin"):
            wizard._get_query = _with_numbers(wizard._get_query)


def _with_numbers(get_query):
    def _get_query(self):
        query = get_query(self)
        for name in BY_NUMBER:
            query = SQL(
                """%(query)s
                UNION ALL
                SELECT %(model)s, found.id, TRUE
                  FROM %(table)s found
                 WHERE found.number IN (
                       SELECT phone_sanitized FROM res_partner
                        WHERE id IN (SELECT id FROM indirect_references))
                   AND (found.partner_id IS NULL OR found.partner_id NOT IN (
                       SELECT id FROM indirect_references))
                """,
                query=query,
                model=self.env["ir.model"]._get_id(name),
                table=SQL.identifier(self.env[name]._table),
            )
        return query

    _get_query.origin = get_query
    return _get_query
