import json

from odoo import models

from ...dispatch import blacklist
from ...tools.slices import Slices
from ...tools.transactions import utcnow
from .sms_campaign_person import LIST_OPT_OUT, OPTED_OUT

# People at a time: a page is one transaction, and as much as is kept in memory.
PAGE = 5000
# A page of the job's ends then, however many it has.
PAGE_SECONDS = 3.0
# Their country is their nationality, and not where their phone is.
OF_NATIONALS = {"hr.employee"}


class SmsCampaign(models.Model):
    """How a campaign's people become messages, page by page.

    A page's messages and the place where it ends are committed together, and the
    database lets each number into a campaign once, or each text of it: whatever is
    killed at any line, nobody is forgotten and nobody doubled.
    """

    _inherit = "sms.campaign"

    def _take_page(self, keep, finish, slices=None):
        """Go through the next page of people, or as much of it as there is time for.

        :param keep: ``keep(audience, people)`` writes them down
        :param finish: what else is done to texts, see sms_campaign_finish
        :param slices: ``Slices``; by default a page of the job's
        :return: whether there was one that nobody else is at
        """
        self.ensure_one()
        slices = slices or Slices(PAGE_SECONDS)
        audience = self.audience_ids.filtered(lambda a: not a.finished)[:1]
        if not audience or not self._lock(audience):
            return False
        left = PAGE
        while left > 0 and not audience.finished:
            some = slices.some(left)
            people, position = audience._page(some)
            if people:
                self._complete(people, finish, audience._with_a_say())
                keep(audience, people)
            audience.write({"position": position, "finished": len(people) < some})
            self.env.flush_all()
            left -= len(people)
            if slices.is_over:
                break
        return True

    def _lock(self, audience):
        """Keep others from this audience until the transaction ends, if none is at it.

        Then the place in it is read again: another may just have moved it.
        """
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id FROM sms_campaign_audience WHERE id = %s FOR UPDATE SKIP LOCKED",
            [audience.id],
        )
        audience.invalidate_recordset(["position", "finished"])
        return bool(self.env.cr.fetchone()) and not audience.finished

    def _start_over(self):
        self.audience_ids.write({"position": 0, "finished": False})

    def _complete(self, people, finish, readers):
        """Find each person's number, whether they are left out, and their text."""
        countries, known = Countries(self), {}
        for person in people:
            if person.opted_out:
                person.leave_out(LIST_OPT_OUT)
            person.read_number(countries.of, known)
        promotional = self.message_class == "promotional"
        if promotional or self.gateway_id.sudo().block_transactional:
            numbers = {person.number for person in people if not person.reason}
            blocked = blacklist.blocked_among(self.env.cr, numbers, promotional)
            for person in people:
                if person.number in blocked:
                    person.leave_out(OPTED_OUT)
        self._fill_in(people, finish, readers)

    # ------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------

    def _keep_messages(self, _audience, people):
        """Queue a message for each person, one that is not sent for who is left out."""
        included = self._each_once(people, self._queued_before)
        queued = self._insert_messages(included)
        self._leave_out_others(included, queued)
        self._insert_messages([person for person in people if person.reason])
        self.env["sms.sms"].invalidate_model()

    def _insert_messages(self, people):
        """Insert messages in one statement; give what of them is new, by its key.

        The ORM would take a hundred times as long, most of it for what a queued message
        does not need.
        """
        if not people:
            return set()
        endings = self._link_endings()
        rows = [
            {
                "number": person.number,
                "linked": not person.reason and person.body.endswith(endings),
                "body": "" if person.reason else _plain(person.body),
                "reason": person.reason or None,
                "detail": person.detail or None,
                "partner": person.partner.id if person.partner else None,
                "recipient": _plain(person.name),
                "res_model": person.record._name if person.record else None,
                "res_id": person.record.id if person.record else None,
                "parts": person.parts,
                "line": person.line,
                "key": self._once_key(person) or None,
            }
            for person in people
        ]
        self.env.cr.execute(
            """
            INSERT INTO sms_sms (
                uuid, number, body, state, failure_type, provider_text, left_out,
                partner_id, recipient, res_model, res_id, parts, line, text_key,
                campaign_id,
                gateway_id, company_id, message_class, priority, to_delete,
                optout_link, create_uid, create_date, write_date)
            SELECT replace(gen_random_uuid()::text, '-', ''), v.number, v.body,
                   CASE WHEN v.reason IS NULL THEN 'outgoing' ELSE 'canceled' END,
                   v.reason, v.detail, v.reason IS NOT NULL,
                   v.partner, v.recipient, v.res_model, v.res_id, v.parts, v.line,
                   v.key, %(campaign)s, %(gateway)s, %(company)s, %(class)s,
                   %(priority)s, FALSE,
                   v.linked, %(user)s, %(now)s, %(now)s
              FROM json_to_recordset(%(rows)s)
                   AS v(number text, linked bool, body text, reason text, detail text,
                        partner int, recipient text, res_model text, res_id int,
                        parts int, line int, key text)
                ON CONFLICT (campaign_id, number, (COALESCE(text_key, '')))
                   WHERE campaign_id IS NOT NULL AND left_out IS NOT TRUE
                   DO NOTHING
         RETURNING number, COALESCE(text_key, '')
            """,
            {
                "campaign": self.id,
                "gateway": self.gateway_id.id,
                "company": self.company_id.id,
                "class": self.message_class,
                "priority": "2" if self.urgent else "0",
                "user": self._sender().id,
                "now": utcnow(),
                "rows": json.dumps(rows),
            },
        )
        return set(self.env.cr.fetchall())

    def _sender(self):
        """Return whose messages these are, who may read them therefore.

        Who launches what others have written, to people whom others have chosen, reads
        no more than before: then they are the responsible's, whose rights were asked.
        """
        launcher, readers = self.launched_by_id, self._text_with_a_say()
        for audience in self.audience_ids:
            readers &= audience._with_a_say()
        if launcher in readers or launcher.has_group("su_sms.group_manager"):
            return launcher
        return self.user_id

    # ------------------------------------------------------------
    # The check
    # ------------------------------------------------------------

    def _keep_recipients(self, audience, people):
        """Write down who would be reached and who left out, without a message."""
        included = self._each_once(people, self._counted_before)
        known = self._insert_recipients(audience, included)
        self._leave_out_others(included, known)
        self._insert_recipients(audience, [p for p in people if p.reason])
        self.env["sms.campaign.recipient"].invalidate_model()

    def _insert_recipients(self, audience, people):
        if not people:
            return set()
        rows = [
            {
                "number": person.number or None,
                "name": _plain(person.name),
                "reason": person.reason or None,
                "detail": person.detail or None,
                "line": person.line,
                "res_model": person.record._name if person.record else None,
                "res_id": person.record.id if person.record else None,
                "parts": person.parts,
                "forcing": person.forcing or None,
                "missing": person.missing or None,
                "differs": person.differs,
                "text": person.text_key or None,
                "once": self._once_key(person) or None,
            }
            for person in people
        ]
        self.env.cr.execute(
            """
            INSERT INTO sms_campaign_recipient (
                campaign_id, audience_id, number, name, reason, detail, line, res_model,
                res_id, parts, forcing, missing, differs, text_key, once_key)
            SELECT %(campaign)s, %(audience)s, v.*
              FROM json_to_recordset(%(rows)s)
                   AS v(number text, name text, reason text, detail text, line int,
                        res_model text, res_id int, parts int, forcing text,
                        missing text, differs bool, text text, once text)
                ON CONFLICT (campaign_id, number, (COALESCE(once_key, '')))
                   WHERE reason IS NULL DO NOTHING
         RETURNING number, COALESCE(once_key, '')
            """,
            {
                "campaign": self.id,
                "audience": audience.id,
                "rows": json.dumps(rows),
            },
        )
        return set(self.env.cr.fetchall())


def _plain(text):
    """Give a text as PostgreSQL takes it, or None."""
    return text.replace("\0", "") or None


class Countries:
    """The countries by which local numbers are read, looked up only where needed."""

    def __init__(self, campaign):
        gateways = campaign.env["sms.gateway.config"]
        self._company = gateways._country(campaign.company_id)

    def of(self, person):
        """Give the ISO code for a person's numbers."""
        if person.record is None:
            return self._company
        # It tells how to read a number, and nothing of the person.
        record = person.record.sudo()
        if person.of_contact or record._name in OF_NATIONALS:
            country = person.partner.sudo().country_id
        else:
            country = record._phone_get_country().get(record.id)
        return (country and country.code) or self._company
