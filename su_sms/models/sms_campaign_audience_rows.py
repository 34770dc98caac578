import base64
import json
from itertools import islice

from odoo import fields, models
from odoo.exceptions import UserError

from ..text import numbers as pasted
from ..text import phone, table

BATCH = 5000


class SmsCampaignAudience(models.Model):
    """Audiences that are no records: pasted numbers and uploaded files.

    What was given is cut into rows once, when it is saved; nothing is dropped, so that
    the check can tell of each bad row where it is and what is wrong with it.
    """

    _inherit = "sms.campaign.audience"

    file = fields.Binary(attachment=True, copy=True)
    file_name = fields.Char()
    column_ids = fields.One2many(
        "sms.campaign.column", "audience_id", "Columns", copy=False
    )
    row_ids = fields.One2many("sms.campaign.row", "audience_id", copy=False)

    def _read_numbers(self):
        for audience in self.filtered(lambda a: a.kind == "numbers"):
            country = audience._row_country()
            try:
                found = pasted.split(audience.numbers or "", country)
            except pasted.TextTooLongError as error:
                raise UserError(str(error)) from None
            audience._keep_rows(
                (line, {"number": number, "name": name})
                for line, number, name in _all_lines(audience.numbers or "", found)
            )

    def _read_file(self):
        for audience in self.filtered(lambda a: a.kind == "file"):
            audience.column_ids.sudo().unlink()
            if not audience.file:
                audience._keep_rows(())
                continue
            content = base64.b64decode(audience.file)
            try:
                found = table.read(content, audience._row_country())
                slugs = [column.slug for column in found.columns]
                audience._keep_rows(
                    (row.line, dict(zip(slugs, row.values, strict=False)))
                    for row in found.rows()
                )
            except table.TableError as error:
                raise UserError(str(error)) from None
            self.env["sms.campaign.column"].sudo().create(
                [{"audience_id": audience.id, **column} for column in columns(found)]
            )

    def _row_country(self):
        return self.env["sms.gateway.config"]._country(self.campaign_id.company_id)

    def _keep_rows(self, rows):
        """Keep these (line, cells) in place of the rows before, flat in memory."""
        self.env.cr.execute(
            "DELETE FROM sms_campaign_row WHERE audience_id = %s", [self.id]
        )
        rows = iter(rows)
        while batch := list(islice(rows, BATCH)):
            self.env.cr.execute(
                """
                INSERT INTO sms_campaign_row (audience_id, line, cells)
                SELECT %s, v.line, v.cells
                  FROM json_to_recordset(%s) AS v(line int, cells jsonb)
                """,
                [
                    self.id,
                    json.dumps(
                        [{"line": line, "cells": cells} for line, cells in batch]
                    ),
                ],
            )
        self.env["sms.campaign.row"].invalidate_model()
        self.invalidate_recordset(["row_ids"])

    def _row_columns(self):
        if self.kind == "numbers":
            return "number", "name"
        by_role = {column.role: column.slug for column in self.column_ids}
        return by_role.get("number"), by_role.get("name")


def columns(found):
    """Give the values of a file's columns, and what each was taken for.

    :param found: what ``table.read`` gives
    """
    first = found.head[0].values
    return [
        {
            "sequence": column.index,
            "title": column.title,
            "slug": column.slug,
            "role": column.role or "placeholder",
            "example": first[column.index],
        }
        for column in found.columns
    ]


def _all_lines(text, found):
    """Give (line, number, name) of what was found, and of lines in which nothing was.

    Those are no numbers, and the check says so instead of passing over them.
    """
    found = list(found)
    yield from found
    known = {each.line for each in found}
    for line, content in enumerate(text.splitlines(), 1):
        if line not in known and content.strip():
            yield line, content.strip()[: phone.LONGEST], ""
