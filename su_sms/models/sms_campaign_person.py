"""One of a campaign's people, from what the audience has to what would be sent."""

from dataclasses import dataclass, field
from typing import Any

from ..text import e164, phone

# Why somebody is left out: the failure types of the message that is not sent.
OPTED_OUT = "sms_blacklist"
LIST_OPT_OUT = "sms_optout"
DUPLICATE = "sms_duplicate"
MISSING = "sms_number_missing"
MALFORMED = "sms_number_format"
NOT_MOBILE = "sms_invalid_destination"
NO_TEXT = "sms_empty"
TOO_LONG = "sms_too_long"
NOT_RENDERED = "sms_rendering"
BY_PHONE_REASON = {"empty": MISSING, "not_mobile": NOT_MOBILE}


@dataclass
class Candidate:
    """What an audience has of one person.

    :ivar numbers: as people typed them, the best first
    :ivar cells: a file's row, by column; None for records
    """

    name: str
    numbers: list[str]
    record: Any = None
    partner: Any = None
    cells: dict[str, Any] | None = None
    line: int | None = None
    opted_out: bool = False
    # What is found out about it:
    number: str = ""
    reason: str = ""
    detail: str = ""
    body: str = field(default="", repr=False)
    parts: int = 0
    forcing: str = ""

    def leave_out(self, reason, detail=""):
        """Leave this person out, unless there is a reason already."""
        if not self.reason:
            self.reason = reason
            self.detail = detail

    def read_number(self, country):
        """Take the first of the numbers that can be one for SMS, in E.164.

        :param country: gives the ISO code by which local numbers are read; asked only
            if a number is not E.164 already
        """
        problem = None
        for raw in self.numbers:
            if e164.mobile_region(raw):
                self.number = raw
                return
            try:
                self.number = phone.normalise(raw, country(self))
                return
            except phone.PhoneError as error:
                problem = problem or (error, raw)
        if problem is None:
            self.leave_out(MISSING)
            return
        error, raw = problem
        self.number = str(raw).replace("\0", "")[:64]
        self.leave_out(BY_PHONE_REASON.get(error.reason, MALFORMED), str(error))
