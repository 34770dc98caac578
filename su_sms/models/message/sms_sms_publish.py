import logging
import time

import psycopg2
from odoo import api, models

from ...dispatch import outbox
from ...tools.transactions import in_test, is_passing, own_environment

_logger = logging.getLogger(__name__)


class SmsSms(models.Model):
    """How the rest of Odoo is told what became of messages."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    @api.model
    def _publish_some(self, limit):
        """Tell trackers, notifications and traces what became of messages.

        Never raises: what can't be published must not stop what is to be sent.

        :return: how many messages were published
        """
        for pause in (0.1, 0.5, 0):
            try:
                with own_environment(self.env) as env:
                    if in_test():
                        env.flush_all()
                    else:
                        outbox.read_committed(env.cr)
                    return env["sms.sms"]._publish(limit)
            except psycopg2.Error as error:
                # Somebody else was at the same records, or the database is away.
                _logger.info("Results are published later: %s", type(error).__name__)
                time.sleep(pause)
        return 0

    @api.model
    def _publish(self, limit):
        self.env.cr.execute(
            """
               UPDATE sms_sms SET to_publish = FALSE
                WHERE id IN (SELECT id FROM sms_sms WHERE to_publish
                           ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [limit],
        )
        messages = self.sudo().browse([row[0] for row in self.env.cr.fetchall()])
        messages.invalidate_recordset()
        groups = messages.with_context(sms_skip_msg_notification=True).grouped(
            lambda sms: (sms.state, sms.failure_type, sms.provider_text)
        )
        for (state, failure_type, text), group in groups.items():
            group._each_if_not_all(
                lambda some, s=state, f=failure_type, t=text: self._tell_trackers(
                    some.sms_tracker_id, s, f, t
                )
            )
        messages._each_if_not_all(
            lambda some: some.mail_message_id._notify_message_notification_update()
        )
        return len(messages)

    def _each_if_not_all(self, publish):
        """Publish these together, or if that fails one by one, leaving out the bad."""
        try:
            with self.env.cr.savepoint():
                publish(self)
        except Exception as error:
            if is_passing(error):
                raise
            if len(self) == 1:
                _logger.exception("Message %s can't be published", self.id)
                return
            for sms in self:
                sms._each_if_not_all(publish)

    @api.model
    def _tell_trackers(self, trackers, state, failure_type, text):
        if not trackers:
            return
        if state == "error" and failure_type in self.DELIVERY_ERRORS:
            # Odoo knows these as words of a provider, and makes some of them bounces.
            trackers.with_context(
                sms_known_failure_reason=text
            )._action_update_from_provider_error(failure_type.removeprefix("sms_"))
        else:
            trackers._action_update_from_sms_state(
                state, failure_type=failure_type, failure_reason=text
            )
