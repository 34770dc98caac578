import logging
import os
import socket
import time

import psycopg2
from odoo import api, fields, models

from ...dispatch.waiting import STILL
from ...tools.transactions import in_test, own_transaction, utcnow

_logger = logging.getLogger(__name__)
# A process notes what it does at most this often, in seconds.
NOTE_EVERY = 10.0

_noted = {}


class SmsRun(models.Model):
    """When what sends, prepares and applies last ran, and where.

    What does not run can't tell that it does not: whoever looks tells it by this. A row
    for each kind of work, written at most once in a run.
    """

    _name = "sms.run"
    _inherit = ["sms.form.mixin"]
    _description = "SMS Run"
    _log_access = False
    _rec_name = "job"

    job = fields.Char(
        required=True,
        readonly=True,
        help="dispatch, events, campaigns; interrupted: a dispatcher has found messages"
        " that another had on the wire when its process ended",
    )
    at = fields.Datetime(required=True, readonly=True)
    host = fields.Char(readonly=True)
    pid = fields.Integer(readonly=True)
    in_job = fields.Boolean(readonly=True, help="By a scheduled action of Odoo's.")
    messages = fields.Integer(readonly=True)

    _job = models.UniqueIndex("(job)")

    @api.model
    def _note(self, job, messages=0):
        """Note that this process does this now; it never fails.

        :param messages: how many it is about
        """
        key, now = (self.env.cr.dbname, job), time.monotonic()
        if now - _noted.get(key, -NOTE_EVERY) < NOTE_EVERY and not in_test():
            return
        try:
            with own_transaction(self.env) as cr:
                cr.execute(
                    """
                    INSERT INTO sms_run (job, at, host, pid, in_job, messages)
                    VALUES (%s, %s, %s, %s, %s, %s)
                        ON CONFLICT (job) DO UPDATE
                       SET at = excluded.at, host = excluded.host,
                           pid = excluded.pid, in_job = excluded.in_job,
                           messages = excluded.messages
                    """,
                    [
                        *(job, utcnow(), socket.gethostname(), os.getpid()),
                        *("cron_id" in self.env.context, messages),
                    ],
                )
        except psycopg2.Error as error:
            if in_test():
                raise
            _logger.info("A run is not noted: %s", type(error).__name__)
            return
        _noted[key] = now

    @api.model
    def _last(self):
        """Return {kind of work: its last run}."""
        return {run.job: run for run in self.sudo().search([])}

    def _is_old(self):
        """Tell whether there is none of the last minutes; jobs run every ten."""
        return not self or self.at < utcnow() - STILL

    def _where(self):
        """Say where and how it ran."""
        if self.in_job:
            return self.env._("%(host)s, process %(pid)s", host=self.host, pid=self.pid)
        return self.env._(
            "%(host)s, process %(pid)s, not by a scheduled action",
            host=self.host,
            pid=self.pid,
        )
