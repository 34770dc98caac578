"""What can go wrong with a request, named by what is known about it."""

from __future__ import annotations

from typing import ClassVar


class GatewayError(Exception):
    """Tell what became of a request that did not succeed.

    Everything it holds may be logged or shown: never a key, a body or a full number.

    :param reason: code of :mod:`.codes`, e.g. ``"down"`` or ``"timeout"``
    :param text: what happened, in a few words (AT's own where it said something)
    :param cause: class and message of the exception behind it, ``""`` if none
    :param http_status: status of AT's answer, ``None`` without an answer
    :param retry_after: seconds AT asked us to wait, ``None`` if it did not say
    """

    state: ClassVar[str]

    def __init__(
        self,
        reason: str,
        text: str = "",
        *,
        cause: str = "",
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {text}" if text else reason)
        self.reason = reason
        self.text = text
        self.cause = cause
        self.http_status = http_status
        self.retry_after = retry_after


class NotSent(GatewayError):
    """Nothing of the request took effect: sending it again is safe."""

    state = "not_sent"


class Refused(GatewayError):
    """The request can never succeed as it is: sending it again is useless."""

    state = "refused"


class OutcomeUnknown(GatewayError):
    """The request left and may have taken effect: sending it again may double it."""

    state = "unknown"
