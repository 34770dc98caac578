import time

from odoo import api, models

# Browsers ask again no more often than this.
TELL_SECONDS = 1.0
# By database, when they were told last.
_told = {}


class SmsSms(models.Model):
    """Campaigns, and who looks at them, follow what the outbox does."""

    _inherit = "sms.sms"

    @api.model
    def _report_progress(self, done, remaining=0):
        result = super()._report_progress(done, remaining)
        database, now = self.env.cr.dbname, time.monotonic()
        if done and now - _told.get(database, 0) >= TELL_SECONDS:
            _told[database] = now
            self.env["sms.campaign"]._tell_progress()
        return result

    @api.model
    def _run_outbox(self):
        total = super()._run_outbox()
        if total:
            # One of them may be done now, or its budget spent.
            self.env["sms.campaign"]._trigger_work()
        return total
