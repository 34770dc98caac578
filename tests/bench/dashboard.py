"""The benchmark of the dashboard: all its figures over a year of messages."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import psycopg2
from odoo import api
from odoo.sql_db import connection_info_for

from .benchmark import Sample, benchmark
from .environment import environment

MESSAGES = 1_000_000
WAITING = 3_000
CAMPAIGNS = 20
MAILINGS = 60
CALLS = 5


@benchmark(most=200.0)
def dashboard_ms_1m(system) -> Iterator[Sample]:
    """Milliseconds of the dashboard's figures with 1,000,000 messages of a year."""
    with environment(system.database) as env:
        _fill(env)
    try:
        _vacuum(system.database.db_name)
        for _run in range(system.runs):
            seconds = sorted(_ask(system) for _call in range(CALLS))
            yield Sample(1000 * seconds[CALLS // 2], {"slowest": seconds[-1]})
    finally:
        with system.database.cursor() as cr:
            cr.execute("TRUNCATE sms_sms CASCADE")


def _vacuum(name: str) -> None:
    """Do what autovacuum would have done within the year, so that it rests now."""
    _name, info = connection_info_for(name)
    with contextlib.closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute("VACUUM ANALYZE sms_sms")


def _ask(system) -> float:
    """Ask for all figures as a person's browser does; return the seconds it took."""
    with system.database.cursor() as cr:
        admin = api.Environment(cr, api.SUPERUSER_ID, {}).ref("base.user_admin").id
        env = api.Environment(cr, admin, {"tz": "Africa/Nairobi", "lang": "en_US"})
        began = time.monotonic()
        data = env["sms.dashboard"].get_data()
        seconds = time.monotonic() - began
    assert sum(map(sum, data["chart"]["counts"].values())) > MESSAGES / 13, data
    assert data["queue"]["count"] == WAITING, data["queue"]
    return seconds


def _fill(env: api.Environment) -> None:
    """Make a year's messages of campaigns, mailings and people, evenly spread."""
    gateway = env["sms.gateway.config"].search([], limit=1)
    campaigns = env["sms.campaign"].create(
        [{"name": f"Campaign {n}", "gateway_id": gateway.id} for n in range(CAMPAIGNS)]
    )
    mailings = env["mailing.mailing"].create(
        [
            {
                "subject": f"Mailing {n}",
                "mailing_type": "sms",
                "body_plaintext": "News",
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            }
            for n in range(MAILINGS)
        ]
    )
    env["sms.balance"].create(
        [
            {"gateway_id": gateway.id, "at": f"2026-01-01 {n % 24:02d}:00:00"}
            for n in range(24 * 30)
        ]
    )
    env.flush_all()
    env.cr.execute("TRUNCATE sms_sms CASCADE")
    env.cr.execute(
        FILL,
        {
            "messages": MESSAGES,
            "waiting": WAITING,
            "gateway": gateway.id,
            "company": env.company.id,
            "user": env.ref("base.user_admin").id,
            "currency": env.ref("base.KES").id,
            "campaigns": campaigns.ids,
            "of_campaigns": CAMPAIGNS,
            "mailings": mailings.ids,
            "of_mailings": MAILINGS,
        },
    )


# As sending leaves them: 88 of 100 delivered, 7 without a report, 4 failed, 1 left out;
# half of them of campaigns, which come one after the other, a quarter of mailings.
FILL = """
    INSERT INTO sms_sms
           (uuid, number, body, state, failure_type, to_delete, gateway_id, company_id,
            message_class, priority, provider_message_id, provider_code, provider_text,
            cost, currency_id, parts, network, sender_id, report_status, report_rank,
            attempts, dispatch_token, dispatched_at, accepted_at, delivered_at,
            campaign_id, mailing_id, create_uid, write_uid, create_date, write_date)
    SELECT md5(n::text), '+2547' || lpad(n::text, 8, '0'),
           'Student ' || n || ': ' || repeat('your fee balance is due on Monday. ', 3),
           state,
           CASE WHEN state = 'error' THEN (ARRAY['sms_expired', 'sms_not_delivered',
                'sms_blocked', 'sms_outcome_unknown'])[kind - 94] END,
           FALSE, %(gateway)s, %(company)s,
           CASE WHEN n %% 2 = 0 THEN 'promotional' ELSE 'transactional' END,
           CASE WHEN n %% 4 = 3 THEN '1' ELSE '0' END,
           CASE WHEN taken THEN 'ATXid_' || md5('AT' || n) END,
           CASE WHEN taken THEN '101' END, CASE WHEN taken THEN 'Success' END,
           CASE WHEN taken THEN 0.8 END, CASE WHEN taken THEN %(currency)s END, 1,
           CASE WHEN state = 'sent' THEN (ARRAY['Safaricom', 'Safaricom', 'Safaricom',
                'Airtel Kenya', 'Telkom Kenya'])[n %% 5 + 1] END,
           'UNIVERSITY', CASE WHEN state = 'sent' THEN 'Success' END,
           CASE WHEN state = 'sent' THEN 3 END, 1, md5((n / 500)::text), at,
           CASE WHEN taken THEN at + interval '1 second' END,
           CASE WHEN state = 'sent' THEN at + (2 + n %% 37) * interval '1 second' END,
           CASE WHEN n %% 2 = 0
                THEN (%(campaigns)s)[ceil(share * %(of_campaigns)s)] END,
           CASE WHEN n %% 4 = 1
                THEN (%(mailings)s)[ceil(share * %(of_mailings)s)] END,
           %(user)s, %(user)s, at, at
      FROM (SELECT n, n %% 100 AS kind, n %% 100 < 95 AND n < first AS taken,
                   CASE WHEN n >= first THEN 'outgoing' WHEN n %% 100 < 88 THEN 'sent'
                        WHEN n %% 100 < 95 THEN 'pending'
                        WHEN n %% 100 < 99 THEN 'error' ELSE 'canceled' END AS state,
                   n / %(messages)s::float AS share,
                   now() AT TIME ZONE 'UTC'
                       - (%(messages)s - n) * interval '365 days' / %(messages)s AS at
              FROM generate_series(1, %(messages)s) n,
                   (SELECT %(messages)s - %(waiting)s + 1 AS first) f) AS made
"""
