import logging
import time

from markupsafe import Markup
from odoo import api, fields, models

from ...privacy import retention, suppression
from ...tools.transactions import is_passing, own_transaction, utcnow

_logger = logging.getLogger(__name__)

# A batch is one short transaction; a run is shorter than Odoo's limit for a job.
BATCH = 2000
RUN_SECONDS = 60


class SmsGatewayConfig(models.Model):
    """How long what a gateway carried is kept: text, number, message."""

    # What privacy adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    body_days = fields.Integer(
        "Keep Texts (Days)",
        default=180,
        tracking=True,
        help="After this time the text is removed, also from the chatter where it"
        " was written. The sender, recipient, date and cost remain. 0: as long"
        " as the number.",
    )
    number_days = fields.Integer(
        "Keep Numbers (Days)",
        default=365,
        tracking=True,
        help="After this time the number is replaced by a hash, and the name and the"
        " links to the contact and record are removed: messages can still be"
        " counted and distinguished, but no longer traced to a person. 0: as"
        " long as the message.",
    )
    message_days = fields.Integer(
        "Keep Messages (Days)",
        default=730,
        tracking=True,
        help="After this time the message is removed. Its outcome, parts and cost"
        " remain in the totals of the statements. 0: never.",
    )

    _days = models.Constraint(
        "CHECK (body_days BETWEEN 0 AND 36500 AND number_days BETWEEN 0 AND 36500"
        " AND message_days BETWEEN 0 AND 36500 AND event_days BETWEEN 0 AND 36500)",
        "Days are from 0 to 36,500. Use 0 for no limit of its own.",
    )

    @api.model
    def _forget(self):
        """Forget what is older than its gateway says; called by the cron.

        Begins anew each time: what is done is done, whatever ended the last run.
        """
        self.env["ir.cron"]._sms_check_is_job()
        until = time.monotonic() + self.env["ir.cron"]._sms_seconds(RUN_SECONDS)
        gateways = self.sudo().with_context(active_test=False)
        gateways = gateways.search([])  # pylint: disable=no-search-all
        done = 0
        for gateway in gateways:
            for name, step in gateway._steps():
                for count in step:
                    done += count
                    _logger.info("Gateway %s: %d %s", gateway.id, count, name)
                    if time.monotonic() > until:
                        self.env.ref("su_sms.ir_cron_retention").sudo()._sms_go_on()
                        self.env["sms.sms"]._report_progress(done)
                        return
        self.env["sms.sms"]._report_progress(done)

    def _steps(self):
        """Return the steps of retention, [(name, how many each batch took)]."""
        yield "audiences forgotten", self._forget_by(self._forget_audiences)
        for name, step in retention.STEPS.items():
            yield name, self._forget_by(step)

    def _forget_by(self, step):
        """Take a step of retention batch by batch; yields how many each took."""
        batch = {
            "gateway_id": self.id,
            "ages": self._ages(),
            "now": utcnow(),
            "after": 0,
            "limit": BATCH,
            "keys": suppression.pads(suppression.secret(self.env.cr)),
            "zones": self.env.company._sms_time_zones(),
            "notice": self._notice(),
        }
        while True:
            try:
                with own_transaction(self.env) as cr:
                    ids = step(cr, retention.Batch(**batch))
            except Exception as error:
                if is_passing(error):
                    raise
                # What is wrong with one gateway must not end the others' retention.
                _logger.error("Gateway %s: %s", self.id, type(error).__name__)
                return
            if not ids:
                return
            yield len(ids)
            batch["after"] = max(ids)

    def _ages(self):
        days = self.body_days, self.number_days, self.message_days, self.event_days
        return retention.Ages.of(*days)

    def _forget_audiences(self, cr, batch):
        ids = retention.lock_audiences(cr, batch)
        self.env(cr=cr)["sms.campaign.audience"].browse(ids)._forget()
        return ids

    def _paused_too_long(self):
        """Return {gateway's id: campaigns paused for longer than texts are kept}.

        Their people's data waits with them: only somebody can tell whether they go on.
        """
        ages = {gateway.id: gateway._ages().text for gateway in self._origin}
        ages = {gateway_id: days for gateway_id, days in ages.items() if days}
        self.env["sms.campaign"].flush_model(["gateway_id", "state", "write_date"])
        self.env.cr.execute(
            """
            SELECT c.gateway_id, count(*)
              FROM sms_campaign c
              JOIN unnest(%s::int[], %s::int[]) AS age (gateway_id, days)
             USING (gateway_id)
             WHERE c.state = 'paused'
               AND c.write_date < %s - make_interval(days => age.days)
          GROUP BY c.gateway_id
            """,
            [list(ages), list(ages.values()), fields.Datetime.now()],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _notice(self):
        """Return the HTML that takes a forgotten text's place in the chatter."""
        text = self.env._(
            "The text of this SMS was removed at the end of its retention period."
        )
        return str(Markup("<p><em>%s</em></p>") % text)
