"""Messages of a mailing that have been sent and wait for their reports."""

from __future__ import annotations

import time
import uuid
from urllib.parse import urlencode, urlsplit

from odoo import api
from odoo.modules.registry import Registry

from tests.faults.callbacks.posting import FORM, Post

from .environment import environment

BODY = "Exams begin on Monday at 8:00. Bring your student card."
# Before any report has come.
PENDING = {
    "sms_sms": "state = 'pending', failure_type = NULL, report_rank = NULL,"
    " report_status = NULL, delivered_at = NULL, to_publish = NULL, to_delete = FALSE",
    "mailing_trace": "trace_status = 'pending', sent_datetime = NULL",
    "mail_notification": "notification_status = 'pending'",
}
TABLES = (*PENDING, "sms_tracker", "mail_message", "sms_gateway_event")
DELIVERED = ("sent", "sent", "sent")
APPLY_SECONDS = 120
PUBLISH_SECONDS = 20


class Sent:
    """Messages sent by us, each with partner, chatter message, notification, trace.

    Made by the ORM, one mailing's. Their uuids are their ids at the provider.
    """

    def __init__(self, registry: Registry, count: int) -> None:
        self.count = count
        self._registry = registry
        with environment(registry) as env:
            self._ids, self._uuids = _make(env, count)
            self._sent(env)

    def posts(self) -> list[Post]:
        """Return the delivery report of each, as the provider posts it."""
        with environment(self._registry) as env:
            path = urlsplit(_gateway(env).delivery_url).path
        return [Post.form(path, **dict(fields)) for fields in self._fields()]

    def receive(self) -> None:
        """Store the delivery reports as the controller does."""
        with environment(self._registry) as env:
            gateway, events = _gateway(env).id, env["sms.gateway.event"]
            for fields in self._fields():
                events._receive(gateway, "delivery", fields)
        self._analyze()

    def apply(self) -> float:
        """Apply all that was received; return the seconds it took."""
        with self._registry.cursor() as cr:
            events = api.Environment(cr, api.SUPERUSER_ID, {})["sms.gateway.event"]
            began = time.monotonic()
            while events._apply_some():
                pass
            return time.monotonic() - began

    def wait_applied(self) -> None:
        """Wait until a server has applied a report of each."""
        until = time.monotonic() + APPLY_SECONDS
        while (states := self._event_states()) != {"applied": self.count}:
            assert time.monotonic() < until, states
            time.sleep(0.1)

    def reset(self) -> None:
        """Let no report have come yet."""
        with self._registry.cursor() as cr:
            cr.execute("TRUNCATE sms_gateway_event CASCADE")
            for table, pending in PENDING.items():
                cr.execute(f"UPDATE {table} SET {pending}")
        self._analyze()

    def check_delivered(self) -> None:
        """Assert that notification and trace of each say so, and the message if ours.

        What is applied is published a moment later: it has some seconds.
        """
        until = time.monotonic() + PUBLISH_SECONDS
        while (states := self._states()) != [(*DELIVERED, self.count)]:
            assert time.monotonic() < until, states
            time.sleep(0.1)

    def _states(self) -> list[tuple[str, str, str, int]]:
        with self._registry.cursor() as cr:
            cr.execute(
                """
                SELECT CASE WHEN s.gateway_id IS NULL THEN 'sent' ELSE s.state END,
                       n.notification_status, t.trace_status, count(*)
                  FROM sms_tracker k
                  JOIN sms_sms s ON s.uuid = k.sms_uuid
                  JOIN mail_notification n ON n.id = k.mail_notification_id
                  JOIN mailing_trace t ON t.id = k.mailing_trace_id
                 WHERE s.id = ANY(%s)
              GROUP BY 1, 2, 3
                """,
                [self._ids],
            )
            return cr.fetchall()

    def _event_states(self) -> dict[str, int]:
        with self._registry.cursor() as cr:
            cr.execute("SELECT state, count(*) FROM sms_gateway_event GROUP BY 1")
            return dict(cr.fetchall())

    def _sent(self, env: api.Environment) -> None:
        env.cr.execute(
            "UPDATE sms_sms SET gateway_id = %s, provider_message_id = uuid,"
            " accepted_at = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
            [_gateway(env).id, self._ids],
        )

    def _fields(self) -> list[list[tuple[str, str]]]:
        return [
            [
                ("phoneNumber", _number(n)),
                ("retryCount", "0"),
                ("id", message_id),
                ("status", "Success"),
                ("networkCode", "63902"),
            ]
            for n, message_id in enumerate(self._uuids)
        ]

    def _analyze(self) -> None:
        with self._registry.cursor() as cr:
            for table in TABLES:
                cr.execute(f"ANALYZE {table}")


