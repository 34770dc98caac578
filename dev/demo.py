"""The main job, shown: a person sends an SMS from Odoo to contacts.

Works on any Odoo 19 with su_sms installed whose address and password are known.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from .problem import Problem
from .rpc import RemoteError, Rpc

#: invented people; numbers as people type them
CONTACTS = {
    "Achieng Otieno": "0712 345 678",
    "Baraka Mwangi": "712345679",
    "Chebet Kiprono": "254712345680",
    "Daudi Hassan": "+254 (0)712-345-681",
    "Esther Wanjiru": "0110 123 456",
    "Fatuma Abdi": "+254-733-345-682",
}
KINDS = ("delivery", "incoming", "optout", "subscription")
GATEWAY = "Africa's Talking simulator"
TEXT = "Hello {{ object.name }}, this SMS came from Odoo."
ACCEPTED = ("pending", "sent")
FINAL = (*ACCEPTED, "error", "canceled")
SECONDS = 60
FIELDS = [
    "number",
    "state",
    "provider_message_id",
    "cost",
    "currency_id",
    "failure_type",
    "provider_text",
]


def show(odoo: Rpc, simulator: str, api_key: str) -> bool:
    """Send an SMS to CONTACTS through the simulator; print a line a message.

    `simulator` is its address as Odoo sees it.  True if all were accepted.
    """
    try:
        odoo.call("ir.config_parameter", "set_param", "su_sms.base_url", simulator)
        gateway(odoo, {"api_key": api_key})
        return report(odoo, send(odoo, contacts(odoo)))
    except RemoteError as error:
        raise Problem(f"Odoo refused the demo: {error}") from error


def gateway(odoo: Rpc, values: dict[str, Any]) -> int:
    """Return the id of a sandbox gateway, the default one, with `values`."""
    values = {
        "name": GATEWAY,
        "environment": "sandbox",
        "is_default": True,
        # a demo is looked at at any hour
        "use_window": False,
        **values,
    }
    return upsert(odoo, "sms.gateway.config", GATEWAY, values)


def callbacks(odoo: Rpc) -> dict[str, str]:
    """Return the address of each kind of report, by the address we reach Odoo at."""
    fields = {kind: f"{kind}_url" for kind in KINDS}
    (row,) = odoo.call(
        "sms.gateway.config", "read", [gateway(odoo, {})], list(fields.values())
    )
    return {kind: odoo.url + urlsplit(row[fields[kind]]).path for kind in KINDS}


def contacts(odoo: Rpc) -> list[int]:
    """Return the ids of CONTACTS, made or corrected."""
    kenya = odoo.call("res.country", "search", [("code", "=", "KE")])[0]
    return [
        upsert(
            odoo,
            "res.partner",
            name,
            {"name": name, "phone": phone, "country_id": kenya},
        )
        for name, phone in CONTACTS.items()
    ]


def upsert(odoo: Rpc, model: str, name: str, values: dict[str, Any]) -> int:
    """Return the id of the record of `model` called `name`, with `values` written."""
    found = odoo.call(model, "search", [("name", "=", name)], limit=1)
    if found:
        odoo.call(model, "write", found, values)
        return found[0]
    return odoo.call(model, "create", [values])[0]


def send(odoo: Rpc, partners: list[int]) -> list[int]:
    """Send TEXT from the contacts' list with Odoo's composer; gives `sms.sms` ids."""
    last = odoo.call("sms.sms", "search", [], order="id desc", limit=1)
    context = {"active_model": "res.partner", "active_ids": partners}
    values = {
        "composition_mode": "mass",
        "res_model": "res.partner",
        "res_ids": repr(partners),
        "body": TEXT,
        "mass_force_send": True,
    }
    composer = odoo.call("sms.composer", "create", [values], context=context)
    odoo.call("sms.composer", "action_send_sms", composer, context=context)
    domain = [("id", ">", max(last, default=0)), ("partner_id", "in", partners)]
    return odoo.call("sms.sms", "search", domain, order="id")


def report(odoo: Rpc, messages: list[int]) -> bool:
    """Print a line for each message as soon as its outcome is known."""
    if len(messages) != len(CONTACTS):
        raise Problem(f"{len(CONTACTS)} messages expected, Odoo made {len(messages)}")
    waiting, accepted = list(messages), 0
    deadline = time.monotonic() + SECONDS
    while waiting and time.monotonic() < deadline:
        for row in odoo.call("sms.sms", "read", waiting, FIELDS):
            if row["state"] in FINAL:
                waiting.remove(row["id"])
                accepted += row["state"] in ACCEPTED
                print(line(row), flush=True)
        time.sleep(0.2)
    for row in odoo.call("sms.sms", "read", waiting, FIELDS):
        print(f"{line(row)}  (no outcome after {SECONDS} s)")
    print(f"{accepted} of {len(messages)} messages accepted")
    return accepted == len(messages)


def line(row: dict[str, Any]) -> str:
    """Return number, outcome, message id and cost of a `sms.sms` as a line."""
    if row["state"] in ACCEPTED:
        currency = (row["currency_id"] or (0, ""))[1]
        outcome = "accepted"
        rest = f"{row['provider_message_id']}  {currency} {row['cost']:.4f}"
    else:
        outcome = row["state"]
        rest = " ".join(filter(None, (row["failure_type"], row["provider_text"])))
    return f"{row['number']:<16}{outcome:<10}{rest}"
