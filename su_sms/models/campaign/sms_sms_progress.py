import time

from odoo import api, models

from ...tools.transactions import own_environment

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
            self._end_campaigns()
        return result

    @api.model
    def _end_campaigns(self):
        """Wake the campaigns' job if one has nothing left to send.

        A run of the outbox may go on for others.
        """
        with own_environment(self.env) as env:
            env["sms.campaign"].flush_model(["state"])
            env["sms.sms"].flush_model(["campaign_id", "state"])
            env.cr.execute(
                """
                SELECT EXISTS (
                    SELECT FROM sms_campaign c WHERE c.state = 'sending'
                       AND NOT EXISTS (SELECT FROM sms_sms WHERE campaign_id = c.id
                                          AND state IN ('outgoing', 'process')))
                """
            )
            if env.cr.fetchone()[0]:
                env["sms.campaign"]._trigger_work()

    @api.model
    def _run_outbox(self, *args, **kwargs):
        total = super()._run_outbox(*args, **kwargs)
        if total:
            # One of them may be done now, or its budget spent.
            self.env["sms.campaign"]._trigger_work()
        return total
