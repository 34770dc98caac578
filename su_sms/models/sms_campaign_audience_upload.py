import base64
import binascii

from odoo import Command, api, models
from odoo.exceptions import UserError

from ..text import table
from .sms_campaign import CHECK_LATER


class SmsCampaignAudience(models.Model):
    """The columns of a file, shown for correction before it is saved."""

    _inherit = "sms.campaign.audience"

    @api.depends("file_name")
    def _compute_name(self):
        result = super()._compute_name()
        for audience in self.filtered(lambda a: a.kind == "file" and a.file_name):
            audience.name = audience.file_name
        return result

    @api.onchange("file")
    def _onchange_file(self):
        """Show what the columns were taken for."""
        self.column_ids = [Command.clear()]
        if not self.file:
            return
        try:
            found = table.read(base64.b64decode(self.file), self._row_country())
        except (table.TableError, binascii.Error) as error:
            raise UserError(str(error)) from None
        first = found.head[0].values
        self.column_ids = [
            Command.create(
                {
                    "sequence": column.index,
                    "title": column.title,
                    "slug": column.slug,
                    "role": column.role or "placeholder",
                    "example": first[column.index],
                }
            )
            for column in found.columns
        ]

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        roles = [_roles(vals.pop("column_ids", ())) for vals in vals_list]
        audiences = super().create(vals_list)
        for audience, chosen in zip(audiences, roles, strict=True):
            audience._choose_roles(chosen)
        return audiences

    def write(self, vals):
        if "column_ids" not in vals:
            return super().write(vals)
        vals = dict(vals)
        commands = vals.pop("column_ids")
        by_id = {column.id: column.slug for column in self.column_ids}
        result = super().write(vals)
        for audience in self:
            audience._choose_roles(_roles(commands, by_id))
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for audience, vals in zip(self, vals_list, strict=True):
            vals["column_ids"] = [
                Command.create({"slug": column.slug, "role": column.role})
                for column in audience.column_ids
            ]
        return vals_list

    def _choose_roles(self, roles):
        """Let the columns hold what a person has chosen.

        :param roles: the role of each column, by slug
        """
        changed = self.column_ids.filtered(
            lambda c: roles.get(c.slug, c.role) != c.role
        )
        if not changed:
            return
        # All at once: in between there are two columns of numbers, or none.
        for column in changed.with_context(su_sms_check_later=CHECK_LATER):
            column.role = roles[column.slug]
        self.column_ids._check_roles()
        self._changed()


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
