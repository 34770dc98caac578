"""Defaults that a caller's context has: whoever calls over RPC chooses it."""


def without_defaults(records, names):
    """Give records in a context that has no default for any of these fields.

    ``create`` would take a ``default_state`` for a field that no form lets anybody set.
    """
    keys = {f"default_{name}" for name in names}
    given = records.env.context
    if keys.isdisjoint(given):
        return records
    kept = {key: value for key, value in given.items() if key not in keys}
    return records.with_env(records.env(context=kept))
