import base64

from odoo import models

from ...text import numbers as pasted
from ...text import spelling, table


class SmsCampaignAudience(models.Model):
    """What was pasted or uploaded about one person, for them to have."""

    _inherit = "sms.campaign.audience"

    def _lines_of(self, number, rows):
        """Give [(line, {column: value})] of a number in E.164.

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
            for line, number, name in pasted.split(self.numbers or "", country):
                yield line, {"number": number, "name": name}
        elif self.file:
            found = table.read(
                base64.b64decode(self.file), country, sheet=self.sheet or ""
            )
            slugs = [column.slug for column in found.columns]
            for row in found.rows():
                yield row.line, dict(zip(slugs, row.values, strict=False))
