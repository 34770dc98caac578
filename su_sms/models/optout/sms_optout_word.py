from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ...text.optout import Word, meaning, plain
from ...tools.context import loud


class SmsOptoutWord(models.Model):
    """A word that, when it is all that somebody writes, opts them out or in."""

    _name = "sms.optout.word"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Opt-Out Word"
    _order = "kind desc, lang_id, sequence, id"
    _rec_name = "word"

    word = fields.Char(
        required=True, help="Case and surrounding punctuation are ignored."
    )
    plain_word = fields.Char(compute="_compute_plain_word", store=True)
    kind = fields.Selection(
        [("stop", "Opts Out"), ("start", "Opts In"), ("polite", "Ignored")],
        "Effect",
        required=True,
        default="stop",
        help="Ignored words may stand before or after another word, such as please"
        " or thank you.",
    )
    within = fields.Boolean(
        "Within a Text",
        default=True,
        help="Short messages that contain the word among others are shown to a"
        " person for review. Turn it off for words that people use for other"
        " reasons, such as “end” or “cancel”.",
    )
    lang_id = fields.Many2one(
        "res.lang", "Language", context={"active_test": False}, ondelete="set null"
    )
    sequence = fields.Integer(default=10)
    told = fields.Boolean(
        "Shown in Messages",
        copy=False,
        help="Messages and pages may ask people to reply with this word, wherever it"
        " applies. Only an Odoo administrator can set this. The words of this"
        " module are always shown.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: not self.env.su and self.env.company,
        index=True,
        # Without one it would apply to all.
        ondelete="cascade",
        help="The word applies to what people write to this company. Without a company"
        " it applies to all; only an Odoo administrator can add such a word.",
    )
    active = fields.Boolean(default=True)
    _once = models.UniqueIndex(
        "(plain_word, COALESCE(company_id, 0))",
        "This word already exists; it may be archived.",
    )

    @api.depends("word")
    def _compute_plain_word(self):
        for each in self:
            each.plain_word = plain(each.word or "")

    @api.constrains("word", "kind")
    def _check_word(self):
        if any(not each.plain_word for each in self):
            raise ValidationError(
                self.env._("A word needs at least one letter or digit.")
            )
        shipped = self.sudo().search([("active", "=", True)])._shipped() - self
        ours = {plain(each.word): Word(each.kind, each.within) for each in shipped}
        spelled = {
            key.replace(" ", "") for key, word in ours.items() if word.kind == "stop"
        }
        for each in self.filtered(lambda each: each.kind != "stop") - self._shipped():
            # S T O P is how some people write it.
            found = meaning(each.word, ours)
            if (
                found.kind == "stop"
                or found.doubtful
                or each.plain_word.replace(" ", "") in spelled
            ):
                raise ValidationError(
                    self.env._("“%s” is how people opt out: choose another.", each.word)
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        words = super().create(vals_list)
        words._check_may_tell({})
        words._check_not_for_all()
        words._log(self.env._("Opt-out words added: %s", words._said()))
        return words

    def write(self, vals):
        self._check_not_ours()
        self._check_may_tell(vals)
        before = self._said()
        self.env.registry.clear_cache()
        result = super().write(vals)
        self._check_not_for_all()
        after = self._said()
        if after != before:
            text = self.env._(
                "Opt-out words changed: %(before)s → %(after)s",
                before=before,
                after=after,
            )
            self._log(text)
        return result

    def unlink(self):
        self._check_not_ours()
        self._log(self.env._("Opt-out words removed: %s", self._said()))
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _check_may_tell(self, vals):
        """Let nobody of one company write into the texts of all."""
        told = vals.get("told") or any(self.mapped("told"))
        if (
            told
            and not self.env.su
            and not self.env.user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Only an Odoo administrator can have a word shown in messages."
                )
            )

    def _check_not_ours(self):
        """Keep the words that come with us: people know them, everywhere."""
        if self.env.su:
            return
        self._check_not_for_all()
        kept = self._shipped()
        if kept:
            raise UserError(
                self.env._(
                    "“%s” stays as it is: people know it. Add words of your own beside"
                    " it.",
                    kept[0].word,
                )
            )

    def _check_not_for_all(self):
        """Leave words for all companies to who administers Odoo."""
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        mine = self.env.user.company_ids
        if not all(self.sudo().mapped(lambda each: each.company_id in mine)):
            raise AccessError(
                self.env._(
                    "Only an Odoo administrator can add, change or remove words that"
                    " apply to all companies. Choose a company."
                )
            )

    def _ours(self, kind="stop"):
        """Return those of these that come with us and have an effect."""
        return self._shipped().filtered(lambda each: each.kind == kind)

    def _shipped(self):
        """Return those of these that come with us."""
        known = self.env["ir.model.data"].sudo()
        known = known.search([("model", "=", self._name), ("module", "=", "su_sms")])
        ids = set(known.mapped("res_id"))
        return self.filtered(lambda each: each.id in ids)

    @api.model
    def _load_records(self, data_list, update=False):
        """Take a word that somebody has added meanwhile for the one that comes now."""
        names = [data.get("xml_id") or "" for data in data_list]
        if not self.env.su and any(name.startswith("su_sms.") for name in names):
            raise AccessError(self.env._("Only Odoo's own data can be used here."))
        known = {
            plain(each.word): each
            for each in self.with_context(active_test=False).search(
                [("company_id", "=", False)]
            )
        }
        for data, name in zip(data_list, names, strict=True):
            word = known.get(plain(data["values"].get("word") or ""))
            if word and name and not self.env.ref(name, raise_if_not_found=False):
                kept = {"xml_id": name, "record": word, "noupdate": True}
                self.env["ir.model.data"]._update_xmlids([kept])
        return super()._load_records(data_list, update)

    @api.model
    @tools.ormcache("company_id")
    def _by_word(self, company_id):
        """Return {plain word: what it does} to a company, or to none in particular.

        What comes with us says it first, and what holds for all before a company's own.
        """
        mine = [("active", "=", True), ("company_id", "in", [company_id, False])]
        words = self.sudo().search(mine).sorted(lambda each: not each.company_id)
        ours = words._shipped()
        return {
            plain(each.word): Word(each.kind, each.within, each in ours)
            for each in (words - ours) + ours
        }

    @api.model
    def _meaning(self, text, gateway=None, keyword=""):
        """Return what a text that somebody wrote means; most mean nothing.

        :param gateway: to which it was written
        :param keyword: what stands before a word there
        :return: text.optout.Meaning
        """
        return meaning(text or "", self._by_word(_company_id(gateway)), keyword)

    @api.model
    def _kind_of(self, text, gateway=None):
        """Return what a text that somebody wrote does, or None."""
        return self._meaning(text, gateway).kind

    @api.model
    def _word(self, kind, lang=None, gateway=None):
        """Return the word to tell people of, in a language if it has one.

        Not any that somebody has added, and none that does nothing where it is sent.

        :param gateway: to which they would write
        """
        companies = [_company_id(gateway), False]
        words = self.sudo().search(
            [("kind", "=", kind), ("company_id", "in", companies)]
        )
        ours = words._ours(kind)
        words = words.filtered(lambda each: each.told or each in ours)
        code = (lang or "en")[:2]
        mine = words.filtered(lambda each: (each.lang_id.code or "")[:2] == code)
        return (mine or words)[:1].word

    # ------------------------------------------------------------
    # On record
    # ------------------------------------------------------------
    # Changes of the words are on record with each gateway for which they hold.

    def _said(self):
        """Return the words and what each does, as text."""
        effects = dict(self._fields["kind"]._description_selection(self.env))
        said = []
        for each in self:
            state = "" if each.active else self.env._("archived")
            facts = f"“{each.word}”", effects.get(each.kind), each.lang_id.name, state
            said.append(", ".join(filter(None, facts)))
        return "; ".join(said)

    def _log(self, text):
        gateways = self.env["sms.gateway.config"].sudo().search([("active", "=", True)])
        companies = self.sudo().mapped("company_id")
        if companies and all(each.company_id for each in self.sudo()):
            gateways = gateways.filtered(lambda each: each.company_id in companies)
        loud(gateways)._message_log_batch(bodies=dict.fromkeys(gateways.ids, text))


def _company_id(gateway):
    """Return the id of the company whose words hold at a gateway, or False."""
    return gateway.sudo().company_id.id if gateway else False
