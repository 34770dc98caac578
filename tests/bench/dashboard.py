"""Benchmarks of what people look at: dashboard and forms, with a million messages.

Each is the call that a browser makes, in a transaction of its own.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
from lxml import etree
from odoo import api
from odoo.sql_db import connection_info_for

from .benchmark import Sample, benchmark
from .environment import environment

MESSAGES = 1_000_000
WAITING = 3_000
CAMPAIGNS = 20
MAILINGS = 60
CALLS = 5
# So many in a statement, as a campaign's pages are.
FILL_BY = 1000


@benchmark(most=200.0)
def dashboard_ms_1m(system) -> Iterator[Sample]:
    """Milliseconds of the dashboard's figures with 1,000,000 messages of a year."""
    yield from _time(system, 365, _dashboard)


@benchmark(most=300.0)
def dashboard_ms_day(system) -> Iterator[Sample]:
    """Milliseconds of the dashboard's figures with 1,000,000 messages of one day."""
    yield from _time(system, 1, _dashboard)


@benchmark(most=300.0)
def campaign_form_ms_1m(system) -> Iterator[Sample]:
    """Milliseconds of the form of a campaign to 1,000,000 people in one day."""
    yield from _time(system, 1, _campaign_form)


@benchmark(most=300.0)
def gateway_form_ms_1m(system) -> Iterator[Sample]:
    """Milliseconds of the form of a gateway with 1,000,000 messages of one day."""
    yield from _time(system, 1, _gateway_form)


def _time(
    system, days: int, look: Callable[[api.Environment], None]
) -> Iterator[Sample]:
    """Time what a person looks at, with so many days' messages on record."""
    with environment(system.database) as env:
        _fill(env, days)
    # As a job does every quarter of an hour.
    with environment(system.database) as env:
        env["sms.tally"]._compact()
    try:
        _vacuum(system.database.db_name)
        for _run in range(system.runs):
            seconds = sorted(_seconds(system, look) for _call in range(CALLS))
            yield Sample(1000 * seconds[CALLS // 2], {"slowest": seconds[-1]})
    finally:
        with system.database.cursor() as cr:
            cr.execute("TRUNCATE sms_sms CASCADE")


def _vacuum(name: str) -> None:
    """Do what autovacuum would have done meanwhile, so that it rests now."""
    _name, info = connection_info_for(name)
    with contextlib.closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute("VACUUM ANALYZE sms_sms, sms_tally")


def _seconds(system, look: Callable[[api.Environment], None]) -> float:
    """Return the seconds that a person's browser waits for what it asks."""
    with system.database.cursor() as cr:
        admin = api.Environment(cr, api.SUPERUSER_ID, {}).ref("base.user_admin").id
        env = api.Environment(cr, admin, {"tz": "Africa/Nairobi", "lang": "en_US"})
        began = time.monotonic()
        look(env)
        return time.monotonic() - began


def _dashboard(env: api.Environment) -> None:
    data = env["sms.dashboard"].get_data()
    assert sum(map(sum, data["chart"]["counts"].values())) > MESSAGES / 13, data
    assert data["queue"]["count"] == WAITING, data["queue"]


def _campaign_form(env: api.Environment) -> None:
    campaign = env["sms.campaign"].search([("state", "=", "sending")], limit=1)
    # The bar's widget asks for these.
    [data] = _read_form(campaign, bars={}, waiting_count={})
    assert data["message_count"] == MESSAGES, data
    assert data["waiting_count"] == WAITING, data
    assert data["results"]["networks"], data


def _gateway_form(env: api.Environment) -> None:
    [data] = _read_form(env["sms.gateway.config"].search([], limit=1))
    assert data["message_count"] == MESSAGES, data
    assert data["queued_count"] == WAITING, data


def _read_form(record: Any, **more: dict) -> list[dict]:
    """Read what a record's form shows, as the browser does that opens it."""
    view = record.get_view(view_type="form")
    return record.web_read({**_specification(record, view["arch"]), **more})


def _specification(records: Any, arch: str | etree._Element) -> dict[str, dict]:
    """Return what a form's browser asks for: its fields, and those of its lists."""
    node = etree.fromstring(arch) if isinstance(arch, str) else arch
    asked = {}
    for each in node.xpath(".//field[not(ancestor::field)]"):
        _ask_for(asked, records, each)
    return asked


def _ask_for(asked: dict, records: Any, node: etree._Element) -> None:
    field = records._fields[node.get("name")]
    if field.type == "many2one":
        asked[field.name] = {"fields": {"display_name": {}}}
    elif field.type in ("one2many", "many2many"):
        lines = records.env[field.comodel_name]
        inner = node.xpath("./*//field[not(ancestor::field[ancestor::field])]")
        names = {each.get("name") for each in inner} & set(lines._fields)
        asked[field.name] = {"fields": {name: {} for name in names}, "limit": 40}
    else:
        asked.setdefault(field.name, {})


def _fill(env: api.Environment, days: int) -> None:
    """Make messages of so many days, evenly spread.

    A year's are of campaigns, mailings and people; a day's of one campaign.
    """
    gateway = env["sms.gateway.config"].search([], limit=1)
    of_campaigns = CAMPAIGNS if days > 1 else 1
    campaigns = env["sms.campaign"].create(
        [
            {"name": f"Campaign {n}", "gateway_id": gateway.id, "state": "sending"}
            for n in range(of_campaigns)
        ]
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
    for last in range(FILL_BY, MESSAGES + 1, FILL_BY):
        env.cr.execute(
            FILL,
            {
                "first": last - FILL_BY + 1,
                "last": last,
                "days": days,
                "every": 2 if days > 1 else 1,
                "messages": MESSAGES,
                "waiting": WAITING,
                "gateway": gateway.id,
                "company": env.company.id,
                "user": env.ref("base.user_admin").id,
                "currency": env.ref("base.KES").id,
                "campaigns": campaigns.ids,
                "of_campaigns": of_campaigns,
                "mailings": mailings.ids,
                "of_mailings": MAILINGS,
            },
        )


# As sending leaves them: 88 of 100 delivered, 7 without a report, 4 failed, 1 left out;
# of a year half are of campaigns, one after the other, a quarter of mailings.
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
           CASE WHEN n %% %(every)s = 0
                THEN (%(campaigns)s)[ceil(share * %(of_campaigns)s)] END,
           CASE WHEN n %% (2 * %(every)s) = 1 AND %(every)s > 1
                THEN (%(mailings)s)[ceil(share * %(of_mailings)s)] END,
           %(user)s, %(user)s, at, at
      FROM (SELECT n, n %% 100 AS kind, n %% 100 < 95 AND n < first AS taken,
                   CASE WHEN n >= first THEN 'outgoing' WHEN n %% 100 < 88 THEN 'sent'
                        WHEN n %% 100 < 95 THEN 'pending'
                        WHEN n %% 100 < 99 THEN 'error' ELSE 'canceled' END AS state,
                   n / %(messages)s::float AS share,
                   now() AT TIME ZONE 'UTC'
                       - (%(messages)s - n) * %(days)s * interval '1 day' / %(messages)s
                       AS at
              FROM generate_series(%(first)s, %(last)s) n,
                   (SELECT %(messages)s - %(waiting)s + 1 AS first) f) AS made
"""
