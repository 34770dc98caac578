from ast import literal_eval

import psycopg2
from odoo import models
from odoo.tools import SQL


class MailingMailing(models.Model):
    """Whom a mailing by SMS reaches: what its price is of."""

    _inherit = "mailing.mailing"

    def _count_reached(self):
        """Count the numbers it goes to, in one query.

        :return: (how many, whether those are left out whom Odoo leaves out)
        """
        self.ensure_one()
        name = self.mailing_model_real
        if not name or name not in self.env:
            return 0, True
        model = self.env[name]
        try:
            domain = literal_eval(self.mailing_domain or "[]")
            with self.env.cr.savepoint():
                found = model._search(domain)
                model._search(domain, limit=1).get_result_ids()
        except psycopg2.OperationalError:
            raise
        except Exception:
            # Odoo says what is wrong with it when it is sent.
            return 0, True
        by_number = isinstance(model, self.pool["mail.thread.phone"])
        query = (
            self._numbers_query(model, found) if by_number else found.select("count(*)")
        )
        [[people]] = self.env.execute_query(query)
        if self.ab_testing_enabled and not self.ab_testing_is_winner_mailing:
            people = people and max(int(people / 100 * self.ab_testing_pc), 1)
        return people, by_number

    def _numbers_query(self, model, found):
        """Give SQL that counts numbers: each once, none of who opted out."""
        model.flush_model(["phone_sanitized"])
        self.env["phone.blacklist"].flush_model()
        query = SQL(
            """
            SELECT count(DISTINCT target.phone_sanitized)
              FROM %s target
             WHERE target.id IN %s
               AND NOT EXISTS (SELECT FROM phone_blacklist
                                WHERE number = target.phone_sanitized AND active)
            """,
            SQL.identifier(model._table),
            found.subselect(),
        )
        if self.mailing_model_name != "mailing.list":
            return query
        self.env["mailing.subscription"].flush_model()
        # Who opted out of one list and is on another gets it, as Odoo has it.
        return SQL(
            """
            %s AND EXISTS (SELECT FROM mailing_subscription
                            WHERE contact_id = target.id AND list_id = ANY(%s)
                              AND opt_out IS NOT TRUE)
            """,
            query,
            self.contact_list_ids._origin.ids,
        )
