"""Defaults that a caller's context has: whoever calls over RPC chooses it."""

#: what keeps Odoo from noting a change, and from telling whoever has to act on it
QUIET = {
    "mail_activity_automation_skip",
    "mail_activity_quick_update",
    "mail_create_nolog",
    "mail_notrack",
    "tracking_disable",
}
# Notes end with what they are about: an object, which no request contains.
ENDS = object()


def loud(records):
    """Return records in a context in which all that is changed is noted and told."""
    given = records.env.context
    if QUIET.isdisjoint(given):
        return records
    kept = {key: value for key, value in given.items() if key not in QUIET}
    return records.with_env(records.env(context=kept))


def without_defaults(records, names):
    """Return records in a context that has no default for any of these fields.

    ``create`` would take a ``default_state`` for a field that no form lets anybody set.
    """
    keys = {f"default_{name}" for name in names}
    given = records.env.context
    if keys.isdisjoint(given):
        return records
    kept = {key: value for key, value in given.items() if key not in keys}
    return records.with_env(records.env(context=kept))
