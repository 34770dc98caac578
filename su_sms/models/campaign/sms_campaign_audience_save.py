from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError

from ...text import table
from ...tools import authors
from ...tools.check_later import check_later
from ...tools.context import without_defaults
from .sms_campaign_audience import AUTHORS

# Where the job is; no person's to say.
PLACE = {"position", "finished"}
# What a file was read as.
READ = {"sheet_choices", "notes"}
KEPT = {*PLACE, *READ, *AUTHORS}


class SmsCampaignAudience(models.Model):
    """What happens when an audience is saved: it is read once, then counted once."""

    _inherit = "sms.campaign.audience"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_kept(vals)
            _check_size(vals)
        commands = [vals.pop("column_ids", ()) for vals in vals_list]
        audiences = super(SmsCampaignAudience, without_defaults(self, KEPT)).create(
            vals_list
        )
        audiences = audiences.with_env(self.env)
        audiences.sudo().author_id = self.env.user
        audiences.filtered("numbers")._read_numbers()
        audiences.filtered("file")._read_file()
        for audience, chosen in zip(audiences, commands, strict=True):
            audience._choose_roles(_roles(chosen))
        audiences._changed()
        return audiences

    def write(self, vals):
        self._check_kept(vals)
        _check_size(vals)
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
                    audience._keep_authors(words)
        self._read_again(vals, roles)
        if roles or set(vals) - KEPT - {"sequence"}:
            self._changed()
        if moved := before - self.campaign_id:
            moved._audience_changed()
        return result

    def _check_kept(self, vals):
        if not KEPT.isdisjoint(vals) and not self.env.su:
            raise AccessError(
                self.env._("How far a campaign is can only be changed by its buttons.")
            )

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
        self._check_kept(default)
        campaigns = self.campaign_id
        if "campaign_id" in default:
            campaigns = campaigns.browse(default["campaign_id"] or ())
            campaigns.check_access("write")
        copies = super(SmsCampaignAudience, check_later(campaigns, self)).copy(default)
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
            audience.with_env(check_later(campaign).env).copy(
                {"campaign_id": campaign.id}
            )
        if self:
            campaign._check_again()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for audience, vals in zip(self, vals_list, strict=True):
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
        for column in check_later(self.campaign_id, changed):
            column.role = roles[column.slug]
        changed.audience_id.column_ids._check_roles()


def _roles(commands, by_id=None):
    """Give the chosen role of each column, by slug, from the form's commands.

    :param by_id: slugs of the columns that are there, by id
    """
    roles = {}
    for command, column_id, values in commands:
        slug = (by_id or {}).get(column_id) or (values or {}).get("slug")
        if command in (Command.CREATE, Command.UPDATE) and "role" in values and slug:
            roles[slug] = values["role"]
    return roles


def _check_size(vals):
    """Refuse a file that is far too large before Odoo stores and indexes it."""
    try:
        # So many bytes at least, whether its base64 has line breaks or not.
        table.check_size(len(vals.get("file") or "") * 5 // 7)
    except table.TableError as error:
        raise UserError(str(error)) from None
