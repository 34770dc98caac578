from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import limits
from ..tools.context import without_defaults

# Where a record says whose it is, the first that is filled in: its own company, that of
# what it belongs to, that of who is responsible.
OWN_COMPANY = ("company_id",)
COMPANY_PATHS = (
    *OWN_COMPANY,
    "event_id.company_id",
    "project_id.company_id",
    "website_id.company_id",
    "team_id.company_id",
    "user_id.company_id",
    "event_id.user_id.company_id",
    "project_id.user_id.company_id",
)
# Who looks after a person says nothing of what is written to them.
PEOPLE = ("res.partner", "res.users", "mailing.contact")
# When what a message is about begins and ends. What reminds of it ends with it: before
# it begins, with its beginning.
TIMES = {
    "calendar.event": ("start", "stop"),
    "event.event": ("date_begin", "date_end"),
    "event.registration": ("event_id.date_begin", "event_id.date_end"),
    "event.track": ("date", "date_end"),
}
# What decides beside a record what a job sends about it, and what says of it that it is
# sent by SMS.
DECIDED_BY = {
    "calendar.event": (("alarm_ids", "alarm_type"),),
    "event.registration": (
        ("event_id", None),
        ("event_id.event_mail_ids", "notification_type"),
    ),
}
DEFAULT = "default_"
# Odoo's, that are on record and that nobody fills in a form of. What a context says of
# notes Odoo itself leaves out.
NOTES = {"mail.message"}
ON_RECORD = NOTES | {
    "link.tracker.click",
    "link.tracker.code",
    "mail.notification",
    "mail.tracking.value",
    "mailing.trace",
    "phone.blacklist",
    "sms.sms",
    "sms.tracker",
}
# What keeps others from being told, of what Odoo makes to tell them.
TELLS = {
    "mail.activity": {"active", "automated", "date_done", "feedback"},
    "mail.mail": {"failure_reason", "failure_type", "scheduled_date", "state"},
}


# Of more records than a list shows, these are not read of what each of them leads to:
# it would be repeated beside every one.
MOST_BESIDE = 200
LARGE = ("one2many", "many2many", "text", "html", "binary", "json")


