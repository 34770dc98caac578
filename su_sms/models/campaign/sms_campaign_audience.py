from ast import literal_eval

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...text.table import table
from ...tools import authors
from ...tools.count_later import count_later
from ...tools.reasons import sentence
from ..sms_form_mixin import LONGEST

AUTHORS = ("author_id", "coauthor_ids")
KINDS = [
    ("list", "Mailing Lists"),
    ("model", "Records"),
    ("numbers", "Numbers"),
    ("file", "File"),
]
# Where the job is; no person's to say.
PLACE = {"position", "finished", "unseen_count"}
# What a file was read as.
READ = {"sheet_choices", "notes"}
INTERNAL = {*PLACE, *READ, *AUTHORS}
# What is read when it is written.
GIVEN = {"file", "sheet", "numbers"}
# Of a campaign, and of those that are given the same to read.
MOST = 20


class SmsCampaignAudience(models.Model):
    """Some of a campaign's people: lists, records, pasted numbers or a file.

    People are given by pages, each after the place where the one before ended, so that
    a job may stop anywhere and go on.
    """

    _name = "sms.campaign.audience"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "SMS Campaign Audience"
    _order = "sequence, id"

    campaign_id = fields.Many2one("sms.campaign", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        # Without one, nobody's rights would count.
        ondelete="restrict",
        help="The last person to change this audience. It contains the records that"
        " this person can access.",
    )
    coauthor_ids = fields.Many2many(
        "res.users",
        "sms_campaign_audience_coauthor_rel",
        string="Co-Authors",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Other people who contributed to it: authors of a filter that was kept,"
        " and anyone who copied it. It contains only records that all of them can"
        " access.",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS, "Source", required=True, default=lambda self: self._default_kind()
    )
    list_ids = fields.Many2many("mailing.list", string="Mailing Lists")
    model_id = fields.Many2one(
        "ir.model",
        "Records Of",
        domain=[
            ("is_mail_thread_sms", "=", True),
            ("transient", "=", False),
            # Odoo's own jobs have a contact as well.
            "!",
            ("model", "=like", "ir.%"),
        ],
        ondelete="cascade",
        help="Records with phone numbers: contacts, employees, attendees, ...",
    )
    model = fields.Char(related="model_id.model")
    domain = fields.Char("Filter", default="[]")
    numbers = fields.Text(
        help="One or more per line, in any format; names next to them are fine."
    )
    name = fields.Char("Summary", compute="_compute_name")
    record_count = fields.Integer("Found", compute="_compute_record_count")
    # Where the job that goes through it is; see sms_campaign_prepare.
    position = fields.Integer(readonly=True, copy=False)
    finished = fields.Boolean(readonly=True, copy=False)
    # Of those in it that are about to be sent to, who was not seen at the approval.
    unseen_count = fields.Integer(readonly=True, copy=False)

    @api.depends("kind", "list_ids", "model_id", "numbers", "file_name")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for audience in self:
            name = kinds.get(audience.kind)
            if audience.kind == "list":
                name = ", ".join(audience._shown_lists().mapped("name")) or name
            elif audience.kind == "model" and audience.model_id:
                name = audience.model_id.sudo().name
            elif audience.kind == "file":
                name = audience.file_name or name
            audience.name = name

    @api.depends("kind", "list_ids", "model_id", "domain", "numbers")
    def _compute_record_count(self):
        for audience in self:
            try:
                audience.record_count = audience._count()
            except (UserError, ValueError):
                audience.record_count = 0

    @api.model
    def _longest(self, field):
        if field.name == "domain":
            # A filter may name thousands of records.
            return LONGEST["text"]
        return super()._longest(field)

    def _count(self):
        self.ensure_one()
        if self.kind in ("list", "model"):
            return self._records().search_count(self._record_domain())
        return self.env["sms.campaign.row"].search_count(
            [("audience_id", "=", self._origin.id)]
        )

    # ------------------------------------------------------------
    # Authors
    # ------------------------------------------------------------

    def _with_a_say(self):
        """Return the users who have a say in who this is: what all may see counts.

        Rights come from stored records only: a form that says something else than
        what is stored has its user's.
        """
        self.ensure_one()
        stored = self._origin
        if stored and (self.id or self._said() == stored._said()):
            return authors.with_a_say(stored, *AUTHORS)
        return authors.people(self.env.user)

    def _said(self):
        """Return all that says which records these are, whatever kind it is.

        Whoever changes any of it has a say, also in what another kind would go by: the
        kind can be changed back.
        """
        campaign = self.campaign_id
        return (
            self.kind,
            self.model_id._origin.id,
            self.domain or "[]",
            frozenset(self._list_ids()),
            campaign._origin.id,
            campaign.company_id._origin.id,
        )

    def _words(self):
        """Return what was said, in pieces that may outlast a change."""
        return {
            ("model", self.model_id.id),
            *_leaves(self.domain),
            *(("list", each) for each in self.sudo().list_ids.ids),
        }

    def _update_authors(self, words):
        """Keep who says to whom: nobody lends their rights to another's words.

        :param words: what ``_words`` has given before a change
        """
        now = self._words()
        # Two filters of the same records have nothing in common but that.
        said = {word for word in now if word[0] != "model"} or now
        self._add_author(kept=bool(said & words))

    def _add_author(self, kept=True):
        """Let the user have a say in who these are, alone if nothing is kept."""
        for audience in self:
            values = authors.of_change(self.env.user, audience, kept, *AUTHORS)
            audience.sudo().write(values)

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    @api.constrains("kind", "model_id")
    def _check_model(self):
        for audience in self.filtered(lambda a: a.kind == "model" and a.model_id):
            name = audience.model_id.sudo().model
            if name not in self.env or not self._may_have(self.env[name]):
                raise ValidationError(audience._no_numbers_text())

    # ------------------------------------------------------------
    # How many
    # ------------------------------------------------------------
    # Each may be a file that takes long to read.

    @api.constrains("campaign_id")
    def _check_count(self):
        many = self.sudo()._read_group(
            [("campaign_id", "in", self.campaign_id.ids)],
            ["campaign_id"],
            having=[("__count", ">", MOST)],
        )
        if many:
            raise ValidationError(
                self.env._(
                    "A campaign can have at most %s audiences. Put their recipients"
                    " together, such as in one file.",
                    MOST,
                )
            )

    def _check_few(self):
        if len(self) > MOST:
            raise UserError(
                self.env._("Change at most %s files or pasted texts at a time.", MOST)
            )

    # ------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------

    def _page(self, limit):
        """Return the people after ``position``, and the position after them.

        :return: ([Person], position), none if there are no more
        """
        self.ensure_one()
        if self.kind in ("list", "model"):
            return self._page_of_records(limit)
        return self._page_of_rows(limit)

    # ------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------
    # What happens when an audience is saved: it is read once, then counted once.

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_internal(vals)
            self._check_size(vals)
        self.check_access("create")
        self._lock_campaigns(vals_list)
        commands = [vals.pop("column_ids", ()) for vals in vals_list]
        audiences = super().create(vals_list)
        audiences.sudo().author_id = self.env.user
        audiences.filtered("numbers")._read_numbers()
        audiences.filtered("file")._read_file()
        for audience, chosen in zip(audiences, commands, strict=True):
            audience._choose_roles(_roles(chosen))
        audiences._changed()
        return audiences

    @api.model
    def _check_size(self, vals):
        """Refuse a file that is far too large before Odoo stores and indexes it."""
        given = vals.get("file")
        size = len(given) if isinstance(given, str | bytes) else 0
        try:
            # So many bytes at least, whether its base64 has line breaks or not.
            table.check_size(size * 5 // 7)
        except table.TableError as error:
            raise UserError(sentence(self.env, error)) from None

    def write(self, vals):
        self._check_internal(vals)
        self._check_size(vals)
        if GIVEN & set(vals):
            self._check_few()
        if set(vals) - INTERNAL:
            self.check_access("write")
            self._lock_campaigns([vals])
        before = self.campaign_id
        if "campaign_id" in vals:
            self._check_may_move(vals["campaign_id"])
        said = {audience: (audience._said(), audience._words()) for audience in self}
        vals, roles = dict(vals), {}
        if commands := vals.pop("column_ids", ()):
            # The columns that the form knows: reading a file makes others.
            by_id = {column.id: column.slug for column in self.column_ids}
            roles = _roles(commands, by_id)
        result = super().write(vals)
        if not self.env.su:
            for audience, (before_it, words) in said.items():
                if "campaign_id" in vals:
                    audience._add_author()
                elif audience._said() != before_it:
                    audience._update_authors(words)
        self._read_again(vals, roles)
        if roles or set(vals) - INTERNAL - {"sequence"}:
            self._changed()
        if moved := before - self.campaign_id:
            moved._audience_changed()
        return result

    def _check_internal(self, vals):
        if not INTERNAL.isdisjoint(vals) and not self.env.su:
            raise AccessError(
                self.env._(
                    "The status of a campaign can only be changed with its buttons."
                )
            )

    def _lock_campaigns(self, vals_list=()):
        """Keep others from counting the drafts that these are of, or will be."""
        named = (vals.get("campaign_id") for vals in vals_list)
        ids = {each for each in named if type(each) is int}
        (self.sudo().campaign_id | self.env["sms.campaign"].browse(ids))._lock_drafts()

    def _check_may_move(self, campaign_id):
        """Refuse to take an audience out of what is launched, or put it in another's.

        Record rules are asked before a change, not of what it leads to.
        """
        self.campaign_id._check_still_open()
        self.env["sms.campaign"].browse(campaign_id or ()).check_access("write")

    def _read_again(self, vals, roles):
        """Read what was written, and let the columns hold what was chosen."""
        if "numbers" in vals:
            self._read_numbers()
        if {"file", "sheet"} & set(vals):
            self._read_file()
        for audience in self:
            audience._choose_roles(roles)

    def copy(self, default=None):
        """Duplicate audiences; they stay the word of those who have chosen them."""
        default = default or {}
        self.check_access("read")
        self._check_internal(default)
        campaigns = self.campaign_id
        if "campaign_id" in default:
            campaigns = campaigns.browse(default["campaign_id"] or ())
            campaigns.check_access("write")
        copies = super(SmsCampaignAudience, count_later(campaigns, self)).copy(default)
        copies = copies.with_env(self.env)
        for audience, copied in zip(self, copies, strict=True):
            if "list_ids" not in default:
                copied._copy_lists_of(audience)
            values = authors.of_copy(self.env.user, audience, *AUTHORS)
            if copied._words().isdisjoint(audience._words()):
                # Something else is said by it.
                values = authors.of_change(self.env.user, audience, False, *AUTHORS)
            copied.sudo().write(values)
        copies._changed()
        return copies

    def _copy_to(self, campaign):
        """Copy these audiences to a campaign, which is counted once."""
        for audience in self:
            audience.with_env(count_later(campaign).env).copy(
                {"campaign_id": campaign.id}
            )
        if self:
            campaign._count_again()

    def copy_data(self, default=None):
        """Copy what columns hold; leave lists that the user may not see to ``copy``."""
        given = dict(default or {})
        hidden = not self.env["mailing.list"].has_access("read")
        if hidden:
            given.setdefault("list_ids", False)
        vals_list = super().copy_data(given)
        for audience, vals in zip(self, vals_list, strict=True):
            if hidden and not given["list_ids"]:
                del vals["list_ids"]
            vals["column_ids"] = [
                Command.create({"slug": column.slug, "role": column.role})
                for column in audience.column_ids
            ]
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        self.campaign_id._check_still_open()

    def unlink(self):
        campaigns = self.campaign_id
        self.check_access("unlink")
        self._lock_campaigns()
        result = super().unlink()
        campaigns._audience_changed()
        return result

    def _changed(self):
        self.campaign_id._check_still_open()
        self.campaign_id._audience_changed()

    def _choose_roles(self, roles):
        """Let the columns hold what a person has chosen.

        :param roles: the role of each column, by slug
        """
        changed = self.column_ids.filtered(
            lambda c: roles.get(c.slug, c.role) != c.role
        )
        # All at once: in between there are two columns of numbers, or none.
        for column in count_later(self.campaign_id, changed):
            column.role = roles[column.slug]
        changed.audience_id.column_ids._check_roles()


def _leaves(domain):
    """Return the conditions of a domain, or it as a whole if it can't be read."""
    try:
        found = literal_eval(domain or "[]")
        return {("leaf", repr(each)) for each in found if not isinstance(each, str)}
    except Exception:
        return {("leaf", domain)}


def _roles(commands, by_id=None):
    """Return the chosen role of each column, by slug, from the form's commands.

    :param by_id: slugs of the columns that are there, by id
    """
    roles = {}
    for command, column_id, values in commands:
        slug = (by_id or {}).get(column_id) or (values or {}).get("slug")
        if command in (Command.CREATE, Command.UPDATE) and "role" in values and slug:
            roles[slug] = values["role"]
    return roles
