"""Files that a campaign gives: who is left out, and a template to fill in."""

import io

import xlsxwriter
from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound


class CampaignFiles(http.Controller):
    @http.route("/su_sms/campaign/<int:campaign_id>/left_out.csv", auth="user")
    def left_out(self, campaign_id):
        """Download who is left out of a campaign that the caller may read."""
        campaign = request.env["sms.campaign"].search([("id", "=", campaign_id)])
        if not campaign:
            raise NotFound()
        return _download(campaign._left_out_csv(), "left_out.csv", "text/csv")

    @http.route("/su_sms/campaign/template.xlsx", auth="user")
    def template(self):
        """Download a spreadsheet with the columns that a campaign understands."""
        env = request.env
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet(env._("Recipients"))
            # As text, or Excel takes the zero off a number.
            text = book.add_format({"num_format": "@"})
            sheet.set_column(0, 2, 22, text)
            rows = (
                (env._("Phone"), env._("Name"), env._("Fee Balance")),
                ("0712 345 678", "Achieng Otieno", "12,400"),
                ("+254 733 345 679", "Baraka Mwangi", "0"),
            )
            bold = book.add_format({"bold": True, "num_format": "@"})
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row, text if line else bold)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(stream.getvalue(), "recipients.xlsx", kind)


def _download(content, name, kind):
    return request.make_response(
        content,
        [
            ("Content-Type", kind),
            ("Content-Disposition", http.content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
