import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# Whatever is neither letter nor digit before a text: spaces, quotes, full stops.
OUTER = re.compile(r"[\W_]*")


def plain(text):
    """Give what people mean to be the same word: “ Stop!” and `STOP` are `stop`."""
    text = (text or "").replace("\0", "")
    # From both ends: an expression for the end would be tried at every place.
    for _end in range(2):
        text = text[OUTER.match(text).end() :][::-1]
    return " ".join(text.casefold().split())


class SmsOptoutWord(models.Model):
    """A word that, when it is all that somebody writes, opts them out or in."""

    _name = "sms.optout.word"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Opt-Out Word"
    _order = "kind desc, lang_id, sequence, id"
    _rec_name = "word"

    word = fields.Char(required=True, help="Capitals and marks around it don't matter.")
    plain_word = fields.Char(compute="_compute_plain_word", store=True)
    kind = fields.Selection(
        [("stop", "Opts Out"), ("start", "Opts In")],
        "Effect",
        required=True,
        default="stop",
    )
    lang_id = fields.Many2one(
        "res.lang", "Language", context={"active_test": False}, ondelete="set null"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(plain_word)", "This word is here already, perhaps archived."
    )

    @api.depends("word")
    def _compute_plain_word(self):
        for each in self:
            each.plain_word = plain(each.word)

    @api.constrains("word")
    def _check_word(self):
        if any(not each.plain_word for each in self):
            raise ValidationError(self.env._("A word needs a letter or a digit."))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _kinds(self):
        """Give {plain word: "stop" or "start"}."""
        return {each.plain_word: each.kind for each in self.sudo().search([])}

    @api.model
    def _kind_of(self, text):
        """Give what a text that somebody wrote does, or None: most are no words."""
        return self._kinds().get(plain(text))

    @api.model
    def _word(self, kind, lang=None):
        """Give the word to tell people of, in a language if it has one."""
        words = self.sudo().search([("kind", "=", kind)])
        mine = words.filtered(
            lambda each: (lang or "")[:2] == (each.lang_id.code or "")[:2]
        )
        return (mine or words)[:1].word
