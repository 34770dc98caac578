"""One of a campaign's people, from what the audience has to what would be sent."""

from dataclasses import dataclass, field
from typing import Any

from ...text import e164, numbers, phone

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
NO_VALUE = "sms_no_value"
# What nobody sees in a spreadsheet, or sees to be deleted.
BY_SKIP = {"hidden": "sms_hidden_row", "struck": "sms_struck_row"}
BY_PHONE_REASON = {"empty": MISSING, "not_mobile": NOT_MOBILE}
# Their country is their nationality, and not where their phone is.
OF_NATIONALS = {"hr.employee"}


@dataclass
class Person:
    """What an audience has of one person.

    :ivar numbers: as people typed them, the best first
    :ivar cells: a file's row, by column; None for records
    :ivar place: where an audience goes on after this person; None if others have to
        come first
    :ivar of_contact: whether the person is one of the record's several contacts
    """

    name: str
    numbers: list[str]
    record: Any = None
    partner: Any = None
    cells: dict[str, Any] | None = None
    line: int | None = None
    place: int | None = None
    # What people call the cells.
    titles: dict[str, str] = field(default_factory=dict, repr=False)
    opted_out: bool = False
    of_contact: bool = False
    # What is found out about it:
    number: str = ""
    reason: str = ""
    detail: str = ""
    body: str = field(default="", repr=False)
    parts: int = 0
    forcing: str = ""
    # What the text asks for and this person does not have.
    missing: str = ""
    # The same for texts that are alike.
    text_key: str = ""
    # That, as the last check has it.
    seen_key: str = ""
    # Whether somebody else has this number, and another text.
    differs: bool = False

    def leave_out(self, reason, detail=""):
        """Leave this person out, unless there is a reason already."""
        if not self.reason:
            self.reason = reason
            self.detail = detail

    def forget(self, reason):
        """Leave this person out, and keep nothing that tells who they are."""
        if self.reason != reason:
            self.reason, self.detail = reason, ""
        self.name = self.number = ""
        self.numbers = []
        self.record = self.partner = self.cells = None

    def read_number(self, country, sentence, known=None):
        """Take the first of the numbers that can be one for SMS, in E.164.

        A name that stands beside it is theirs if the audience has none.

        :param country: gives the ISO code by which local numbers are read; asked only
            if a number is not E.164 already
        :param sentence: puts into words why none can be
        :param known: what others' numbers were read as; this one's is added
        """
        known = {} if known is None else known
        problem = None
        for raw in self.numbers:
            if e164.mobile_region(raw):
                self.number = raw
                return
            try:
                found = _read(raw, country(self), known)
                self.number = found.phone.e164
                self._adopt_name(found.name)
                return
            except phone.PhoneError as error:
                problem = problem or (error, raw)
        if problem is None:
            self.leave_out(MISSING)
            return
        error, raw = problem
        self.number = str(raw).replace("\0", "")[:64]
        self.leave_out(BY_PHONE_REASON.get(error.reason, MALFORMED), sentence(error))

    def _adopt_name(self, name):
        if name and not self.name:
            self.name = name
            if self.cells is not None:
                self.cells["name"] = self.cells.get("name") or name


def _read(raw, country, known):
    """Read a number, once for all who have the same: a file may repeat a hard one."""
    key = raw, country
    if key not in known:
        try:
            known[key] = numbers.read(raw, country)
        except phone.PhoneError as error:
            known[key] = error
    found = known[key]
    if isinstance(found, phone.PhoneError):
        raise found.with_traceback(None)
    return found


class Countries:
    """The countries by which local numbers are read, looked up only where needed."""

    def __init__(self, campaign):
        gateways = campaign.env["sms.gateway.config"]
        self._company = gateways._country(campaign.company_id)

    def of(self, person):
        """Return the ISO code for a person's numbers."""
        if person.record is None:
            return self._company
        # It tells how to read a number, and nothing of the person.
        record = person.record.sudo()
        if person.of_contact or record._name in OF_NATIONALS:
            country = person.partner.sudo().country_id
        else:
            country = record._phone_get_country().get(record.id)
        return (country and country.code) or self._company
