"""Mailing lists of many people, in both databases, and what is sent to them."""

from __future__ import annotations

import time

from odoo import api
from odoo.modules.registry import Registry

from .environment import environment

PERSONAL = "Dear {{ object.name }}, the library closes at 17:00 today."
SAME = "The library closes at 17:00 today."
REPEATED = "Dear " + "{{ object.name }}" * 250


def forget(registry: Registry) -> None:
    """Forget the messages that were made."""
    with registry.cursor() as cr:
        cr.execute("TRUNCATE sms_sms, mailing_trace CASCADE")


def make_list(registry: Registry, count: int) -> int:
    """Make a mailing list of so many people, and forget all others; return its id."""
    forget(registry)
    with environment(registry) as env:
        env.cr.execute("TRUNCATE mailing_subscription, mailing_contact CASCADE")
        mailing_list = env["mailing.list"].create({"name": f"{count} students"}).id
        env.cr.execute(
            """
            WITH people AS (
                INSERT INTO mailing_contact (name, mobile, phone_sanitized,
                                             create_uid, create_date)
                SELECT 'Student ' || n, '+2547110' || lpad(n::text, 5, '0'),
                       '+2547110' || lpad(n::text, 5, '0'), 1, now()
                  FROM generate_series(0, %s - 1) n
             RETURNING id
            )
            INSERT INTO mailing_subscription (contact_id, list_id, opt_out)
            SELECT id, %s, FALSE FROM people
            """,
            [count, mailing_list],
        )
    analyze(registry, "mailing_contact", "mailing_subscription", "sms_sms")
    return mailing_list


def name_at_length(registry: Registry) -> None:
    """Give everybody a name of a thousand characters, and one person none."""
    with registry.cursor() as cr:
        cr.execute("UPDATE mailing_contact SET name = repeat('x', 1000)")
        cr.execute(
            "UPDATE mailing_contact SET name = NULL"
            " WHERE id = (SELECT min(id) FROM mailing_contact)"
        )


def analyze(registry: Registry, *tables: str) -> None:
    """Do what autovacuum does a while after many rows came."""
    with registry.cursor() as cr:
        for table in tables:
            cr.execute(f"ANALYZE {table}")


def make_campaign(
    registry: Registry, mailing_list: int, body: str
) -> tuple[int, float]:
    """Make a campaign and let it be counted; return its id and the count's seconds."""
    with environment(registry) as env:
        audience = {"kind": "list", "list_ids": [(4, mailing_list)]}
        values = {
            "name": "Library",
            "body": body,
            # which need not be the default: see the system
            "gateway_id": env["sms.gateway.config"].search([], limit=1).id,
            # As SMS Marketing by default. A link is everybody's own, and texts that
            # differ share no request.
            "optout": "none",
            "when_empty": "send",
            "audience_ids": [(0, 0, audience)],
        }
        # A person's: the superuser's rights are nobody's.
        person = env.ref("base.user_admin")
        campaign_id = env["sms.campaign"].with_user(person).create(values).id
    with environment(registry) as env:
        campaign = env["sms.campaign"].browse(campaign_id)
        began = time.monotonic()
        campaign._forget_count()
        campaign._count_some(float("inf"))
        env.flush_all()
        seconds = time.monotonic() - began
        assert campaign.count_state == "done", campaign.count_state
    return campaign_id, seconds


def prepare(registry: Registry, campaign_id: int, count: int) -> float:
    """Launch a campaign; return the seconds until all its messages are in the queue."""
    began = time.monotonic()
    with environment(registry) as env:
        env["sms.campaign"].browse(campaign_id)._launch()
    state = "preparing"
    while state == "preparing":
        with environment(registry) as env:
            env["sms.campaign"]._work()
            env.invalidate_all()
            state = env["sms.campaign"].browse(campaign_id).state
    seconds = time.monotonic() - began
    assert queued(registry) == count
    return seconds


def prepare_mailing(
    registry: Registry, mailing_list: int, count: int, body: str = PERSONAL
) -> float:
    """Let SMS Marketing make a mailing's messages; return the seconds it takes."""
    with environment(registry) as env:
        mailing = env["mailing.mailing"].create(
            {
                "subject": "Library",
                "mailing_type": "sms",
                "body_plaintext": body,
                "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [(4, mailing_list)],
            }
        )
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        began = time.monotonic()
        env["mailing.mailing"].browse(mailing.id).action_send_sms()
        cr.commit()
        seconds = time.monotonic() - began
    assert queued(registry) == count
    return seconds


def queued(registry: Registry) -> int:
    """Count the messages that wait."""
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM sms_sms WHERE state = 'outgoing'")
        return cr.fetchone()[0]
