from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...privacy.blacklist import NO_CLAIM
from ...text import phone
from ...tools import limits
from ...tools.acts import BY_HAND, CHANNELS, OWN_EVENT, REASONS, Act, says_something

# What is given for an entry, and kept in its history.
WHY = ("reason", "note")
# What the code alone says: which line is in force, and what follows from it.
INTERNAL = {"phone_blacklist_id", "consent_id"}
FOLLOWS = {"channel", "date", "evidence", "user_id", "consent_ids"}
# How many numbers one request opts out or in: each takes milliseconds.
MOST = 5_000
# In the context of an import alone: no request can make one.
IMPORT = object()


class SmsBlacklist(models.Model):
    """Why a number is on Odoo's blacklist: who said so, when, how, what shows it.

    There is one for every entry of ``phone.blacklist``, which holds the number and
    whether it counts. The list holds for all companies, as Odoo's does; what was said
    to one company is seen only there.
    """

    _name = "sms.blacklist"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Blacklist"
    _inherits = {"phone.blacklist": "phone_blacklist_id"}
    _order = "date desc, id desc"
    _rec_name = "number"

    phone_blacklist_id = fields.Many2one(
        "phone.blacklist", required=True, readonly=True, ondelete="cascade"
    )
    consent_id = fields.Many2one("sms.consent", "In Force", readonly=True)
    # Of the line in force, as it was kept: a form may say that another's line is.
    reason = fields.Selection(REASONS)
    channel = fields.Selection(CHANNELS, readonly=True)
    date = fields.Datetime("Since", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        compute="_compute_partner_id",
        search="_search_partner_id",
    )
    note = fields.Char(compute="_compute_why", readonly=False)
    evidence = fields.Char(compute="_compute_why")
    user_id = fields.Many2one("res.users", "Entered By", compute="_compute_why")
    consent_ids = fields.Many2many(
        "sms.consent", string="History", compute="_compute_consent_ids"
    )

    _once = models.UniqueIndex("(phone_blacklist_id)", "This number is already listed.")

    # ------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------

    @api.depends("number")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_partner_id(self):
        partners = self.env["res.partner"].search(
            [("phone_sanitized", "in", self.filtered("number").mapped("number"))],
            order="id desc",
        )
        by_number = {partner.phone_sanitized: partner for partner in partners}
        for entry in self:
            entry.partner_id = entry.number and by_number.get(entry.number)

    @api.model
    def _search_partner_id(self, operator, value):
        if operator == "=":
            operator, value = "in", [value]
        if operator == "in":
            domain = [("id", "in", [partner for partner in value if partner])]
        elif operator == "any":
            domain = value
        elif operator in ("ilike", "like", "=ilike", "=like"):
            domain = [("display_name", operator, value)]
        else:
            return NotImplemented
        found = [("phone_blacklist_id", "in", self._of_contacts(domain))]
        if operator == "in" and False in value:
            nobody = ("phone_blacklist_id", "not in", self._of_contacts([]))
            found = ["|", *found, nobody]
        return found

    @api.model
    def _of_contacts(self, domain):
        """Return a subselect of Odoo's entries with the number of contacts in `domain`.

        In SQL, as Odoo's search by number parses each number it is given.
        """
        numbered = [("phone_sanitized", "!=", False), *domain]
        query = self.env["res.partner"]._search(numbered)
        self.env["phone.blacklist"].flush_model(["number"])
        return SQL(
            "(SELECT id FROM phone_blacklist WHERE number IN %s)",
            query.subselect("phone_sanitized"),
        )

    @api.depends("consent_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_why(self):
        """Show what was said only where it was said to one's own company."""
        ids = self.sudo().consent_id.ids
        mine = set(self.env["sms.consent"].search([("id", "in", ids)])._ids)
        for entry in self:
            consent = entry.sudo().consent_id
            consent = consent if consent.id in mine else consent.browse()
            entry.note = consent.note
            entry.evidence = consent.evidence
            entry.user_id = consent.user_id

    @api.depends("number", "consent_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_consent_ids(self):
        consents = self.env["sms.consent"].search(
            [("number", "in", self.mapped("number"))]
        )
        by_number = consents.grouped("number")
        for entry in self:
            entry.consent_ids = by_number.get(entry.number)

    # ------------------------------------------------------------
    # By hand and by import
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Opt numbers out, or in where ``active`` is false; a known one once more.

        :return: the entry of each, which may have been here before
        """
        self._check_not_forged(vals_list)
        if all("phone_blacklist_id" in vals for vals in vals_list):
            return super().create(vals_list)
        self.check_access("create")
        self._check_how_many(len(vals_list))
        is_import = self.env.context.get("sms_import") is IMPORT
        channel = "import" if is_import else "manual"
        pairs = {True: [], False: []}
        numbers = []
        for vals in vals_list:
            number = self._readable(vals.get("number"))
            numbers.append(number)
            out = bool(vals.get("active", True))
            given = {name: vals[name] for name in WHY if vals.get(name)}
            act = Act(**{"channel": channel} | given)
            self._check_by_hand(act, out)
            pairs[out].append((number, act))
        self._act(pairs[True], out=True)
        self._act(pairs[False], out=False)
        entries = {entry.number: entry.id for entry in self._entries(numbers)}
        return self.browse([entries[number] for number in numbers])

    def write(self, vals):
        """Write, and keep a change of why, or of whether, as a line of history."""
        self._check_not_forged([vals])
        if "consent_id" in vals:
            return super().write(vals)
        why = {name: vals[name] for name in WHY if name in vals}
        rest = {name: value for name, value in vals.items() if name not in WHY}
        if not why and "active" not in rest:
            return super().write(vals)
        self.check_access("write")
        self._check_how_many(len(self))
        moves = "active" in rest
        given = {name: value for name, value in why.items() if value}
        pairs = {True: [], False: []}
        for entry in self:
            before = {} if moves else {"reason": entry.reason or "unstated"}
            act = Act(**{"channel": "manual"} | before | given)
            out = bool(rest["active"]) if moves else entry.active
            self._check_by_hand(act, out)
            if not moves:
                entry._check_correction(act)
            pairs[out].append((entry.number, act))
        for out, some in pairs.items():
            if moves:
                self._act(some, out=out)
            elif some:
                self._put_in_force(self.env["sms.consent"]._record(some, out))
        rest.pop("active", None)
        return super().write(rest) if rest else True

    def unlink(self):
        phones = self.phone_blacklist_id
        result = super().unlink()
        phones.unlink()
        return result

    @api.model
    def _check_how_many(self, count):
        """Take no more numbers from a person in one request than it has time for.

        :raises UserError: there are more
        """
        if self.env.su or limits.count(self.env.cr, "opted", count) <= MOST:
            return
        raise UserError(
            self.env._(
                "At most %(most)s numbers can be opted out or in at a time: choose"
                " fewer, or import them in several batches.",
                most=f"{MOST:,}",
            )
        )

    @api.model
    def _check_not_forged(self, vals_list):
        """Let nobody but this code say which entry and which line belong together."""
        for vals in vals_list:
            ours = self.env.su and INTERNAL & set(vals)
            if ours or not (INTERNAL | FOLLOWS) & set(vals):
                continue
            raise AccessError(
                self.env._(
                    "Enter a number and a reason; the rest is filled in automatically."
                )
            )

    def _check_correction(self, act):
        """Let nobody rewrite what people said themselves, or make a no a mere block.

        :raises ValidationError: so it is
        """
        company = self.sudo().consent_id.company_id
        own = self.reason in OWN_EVENT or not company <= self.env.companies
        weaker = act.reason in NO_CLAIM and self.reason not in NO_CLAIM
        if not self.env.su and (own or (self.active and weaker)):
            raise ValidationError(
                self.env._(
                    "What the owner of the number asked for can't be rewritten. Opt"
                    " the number in if they want it."
                )
            )

    @api.model
    def _load_records(self, data_list, update=False):
        importing = self.with_context(sms_import=IMPORT)
        return super(SmsBlacklist, importing)._load_records(data_list, update)

    @api.model
    def _check_by_hand(self, act, out):
        """Let nobody enter what only its own event can say, or a yes on nobody's word.

        :raises ValidationError: so it is
        """
        if self.env.su:
            return
        if act.reason not in BY_HAND[out]:
            labels = dict(self._fields["reason"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "“%s” can't be entered manually: it is recorded when it happens.",
                    labels.get(act.reason, act.reason),
                )
            )
        if not out and not says_something(act.note):
            raise ValidationError(
                self.env._(
                    "Enter the evidence: the history must show who asked for the"
                    " number to be contacted again."
                )
            )

    @api.model
    def _readable(self, number):
        """Return a typed number in E.164; Odoo judges what can't be read."""
        number = self.env["sms.sms"]._readable(number, self.env.company)
        if not number:
            raise ValidationError(self.env._("There is no phone number."))
        try:
            return self.env.user._phone_format(number=number, raise_exception=True)
        except UserError:
            # Odoo names it in full, and what is refused is logged.
            end = phone.ending(number)
            text = self.env._("“%s” is not a phone number. Please correct it.", end)
            raise ValidationError(text) from None

    def action_opt_out(self):
        """Ask why, and opt these numbers out."""
        self.check_access("read")
        return self.env["sms.optout.wizard"]._ask("out", self.mapped("number"))

    def action_opt_in(self):
        """Ask on whose word, and let these numbers be written to again."""
        self.check_access("read")
        return self.env["sms.optout.wizard"]._ask("in", self.mapped("number"))
