import base64
from hashlib import sha256

from odoo import models
from odoo.tools import SQL

from ...text import numbers as pasted
from ...text import spelling
from ...text.table import table
from ...tools import limits

# How long an export reads files again, and after how many rows it looks at the clock.
EXPORT_SECONDS, LOOK_AFTER = 30.0, 100


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

    def _lines_of(self, number, rows, known):
        """Return [(line, {column: value})] of a number in E.164.

        :param rows: those of its rows that are still kept
        :param known: what was found in what others were given; this one's is added
        :return: None if there is no time left to read it
        """
        self.ensure_one()
        if rows:
            return [(row.line, row.cells) for row in rows]
        if not self._may_go_on():
            return None
        given = self._given_digest()
        if given not in known:
            found = self._found_lines(number)
            if found is None:
                return None
            known[given] = found
        return known[given]

    def _given_digest(self):
        """Return what is the same for those who were given the same to read."""
        given = self.numbers if self.kind == "numbers" else self.file
        content = given.encode() if isinstance(given, str) else given or b""
        country = self._row_country()
        return self.kind, sha256(content).digest(), self.sheet, country

    def _found_lines(self, number):
        country = self._row_country()
        lines = []
        try:
            for place, (line, cells) in enumerate(self._given_lines()):
                if not place % LOOK_AFTER and not self._may_go_on():
                    return None
                if any(
                    spelling.has(str(cell), number, country)
                    for cell in cells.values()
                    if cell
                ):
                    lines.append((line, cells))
        except table.TableError:
            # It could be read when it was uploaded.
            return []
        return lines

    def _may_go_on(self):
        return limits.seconds_left(self.env.cr, "export", EXPORT_SECONDS) > 0

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