class SentByTwilio(Sent):
    """The same, sent by `sms_twilio`: without a gateway."""

    def posts(self) -> list[Post]:
        """Return the status callback of each, signed."""
        from odoo.addons.sms_twilio.tools import sms_twilio

        posts = []
        with environment(self._registry) as env:
            company = env.company
            for n, message in enumerate(self._uuids):
                fields = {
                    "MessageSid": f"SM{message}",
                    "MessageStatus": "delivered",
                    "SmsStatus": "delivered",
                    "To": _number(n),
                }
                signature = sms_twilio.generate_twilio_sms_callback_signature(
                    company, message, fields
                )
                headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
                path = f"/sms_twilio/status/{message}"
                posts.append(Post(path, urlencode(fields).encode(), headers))
        return posts

    def _sent(self, env: api.Environment) -> None:
        env.company.sms_twilio_auth_token = "0" * 32
        env.cr.execute(
            "UPDATE sms_sms SET gateway_id = NULL WHERE id = ANY(%s)", [self._ids]
        )


def _gateway(env: api.Environment):
    return env["sms.gateway.config"].search([], limit=1)


def _make(env: api.Environment, count: int) -> tuple[list[int], list[str]]:
    quiet = env(context={"tracking_disable": True, "mail_create_nosubscribe": True})
    mailing = quiet["mailing.mailing"].create(
        {
            "subject": "Exams",
            "mailing_type": "sms",
            "body_plaintext": BODY,
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            # or SMS Marketing's cron sends it to all other people meanwhile
            "state": "done",
        }
    )
    partners = quiet["res.partner"].create(
        [{"name": f"Student {n}"} for n in range(count)]
    )
    author = env.ref("base.partner_admin").id
    notes = quiet["mail.message"].create(
        [
            {"model": "res.partner", "res_id": partner.id, "author_id": author}
            | {"message_type": "sms", "body": BODY}
            for partner in partners
        ]
    )
    messages = quiet["sms.sms"].create(
        [
            {"uuid": uuid.uuid4().hex, "number": _number(n), "body": BODY}
            | {"mailing_id": mailing.id, "mail_message_id": note.id}
            for n, note in enumerate(notes)
        ]
    )
    notifications = quiet["mail.notification"].create(
        [
            {"mail_message_id": sms.mail_message_id.id, "res_partner_id": partner.id}
            | {"notification_type": "sms", "sms_id_int": sms.id}
            | {"sms_number": sms.number, "is_read": True}
            for sms, partner in zip(messages, partners, strict=True)
        ]
    )
    traces = quiet["mailing.trace"].create(
        [
            {"trace_type": "sms", "mass_mailing_id": mailing.id, "model": "res.partner"}
            | {"res_id": partner.id, "sms_id_int": sms.id, "sms_number": sms.number}
            for sms, partner in zip(messages, partners, strict=True)
        ]
    )
    quiet["sms.tracker"].create(
        [
            {"sms_uuid": sms.uuid, "mail_notification_id": notification.id}
            | {"mailing_trace_id": trace.id}
            for sms, notification, trace in zip(
                messages, notifications, traces, strict=True
            )
        ]
    )
    env.flush_all()
    return messages.ids, messages.mapped("uuid")


def _number(n: int) -> str:
    return f"+2547110{n:05d}"
