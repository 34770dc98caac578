"""Seal what the database holds with a key that is not in it.

``SU_SMS_MASTER_KEY`` in the server's environment has one or more Fernet keys, separated
by commas: the first seals, all unseal, so that a new one is put in front of the old.
Without the variable values stay as they are.
"""

import os
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

VARIABLE = "SU_SMS_MASTER_KEY"
MARK = "sealed:"
Reason = Literal["no_master_key", "another_master_key", "bad_master_key"]


class SealError(Exception):
    """The master key is missing, wrong or no key; never carries any of it."""

    reason: Reason

    def __init__(self, reason: Reason):
        super().__init__(reason)
        self.reason = reason


def seal(value: str) -> str:
    """Return a value sealed with the first master key, or as it is if there is none.

    :raises SealError: what the variable holds is no key
    """
    keys = _keys()
    if not keys:
        return value
    return MARK + keys[0].encrypt(value.encode()).decode()


def unseal(stored: str) -> str:
    """Return the value of what ``seal`` gave; of what it never saw, that itself.

    :raises SealError: it can't be unsealed here
    """
    if not stored.startswith(MARK):
        return stored
    keys = _keys()
    if not keys:
        raise SealError("no_master_key")
    try:
        return MultiFernet(keys).decrypt(stored.removeprefix(MARK)).decode()
    except InvalidToken:
        raise SealError("another_master_key") from None


def is_current(stored: str) -> bool:
    """Tell whether a value is sealed as ``seal`` would do it now.

    :raises SealError: what the variable holds is no key
    """
    keys = _keys()
    if not keys:
        return True
    if not stored.startswith(MARK):
        return False
    try:
        keys[0].decrypt(stored.removeprefix(MARK))
    except InvalidToken:
        return False
    return True


def _keys() -> list[Fernet]:
    named = os.environ.get(VARIABLE, "").replace(" ", "").split(",")
    try:
        return [Fernet(key) for key in named if key]
    except ValueError:
        raise SealError("bad_master_key") from None
