import hashlib
import json
import re
import secrets
from functools import partial
from typing import Any, NamedTuple

from odoo import models
from odoo.tools import SQL

from ...privacy import blacklist
from ...text import links
from ...tools.reasons import sentence
from ...tools.slices import Slices
from ...tools.transactions import utcnow
from .sms_campaign_person import DUPLICATE, LIST_OPT_OUT, OPTED_OUT, Countries

# People at a time: a page is one transaction, and as much as is held in memory.
PAGE = 5000
# A page of the job's ends then, however many it has.
PAGE_SECONDS = 3.0


class Extras(NamedTuple):
    """What is done to texts besides filling them in.

    :ivar short: gives a text with short links
    :ivar endings: gives {number: what its text ends with} for E.164 numbers and the
        language of the people who have them
    """

    short: Any
    endings: Any


class SmsCampaign(models.Model):
    """How a campaign's people become messages, page by page.

    A page's messages and the place where it ends are committed together, and the
    database lets each number into a campaign once, or each text of it: whatever is
    killed at any line, nobody is forgotten and nobody doubled.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    def _process_page(self, store, extras, slices=None):
        """Go through the next page of people, or as much of it as there is time for.

        :param store: ``store(audience, people)`` writes them down
        :param extras: what else is done to texts, see ``Extras``
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
            finished = len(people) < some
            read = self._read_numbers(people, slices)
            if len(read) < len(people):
                # They take long: the others are another slice.
                people, position, finished = read, read[-1].place, False
                slices.only(len(read))
            if people:
                self._complete(people, extras, audience._with_a_say())
                store(audience, people)
            audience.write({"position": position, "finished": finished})
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
        self.audience_ids.write({"position": 0, "finished": False, "unseen_count": 0})

    def _read_numbers(self, people, slices):
        """Find people's numbers; return whom there was time for, one at least."""
        countries, known, said = Countries(self), {}, partial(sentence, self.env)
        for count, person in enumerate(people, 1):
            if person.opted_out:
                person.leave_out(LIST_OPT_OUT)
            person.read_number(countries.of, said, known)
            if person.place and slices.is_slow:
                return people[:count]
        return people

    def _complete(self, people, extras, readers):
        """Find out whether people with numbers are left out, and their text."""
        promotional = self.message_class == "promotional"
        if promotional or self.gateway_id.sudo().block_transactional:
            numbers = {person.number for person in people if not person.reason}
            blocked = blacklist.blocked_among(self.env.cr, numbers, promotional)
            for person in people:
                if person.number in blocked:
                    person.leave_out(OPTED_OUT)
        self._fill_in(people, extras, readers)

    # ------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------

    def _store_messages(self, audience, people):
        """Queue a message for each person, one that is not sent for who is left out."""
        included = self._each_once(people, self._queued_before)
        queued = self._insert_messages(included)
        self._leave_out_others(included, queued)
        self._insert_messages([person for person in people if person.reason])
        if self.approved_by_id:
            audience.unseen_count += self._count_unseen(people)
        self.env["sms.sms"].invalidate_model()

    def _insert_messages(self, people):
        """Insert messages in one statement; return what of them is new, by its key.

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
        launcher, readers = self.launched_by_id, self._with_a_say_in_all()
        if launcher and (
            launcher in readers or launcher.has_group("su_sms.group_manager")
        ):
            return launcher
        return self.user_id

    # ------------------------------------------------------------
    # The count
    # ------------------------------------------------------------

    def _store_recipients(self, audience, people):
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

    # ------------------------------------------------------------
    # Each number once, or each of its texts
    # ------------------------------------------------------------

    def _text_key(self, text):
        """Return what is the same for texts that are the same."""
        salt = self.sudo().text_salt or ""
        return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()[:32]

    def _seen_key(self, text):
        """Return a text's key as the check has it: unsalted, links not made yet."""
        if self.shorten_links:
            short = f"{self.get_base_url()}/r/"
            text = re.sub(rf"{re.escape(short)}\w+", f"{short}xxxx", text)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _new_salt(self):
        self.sudo().text_salt = secrets.token_hex(16)

    def _once_key(self, person):
        """Return what a number is in the campaign once for."""
        return person.text_key if self.when_shared == "each" else ""

    def _each_once(self, people, before):
        """Return the people who are reached; leave out whom somebody stands for.

        Who is left out keeps nobody else from being reached.

        :param before: gives [(number, text's key, line, name)] of those reached by the
            pages before: for each person's number the first, and who has the same text
        """
        included = [person for person in people if not person.reason]
        reached = {}
        for number, key, *who in before(included):
            reached.setdefault(number, {}).setdefault(key, who)
        for person in included:
            others = reached.setdefault(person.number, {})
            same = person.text_key in others
            if same or (others and self.when_shared != "each"):
                key = person.text_key if same else next(iter(others))
                person.differs = bool(key) and not same
                text = self._same_text(*others[key], person.differs)
                person.leave_out(DUPLICATE, text)
            else:
                others[person.text_key] = person.line, person.name
        return [person for person in included if not person.reason]

    def _same_text(self, line, name, differs):
        """Tell who has the same number."""
        who = name or ""
        if line:
            who = self.env._("Line %s", line) + (f" ({name})" if name else "")
        if differs:
            return self.env._("The same number as %s, with another text.", who)
        return self.env._("The same number as %s.", who)

    def _counted_before(self, people):
        return self._before(people, "sms_campaign_recipient", "name", "reason IS NULL")

    def _queued_before(self, people):
        # Where a number is in it once, nobody asks what it says.
        return self._before(people, "sms_sms", "recipient", "left_out IS NOT TRUE")

    def _before(self, people, table, name, reached):
        """Return [(number, text's key, line, name)] as ``_each_once`` asks for them.

        Not all that a number has: a file may have it in each of its rows.
        """
        self.env.cr.execute(
            SQL(
                """
                (SELECT DISTINCT ON (number)
                        number, COALESCE(text_key, ''), line, %(name)s
                   FROM %(table)s
                  WHERE campaign_id = %(campaign)s AND %(reached)s
                    AND number = ANY(%(numbers)s)
               ORDER BY number, id)
              UNION ALL
                SELECT t.number, COALESCE(t.text_key, ''), t.line, t.%(name)s
                  FROM %(table)s t
                  JOIN unnest(%(numbers)s::text[], %(keys)s::text[])
                       AS own (number, text)
                    ON t.number = own.number AND COALESCE(t.text_key, '') = own.text
                 WHERE campaign_id = %(campaign)s AND %(reached)s
                """,
                name=SQL.identifier(name),
                table=SQL.identifier(table),
                reached=SQL(reached),
                campaign=self.id,
                numbers=[person.number for person in people],
                keys=[person.text_key for person in people],
            )
        )
        return self.env.cr.fetchall()

    def _leave_out_others(self, people, inserted):
        """Leave out those whom the database did not let in: somebody was quicker."""
        for person in people:
            if (person.number, self._once_key(person)) not in inserted:
                person.leave_out(DUPLICATE)

    # ------------------------------------------------------------
    # Short links and endings
    # ------------------------------------------------------------
    # What else is done to a text.

    def _extras(self):
        """Return what is done to the texts that are sent."""
        return Extras(self._shortener(), self._optouts)

    def _sample_extras(self):
        """Return what makes texts as long as they will be, and leaves no trace."""

        def endings(numbers, lang):
            sample = self.with_context(lang=lang)._optout_sample_text()
            return dict.fromkeys(numbers, sample)

        return Extras(self._as_if_short(), endings)

    def _optouts(self, numbers, lang):
        """Return {number: its text's ending}, where a link is a blank until it leaves.

        Who has said no already needs no way to say it, and gets no link.
        """
        ending = self.with_context(lang=lang)._optout_sample_text()
        endings = dict.fromkeys(numbers, ending)
        if self.optout == "link":
            self.env["phone.blacklist"].flush_model(["number", "active"])
            said_no = self.env["sms.blacklist"].sudo()._opted_out(numbers)
            links = self.env["sms.optout.link"].sudo()
            links._make(endings.keys() - said_no, self.company_id)
            endings |= dict.fromkeys(said_no, "")
        return endings

    def _link_endings(self):
        """Return each ending with a link, in whatever language: a tuple.

        Nothing but such an ending is filled in. A blank within what somebody wrote
        stays one.
        """
        if self.optout != "link":
            return ()
        codes = {code for code, _name in self.env["res.lang"].get_installed()}
        return tuple(
            self.with_context(lang=code)._optout_sample_text()
            for code in codes | {self._language()}
        )

    def _shortener(self):
        if not self.shorten_links:
            return _as_it_is
        self.source_id = self.source_id or self.env["utm.source"].sudo().create(
            # Any employee reads it, and the titles of links.
            {"name": self.env._("SMS campaign %s", self.id)}
        )
        values = {
            "source_id": self.source_id.id,
            "medium_id": self.env.ref("mass_mailing_sms.utm_medium_sms").id,
            # Odoo would else fetch the page for its title: whatever address is typed.
            "title": self.source_id.name,
        }
        render = self.env["mail.render.mixin"].sudo()

        return lambda text: render._shorten_links_text(text, values)

    def _as_if_short(self):
        if not self.shorten_links:
            return _as_it_is
        stand_in = f"{self.get_base_url()}/r/xxxx"

        def stand_in_for(link):
            # A link with a placeholder in it is another one for each recipient.
            return link if "{{" in link else stand_in

        return lambda text: links.replaced(text, stand_in_for)


def _plain(text):
    """Return a text as PostgreSQL takes it, or None."""
    return text.replace("\0", "") or None


def _as_it_is(text):
    return text
