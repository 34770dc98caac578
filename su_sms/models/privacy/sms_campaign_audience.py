import base64

from odoo import models
from odoo.tools import SQL

from ...text import numbers as pasted
from ...text import spelling
from ...text.table import table


class SmsCampaignAudience(models.Model):
    # What privacy adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign.audience"

    def _forget(self):
        """Forget what was pasted or uploaded, and the people found in it."""
        if not self:
            return
        self._forget_files()
        # Not by the ORM: for people, what was launched stays as it is.
        for kept in ("sms_campaign_row", "sms_campaign_recipient"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE audience_id IN %s",
                    SQL.identifier(kept),
                    tuple(self.ids),
                )
            )
        self.env.cr.execute(
            "UPDATE sms_campaign_audience SET numbers = NULL WHERE id IN %s",
            [tuple(self.ids)],
        )
        self.env.cr.execute(
            "UPDATE sms_campaign_column SET example = NULL WHERE audience_id IN %s",
            [tuple(self.ids)],
        )
        self.env.invalidate_all()

    def _forget_files(self):
        """Remove uploaded files; writing the field would begin the campaign anew."""
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "in", self.ids),
            ]
        ).unlink()

    # ------------------------------------------------------------
    # Data of a person
    # ------------------------------------------------------------
    # What was pasted or uploaded about one person, for them to have.

    def _lines_of(self, number, rows):
        """Return [(line, {column: value})] of a number in E.164.

        :param rows: those of its rows that are still kept
        """
        self.ensure_one()
        if rows:
            return [(row.line, row.cells) for row in rows]
        country = self._row_country()
        try:
            return [
                (line, cells)
                for line, cells in self._given_lines()
                if any(
                    spelling.has(str(cell), number, country)
                    for cell in cells.values()
                    if cell
                )
            ]
        except table.TableError:
            # It could be read when it was uploaded.
            return []

    def _given_lines(self):
        """Read again what was given: the rows go when the campaign has been sent."""
        country = self._row_country()
        if self.kind == "numbers":
            found = pasted.split(self.numbers or "", country, most=None)
            for line, number, name in found:
                yield line, {"number": number, "name": name}
        elif self.file:
            found = table.read(
                base64.b64decode(self.file), country, sheet=self.sheet or ""
            )
            slugs = [column.slug for column in found.columns]
            for row in found.rows():
                yield row.line, dict(zip(slugs, row.values, strict=False))
