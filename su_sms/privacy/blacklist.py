"""Who is on the blacklist, asked of many numbers at once."""

from __future__ import annotations

from . import suppression

# Reasons to be on the blacklist that are nobody's no: they stop promotional messages,
# which would not arrive, and nothing else.
NO_CLAIM = ("operator", "unreachable")


def blocked_among(cr, numbers, promotional=True):
    """Return those of these E.164 numbers that get no messages of a class.

    :param promotional: else transactional ones, of a gateway that blocks them as well
    """
    listed = listed_among(cr, numbers)
    return frozenset(
        number for number, no_claim in listed.items() if promotional or not no_claim
    )


def listed_among(cr, numbers):
    """Return those of these E.164 numbers that are on the blacklist, and how.

    :return: {number: whether that is nobody's no, but only a block}
    """
    if not numbers:
        return {}
    # One string is ten times as fast to hand over as an array; E.164 has no comma.
    cr.execute(
        """
        SELECT phone.number,
               (SELECT entry.reason = ANY(%s) FROM sms_blacklist entry
                 WHERE entry.phone_blacklist_id = phone.id)
          FROM phone_blacklist phone
         WHERE phone.active AND phone.number = ANY(string_to_array(%s, ','))
        """,
        [list(NO_CLAIM), ",".join(numbers)],
    )
    listed = dict(cr.fetchall())
    # Who said no and was erased is known by a hash alone.
    erased = suppression.blocked_hashes(cr, numbers)
    return listed | dict.fromkeys(erased, False)
