import logging
from datetime import timedelta

import psycopg2
from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError

from ..dispatch.timing import gaps
from ..dispatch.timing.alarm import Alarm
from ..tools.transactions import in_test, utcnow

_logger = logging.getLogger(__name__)

# The models whose jobs leave gaps; Odoo's own job for SMS is one of them.
MODELS = ("sms.sms", "sms.campaign", "sms.gateway.event", "sms.gateway.config")
# How many jobs there are that dispatch.
SLOTS = 8
# For the jobs that this process is about to wake.
_alarm = Alarm()


class IrCron(models.Model):
    """Jobs that leave gaps in which others may lock them: see dispatch/timing."""

    _inherit = "ir.cron"

    @api.model
    def _sms_check_is_job(self):
        """Refuse a person: whoever is logged in may have Odoo run a job's action."""
        if not self.env.su:
            raise AccessError(self.env._("Only Odoo's scheduled actions can run this."))

    @api.model
    def _sms_in_job(self):
        """Tell whether this runs as a job, whose record is locked meanwhile."""
        return "cron_id" in self.env.context and not in_test()

    @api.model
    def _sms_slots(self):
        """Return the jobs that dispatch side by side, active or not."""
        names = ["ir_cron_outbox"]
        names += [f"ir_cron_outbox_{place}" for place in range(2, SLOTS + 1)]
        refs = (self.env.ref(f"su_sms.{name}", False) for name in names)
        return self.sudo().union(*filter(None, refs))

    @api.model
    def _sms_wake_slots(self, at=None):
        """Wake all that dispatch: who finds nothing free ends at once."""
        for job in self._sms_slots().filtered("active"):
            job._trigger(at=at)

    def _sms_is_running(self):
        """Tell whether somebody runs one of these jobs, as its record is locked."""
        self.env.cr.execute(
            "SELECT FROM ir_cron WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED",
            [self.ids],
        )
        return self.env.cr.rowcount < len(self)

    @api.model
    def _sms_seconds(self, most):
        """Return how long to run at most: as a job, until the next gap."""
        return min(most, gaps.left()) if self._sms_in_job() else most

    @api.model
    @tools.ormcache()
    def _sms_job_ids(self):
        """Return the ids of the jobs that leave gaps."""
        jobs = self.sudo().with_context(active_test=False)
        return frozenset(jobs.search([("model_id.model", "in", MODELS)]).ids)

    def _trigger_list(self, at_list):
        """Let what would begin in a gap begin after it."""
        now = fields.Datetime.now()
        soon = any(at <= now for at in at_list)
        if not soon or in_test() or gaps.left() or self.id not in self._sms_job_ids():
            return super()._trigger_list(at_list)
        later = [at for at in at_list if at > now]
        return super()._trigger_list([*later, self._sms_wake_in(gaps.over())])

    def _sms_go_on(self, after=None):
        """Have this job, which runs, run again: after the gap, or after some seconds.

        Odoo would look for it within a minute only.
        """
        seconds = gaps.over() if after is None else after
        self._trigger(at=self._sms_wake_in(seconds) if self._sms_in_job() else None)

    def _sms_wake_in(self, seconds):
        """Wake this job after some seconds, if this process lives.

        :return: when it should be due by itself
        """
        key = (self.env.cr.dbname, self.id)
        try:
            _alarm.set(key, seconds, self._sms_make_wake())
        except RuntimeError as error:
            _logger.warning("Job %s is not woken: %s", self.id, error)
        # To the second, and not before.
        return utcnow().replace(microsecond=0) + timedelta(seconds=int(seconds) + 2)

    def _sms_make_wake(self):
        registry, cron_id = self.env.registry, self.id

        def wake():
            try:
                with registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["ir.cron"].browse(cron_id)._trigger()
            except psycopg2.Error as error:
                # It is due by itself within a minute.
                _logger.info("Job %s is not woken: %s", cron_id, type(error).__name__)

        return wake
