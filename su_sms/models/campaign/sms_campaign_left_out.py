from odoo import models

from ...text.table_write import write_csv

BATCH = 5000


class SmsCampaign(models.Model):
    """Who is left out, as a file to mend the numbers in."""

    _inherit = "sms.campaign"

    def action_download_left_out(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/su_sms/campaign/{self.id}/left_out.csv",
            "target": "download",
        }

    def _left_out_csv(self):
        """Give a CSV file of who is left out: line, number, name, reason, detail.

        After the launch it is the messages that say so.
        """
        self.ensure_one()
        self.check_access("read")
        headings = [
            self.env._("Line"),
            self.env._("Number"),
            self.env._("Name"),
            self.env._("Left Out Because"),
            self.env._("In Detail"),
        ]
        return write_csv([headings, *self._left_out_rows()])

    def _left_out_rows(self):
        if self.state in ("draft", "approval", "scheduled"):
            model = self.env["sms.campaign.recipient"]
            domain = [("reason", "!=", False)]
            fnames = ["line", "number", "name", "reason", "detail"]
        else:
            model = self.env["sms.sms"]
            domain = [("left_out", "=", True)]
            fnames = ["line", "number", "recipient", "failure_type", "provider_text"]
        reasons = dict(model._fields[fnames[3]]._description_selection(self.env))
        last = 0
        while records := model.search(
            [("campaign_id", "=", self.id), ("id", ">", last), *domain],
            order="id",
            limit=BATCH,
        ):
            for record in records:
                line, number, name, reason, detail = map(record.__getitem__, fnames)
                yield (
                    line or "",
                    number or "",
                    name or "",
                    reasons[reason],
                    detail or "",
                )
            last = records[-1].id
            records.invalidate_recordset()
