"""Hashes that stand for phone numbers, and numbers suppressed by theirs alone.

A hash is HMAC-SHA256 (RFC 2104) with a secret of the database, cut to 64 bits: the same
number always gives the same one, so that rows stay distinct and countable, and whoever
has no secret can't find the number by trying all of a country's.

Every function takes an open cursor and neither commits nor rolls back.
"""

from __future__ import annotations

import hashlib
import hmac

# The parameter's name, no secret itself.
SECRET = "su_sms.number_secret"  # nosec B105
#: a hashed number, as PostgreSQL's and Python's regular expressions read it
HASHED = "^#[0-9a-f]{16}$"
_BLOCK = hashlib.sha256().block_size


def hashed(secret, number):
    """Return what stands for a number: `#` and 16 hexadecimal digits."""
    digest = hmac.digest(secret.encode(), number.encode(), "sha256")
    return f"#{digest.hex()[:16]}"


def hash_sql(column):
    """Return the SQL for ``hashed`` of a column, with parameters of :func:`pads`."""
    return (
        "'#' || left(encode(sha256(%(outer)s || sha256(%(inner)s ||"
        f" convert_to({column}, 'UTF8'))), 'hex'), 16)"
    )


def pads(secret):
    """Return HMAC's two keys; PostgreSQL itself has SHA-256 but no HMAC."""
    key = secret.encode()
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key.ljust(_BLOCK, b"\0")
    return {
        "inner": bytes(byte ^ 0x36 for byte in key),
        "outer": bytes(byte ^ 0x5C for byte in key),
    }


def secret(cr):
    """Return the database's secret.

    :raise LookupError: if somebody has removed it
    """
    cr.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [SECRET])
    row = cr.fetchone()
    if not row:
        raise LookupError(
            f"The system parameter {SECRET} is gone: restore it from a backup."
        )
    return row[0]


def suppress(cr, numbers):
    """Suppress numbers by their hash."""
    key = secret(cr)
    cr.execute(
        """
        INSERT INTO sms_suppression (number_hash, create_date)
        SELECT unnest(%s::text[]), now() AT TIME ZONE 'UTC'
            ON CONFLICT DO NOTHING
        """,
        [sorted({hashed(key, number) for number in numbers})],
    )


def lift(cr, numbers):
    """Let numbers be written to again, because their people say so."""
    if by_hash := _hashes(cr, numbers):
        cr.execute(
            "DELETE FROM sms_suppression WHERE number_hash = ANY(%s)", [list(by_hash)]
        )


def blocked_hashes(cr, numbers):
    """Return those of the E.164 numbers that are suppressed by their hash, as a set.

    Costs one look-up while nobody is suppressed, two otherwise, however many numbers.
    """
    by_hash = _hashes(cr, numbers)
    if not by_hash:
        return set()
    # One string is ten times as fast to hand over as an array.
    cr.execute(
        "SELECT number_hash FROM sms_suppression"
        " WHERE number_hash = ANY(string_to_array(%s, ','))",
        [",".join(by_hash)],
    )
    return {by_hash[number_hash] for (number_hash,) in cr.fetchall()}


def _hashes(cr, numbers):
    """Return {hash: number}, or nothing if nobody is suppressed at all."""
    if not numbers:
        return {}
    cr.execute("SELECT EXISTS (SELECT FROM sms_suppression)")
    if not cr.fetchone()[0]:
        return {}
    key = secret(cr)
    return {hashed(key, number): number for number in numbers}
