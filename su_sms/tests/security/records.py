"""One record of each model, whoever's it is, for tests of who may do what."""

from odoo import fields


def values(model, parent, env):
    """Return the values of a record that its owner makes.

    :param parent: ``parent(model)`` gives the owner's record of another model
    :param env: the owner's environment, at work in the record's company
    """
    return _VALUES[model](parent, env)


def _mailing(parent, env):
    return {
        "subject": "News",
        "mailing_type": "sms",
        "body_plaintext": "News",
        "mailing_model_id": env["ir.model"]._get_id("res.partner"),
    }


def _number(env):
    """Return a number for each user and company."""
    return f"+2547{env.uid:04d}{env.company.id:04d}"


_VALUES = {
    "mailing.contact": lambda parent, env: {
        "name": "Wanjiku",
        "mobile": "0712345678",
        "country_id": env.ref("base.ke").id,
    },
    "mailing.mailing": _mailing,
    "mailing.sms.test": lambda parent, env: {
        "mailing_id": parent("mailing.mailing").id,
        "numbers": "+254712345678",
    },
    "phone.blacklist": lambda parent, env: {"number": _number(env)},
    "res.partner": lambda parent, env: {
        "name": "Wanjiku",
        "phone": "0712345678",
        "country_id": env.ref("base.ke").id,
    },
    "sms.blacklist": lambda parent, env: {"number": _number(env)},
    "sms.campaign": lambda parent, env: {
        "name": "Exams",
        "body": "Exams begin on Monday.",
        "gateway_id": parent("sms.gateway.config").id,
        "audience_ids": [(0, 0, {"kind": "numbers", "numbers": "0712345678"})],
    },
    "sms.campaign.audience": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id,
        "kind": "numbers",
        "numbers": "0722345678",
    },
    "sms.campaign.column": lambda parent, env: {
        "audience_id": parent("sms.campaign.audience").id,
        "slug": "number",
        "role": "number",
    },
    "sms.campaign.left.out": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id,
        "reason": "sms_duplicate",
        "count": 1,
    },
    "sms.campaign.launch": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id
    },
    "sms.campaign.network": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id,
        "network": "Safaricom",
        "recipient_count": 1,
        "part_count": 1,
    },
    "sms.campaign.recipient": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id,
        "name": "Wanjiku",
        "res_model": "res.partner",
        "res_id": env.user.partner_id.id,
    },
    "sms.campaign.row": lambda parent, env: {
        "audience_id": parent("sms.campaign.audience").id,
        "line": 1,
        "cells": {"number": "0712345678"},
    },
    "sms.campaign.test": lambda parent, env: {
        "campaign_id": parent("sms.campaign").id,
        "numbers": "0712345678",
    },
    "sms.composer": lambda parent, env: {
        "composition_mode": "numbers",
        "numbers": "+254712345678",
        "body": "Hello",
    },
    "sms.consent": lambda parent, env: {
        "number": "+254712345678",
        "kind": "optout",
        "reason": "stop",
        "channel": "sms",
        "date": fields.Datetime.now(),
        "company_id": env.company.id,
    },
    "sms.gateway.event": lambda parent, env: {
        "gateway_id": parent("sms.gateway.config").id,
        "kind": "delivery",
        "payload": "[]",
        "received_at": fields.Datetime.now(),
    },
    "sms.incoming": lambda parent, env: {
        "gateway_id": parent("sms.gateway.config").id,
        "number": "+254712345678",
        "date": fields.Datetime.now(),
    },
    "sms.optout.link": lambda parent, env: {
        "token": f"{env.uid}-{env.company.id}",
        "number": _number(env),
        "company_id": env.company.id,
    },
    "sms.optout.wizard": lambda parent, env: {"numbers": "+254712345678"},
    "sms.optout.word": lambda parent, env: {"word": f"halt {env.uid} {env.company.id}"},
    "sms.pace": lambda parent, env: {
        "gateway_id": parent("sms.gateway.config").id,
        "campaign_id": parent("sms.campaign").id,
    },
    "sms.person.log": lambda parent, env: {
        "action": "export",
        "number_masked": "+2547…78",
        "number_hash": "#",
        "company_id": env.company.id,
    },
    "sms.person.wizard": lambda parent, env: {"number": "0733345678"},
    "sms.sms": lambda parent, env: {
        "number": "0712345678",
        "body": "Hello",
        "gateway_id": parent("sms.gateway.config").id,
        "company_id": env.company.id,
        "state": "error",
        "failure_type": "sms_outcome_unknown",
    },
    "sms.concurrency": lambda parent, env: {
        # One for each gateway.
        "gateway_id": parent("sms.gateway.config")
        .sudo()
        .create({"name": "Another", "company_id": env.company.id})
        .id,
    },
    "sms.run": lambda parent, env: {
        "job": f"{env.uid} {env.company.id}",
        "at": fields.Datetime.now(),
    },
    "sms.spending": lambda parent, env: {
        "company_id": env.company.id,
        "day": fields.Date.today(),
        "currency_id": env.company.currency_id.id,
    },
    "sms.statement.wizard": lambda parent, env: {"company_id": env.company.id},
    "sms.balance": lambda parent, env: {
        "gateway_id": parent("sms.gateway.config").id,
        "at": fields.Datetime.now(),
    },
    "sms.statistic": lambda parent, env: {
        "company_id": env.company.id,
        "day": fields.Date.today(),
    },
    "sms.suppression": lambda parent, env: {
        "number_hash": f"#{env.uid}-{env.company.id}"
    },
    "sms.tally": lambda parent, env: {
        "kind": "state",
        "at": fields.Datetime.now(),
        **dict.fromkeys(("messages", "cost", "parts"), 0),
    },
    "sms.test.step": lambda parent, env: {
        "wizard_id": parent("sms.test.wizard").id,
        "name": "number",
    },
    "sms.test.wizard": lambda parent, env: {
        "gateway_id": parent("sms.gateway.config").id
    },
}
