from odoo import api, fields, models

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


class Base(models.AbstractModel):
    _inherit = "base"

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


class SmsSms(models.Model):
    _inherit = "sms.sms"

    @api.model
    def _records_about(self, vals_list):
        """Return the record that each message is about, or None.

        Of a list no note in a chatter tells, but the record beside each.
        """
        notes = self._notes(vals_list)
        notes.fetch(["model", "res_id", "record_company_id"])
        by_note = {note.id: (note.model, note.res_id) for note in notes}
        places = [
            by_note.get(vals.get("mail_message_id"))
            or (vals.get("res_model"), vals.get("res_id"))
            for vals in vals_list
        ]
        records = self._records_at(set(places))
        return [records.get(place) for place in places]

    @api.model
    def _records_at(self, places):
        """Return {(model, id): record} of those that are there, a query a model."""
        found = {}
        for name in {name for name, _id in places if name in self.env}:
            model = self.env[name].sudo()
            if not model._abstract:
                ids = {record_id for each, record_id in places if each == name}
                for record in model.browse(filter(None, ids)).exists():
                    found[name, record.id] = record
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
