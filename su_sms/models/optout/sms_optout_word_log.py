from odoo import api, models

from ...tools.context import loud


class SmsOptoutWord(models.Model):
    """Changes of the words are on record with each gateway: they hold for all."""

    _inherit = "sms.optout.word"

    @api.model_create_multi
    def create(self, vals_list):
        words = super().create(vals_list)
        words._keep(self.env._("Opt-out words added: %s", words._said()))
        return words

    def write(self, vals):
        before = self._said()
        result = super().write(vals)
        after = self._said()
        if after != before:
            text = self.env._(
                "Opt-out words changed: %(before)s → %(after)s",
                before=before,
                after=after,
            )
            self._keep(text)
        return result

    def unlink(self):
        said = self._said()
        result = super().unlink()
        self._keep(self.env._("Opt-out words removed: %s", said))
        return result

    def _said(self):
        """Give the words and what each does, as text."""
        effects = dict(self._fields["kind"]._description_selection(self.env))
        said = []
        for each in self:
            state = "" if each.active else self.env._("archived")
            facts = f"“{each.word}”", effects.get(each.kind), each.lang_id.name, state
            said.append(", ".join(filter(None, facts)))
        return "; ".join(said)

    @api.model
    def _keep(self, text):
        gateways = self.env["sms.gateway.config"].sudo().search([("active", "=", True)])
        loud(gateways)._message_log_batch(bodies=dict.fromkeys(gateways.ids, text))
