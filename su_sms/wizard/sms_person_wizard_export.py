import base64
import json

from odoo import fields, models
from odoo.tools import html2plaintext

from ..tools import xlsx

# sheet's model -> its fields, in the order of the columns
EXPORTED = {
    "sms.sms": (
        "create_date number recipient partner_id body message_class sender_id"
        " campaign_id state failure_type network accepted_at delivered_at parts cost"
        " currency_id"
    ).split(),
    "sms.incoming": "date number partner_id body short_code network".split(),
    "sms.consent": (
        "date kind reason channel note evidence confirmed user_id company_id"
    ).split(),
    "sms.campaign.recipient": "campaign_id name number reason detail line".split(),
    "mailing.trace": (
        "mass_mailing_id sms_number trace_status failure_type sent_datetime"
        " links_click_datetime"
    ).split(),
}


class SmsPersonWizard(models.TransientModel):
    """A spreadsheet of all that is held about a number."""

    _inherit = "sms.person.wizard"

    file = fields.Binary(attachment=False, readonly=True)

    def action_export(self):
        """Return a spreadsheet of what is held, for the person to have."""
        self._check_may()
        self.file = base64.b64encode(self._xlsx())
        self._log("export")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/sms-data.xlsx"
            "?download=true",
            "target": "download",
        }

    def _xlsx(self):
        found = self._found()
        sheets = []
        for model, names in EXPORTED.items():
            labels = [self._label(model, name) for name in names]
            rows = [[_cell(record, name) for name in names] for record in found[model]]
            sheets.append((self.env[model]._description, labels, rows))
        sheets += [
            self._sheet_of_audiences(),
            self._sheet_of_notifications(found["mail.notification"]),
            self._sheet_of_posts(found["sms.gateway.event"]),
        ]
        word = self.env._("Yes") if self.opted_out else self.env._("No")
        sheets.append(
            (self.env._("Opted Out"), [self.env._("Opted Out")], [[word]]),
        )
        return xlsx.workbook(sheets)

    def _label(self, model, name):
        return self.env[model]._fields[name]._description_string(self.env)

    def _sheet_of_audiences(self):
        """Return what was pasted or uploaded about the number, each line once."""
        headers = [
            self._label("sms.campaign.audience", "campaign_id"),
            self._label("sms.campaign.audience", "file_name"),
            self.env._("Line"),
            self.env._("Content"),
        ]
        row_ids, audience_ids = self._audiences()
        rows = self.env["sms.campaign.row"].browse(row_ids)
        lines, known = [], {}
        for audience in self.env["sms.campaign.audience"].browse(audience_ids):
            own = rows.filtered(lambda row, mine=audience: row.audience_id == mine)
            of = audience.campaign_id.display_name, audience.file_name
            found = audience._lines_of(self._e164(), own, known)
            if found is None:
                lines.append((*of, None, self._not_read_text()))
                continue
            # At least it is named.
            found = found or [(None, {})]
            lines += [
                (*of, line, ", ".join(f"{key}: {cells[key]}" for key in sorted(cells)))
                for line, cells in found
            ]
        return self.env["sms.campaign.audience"]._description, headers, lines

    def _not_read_text(self):
        return self.env._(
            "Not read, as reading all of them would take too long. Look for the number"
            " in this file or text."
        )

    def _sheet_of_notifications(self, notifications):
        """Return what stands in the chatter of records, which are not named.

        Who exports may not be allowed to see them; the texts are those of SMS.
        """
        names = ("sms_number", "notification_status", "failure_type")
        headers = [
            self._label("mail.message", "date"),
            *(self._label("mail.notification", name) for name in names),
            self.env._("Text"),
        ]
        companies = self.env.companies
        rows = []
        for notification in notifications:
            message = notification.mail_message_id
            company = message.record_company_id
            shown = message.message_type == "sms" and (
                not company or company in companies
            )
            text = html2plaintext(message.body or "") if shown else ""
            values = [_cell(notification, name) for name in names]
            rows.append([message.date, *values, text])
        return self.env["mail.notification"]._description, headers, rows

    def _sheet_of_posts(self, events):
        headers = [self.env._("Received"), self.env._("Kind"), self.env._("Content")]
        rows = [
            [event.received_at, event.kind, json.dumps(json.loads(event.payload))]
            for event in events
        ]
        return self.env._("Received from the Provider"), headers, rows


def _cell(record, name):
    """Return a field's value as a spreadsheet takes it."""
    field, value = record._fields[name], record[name]
    if field.type == "many2one":
        return value.sudo().display_name
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value)
    return value