class Base(models.AbstractModel):
    _inherit = "base"

    def web_read(self, specification):
        if len(self) > MOST_BESIDE:
            for name, spec in specification.items():
                self._sms_check_beside(name, _paths((spec or {}).get("fields") or {}))
        return super().web_read(specification)

    def export_data(self, fields_to_export):
        if len(self) > MOST_BESIDE:
            for path in fields_to_export:
                name, *rest = path.split("/")
                self._sms_check_beside(name, [rest])
        return super().export_data(fields_to_export)

    def _sms_check_beside(self, name, paths):
        """Refuse to read much of one of our records beside each of very many others.

        :param name: of a field of these
        :param paths: names of fields, each of what the one before leads to
        :raises UserError: so it would be
        """
        field = self._fields.get(name)
        if not field or field.type != "many2one" or not any(paths):
            return
        target = self.env[field.comodel_name]
        for path in paths:
            beside = target
            for step in path:
                found = beside._fields.get(step)
                if not found:
                    break
                if found.type in LARGE and _is_ours(beside):
                    raise UserError(
                        self.env._(
                            "“%s” can't be read for so many records at a time: choose"
                            " fewer.",
                            found._description_string(self.env),
                        )
                    )
                if not found.relational:
                    break
                beside = self.env[found.comodel_name]

    @api.model
    def default_get(self, fields):
        """Take no default from a context for what the code alone says."""
        return super(Base, self._sms_untold(fields)).default_get(fields)

    @api.model
    def _sms_untold(self, names):
        """Return the model in a context without defaults that the code alone says."""
        given = (key for key in self.env.context if key.startswith(DEFAULT))
        told = {key.removeprefix(DEFAULT) for key in given}.intersection(names)
        closed = told and self._sms_by_code(told, in_context=True)
        return without_defaults(self, closed) if closed else self

    @api.model
    def _sms_by_code(self, names, in_context=False):
        """Return those of these fields that the code alone fills in: defaults don't.

        :param in_context: of a context's defaults, which code may say as well; else of
            those that people keep
        """
        if self._name in ON_RECORD:
            closed = self.env.su and self._name not in NOTES
            return set(names) if closed or not in_context else set()
        if self._name == "mail.activity" and self.env.su and not in_context:
            # What else it hangs on would end it.
            return set(names)
        closed = TELLS.get(self._name, set())
        return {
            name
            for name in names
            if (field := self._fields.get(name))
            and (
                name in closed
                or field._module == "su_sms"
                and self._sms_is_closed(field)
            )
        }

    @api.model
    def _sms_is_closed(self, field):
        return field.readonly or not self._has_field_access(field, "write")

    @api.model
    def _search(self, *args, **kwargs):
        """Look for so many numbers only in one domain, wherever in it they are."""
        with limits.of_one(self.env.cr, "patterns"):
            return super()._search(*args, **kwargs)

    def _phone_format(
        self,
        fname=False,
        number=False,
        country=False,
        force_format="E164",
        raise_exception=False,
    ):
        """Read local numbers as everything that goes through a gateway does.

        Where nobody has a country Odoo would take none of them for a number.
        """
        return super()._phone_format(
            fname,
            number,
            country or self._sms_country(number),
            force_format,
            raise_exception,
        )

    def _sms_country(self, number):
        """Return the country by which Odoo should read a number, or False.

        Of the user Odoo asks only to have something to ask: a number that is given is
        anybody's.
        """
        gateways = self.env["sms.gateway.config"]
        if not gateways._gateway_of(self.env.company):
            return False
        asked = len(self) == 1 and not (number and self == self.env.user)
        own = asked and self._phone_get_country().get(self.id)
        return own or gateways._country_of_numbers(self.env.company)

    # ------------------------------------------------------------
    # What a message about a record is
    # ------------------------------------------------------------

    def _sms_company(self, own_only=False):
        """Return whose a message about this record is, or no company.

        For whoever decides by which gateway it leaves, so past its reader's rights.

        :param own_only: only what the record itself says counts
        """
        record = self.sudo()
        for path in OWN_COMPANY if own_only or self._name in PEOPLE else COMPANY_PATHS:
            company = _follow(record, path)
            if company and company._name == "res.company":
                return company.with_env(self.env)
        return self.env["res.company"]

    def _sms_behind(self):
        """Return the employee who is behind what a job sends about this record.

        Who has changed it last, or made it, or what decides of it that it is sent: a
        reminder has their words and goes to whom they have chosen. Who is responsible
        for it is only whom somebody names.
        """
        record = self.sudo()
        decisive = [*record, *_deciding(record)]
        hands = filter(None, map(self.env["sms.gateway.config"]._last_hand, decisive))
        found = max(hands, key=lambda hand: hand[0], default=None)
        return found[1] if found else self.env["res.users"]

    def _sms_not_after(self):
        """Return when a message that reminds of this record has become old news."""
        begins, ends = TIMES.get(self._name, (None, None))
        if not begins or not self:
            return False
        record, now = self.sudo(), fields.Datetime.now()
        times = [_follow(record, path) for path in (begins, ends)]
        if record._name == "calendar.event" and record.allday:
            # It begins at no hour.
            times = times[1:]
        return next((when for when in times if when and when > now), False)


def _deciding(record):
    """Return the records that decide beside this one what a job sends about it."""
    for path, kind in DECIDED_BY.get(record._name, ()):
        found = record
        for name in path.split("."):
            found = found[name] if name in found._fields else found.browse()
        yield from found.filtered(lambda one, kind=kind: not kind or one[kind] == "sms")


def _is_ours(records):
    return isinstance(records, records.env.registry["sms.form.mixin"])


def _paths(specification):
    """Return each way through a specification of ``web_read``, as names of fields."""
    found = []
    for name, spec in specification.items():
        beneath = _paths((spec or {}).get("fields") or {})
        found += [[name, *path] for path in beneath] or [[name]]
    return found


def _follow(record, path):
    """Return what a path of fields leads to, or False if a field is not there."""
    *links, last = path.split(".")
    for name in links:
        field = record._fields.get(name)
        if not field or field.type != "many2one":
            return False
        record = record[name]
    return last in record._fields and record[last]
