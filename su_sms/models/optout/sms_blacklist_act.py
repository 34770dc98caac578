from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...privacy import blacklist
from ...privacy.blacklist import NO_CLAIM
from ...text import phone
from ...tools.acts import WELCOMES, Act, Acts

# What a person's own word replaces.
WEAK = (*NO_CLAIM, "unstated")
# What only the network says is tried again after this long: no network tells when a
# person takes a block back.
BLOCK_DAYS = 90
# What only the network said is over; an erased person's own no is not.
NOBODYS_WORD = ("expired", "sender")
# AT's word in a report; it spells it otherwise in answers. Source: AT's
# documentation, "Delivery reports", failureReason.
BLOCKED = "userinblacklist"


class SmsBlacklist(models.Model):
    """Opting numbers out and in, whoever says so, and keeping each word of it."""

    _inherit = "sms.blacklist"

    # ------------------------------------------------------------
    # Opting out and in
    # ------------------------------------------------------------

    @api.model
    def _opt_out(self, numbers, act):
        """Opt numbers out, for the reason of an act; the caller checks who may.

        :param numbers: in E.164
        :param act: tools.acts.Act
        :return: their entries
        """
        return self._act([(number, act) for number in numbers], out=True)

    @api.model
    def _opt_in(self, numbers, act):
        """Let numbers be written to again; as ``_opt_out``."""
        return self._act([(number, act) for number in numbers], out=False)

    @api.model
    def _opted_out(self, numbers):
        """Return those of the numbers whose owners said no."""
        entries = self._entries(numbers).sudo().filtered("active")
        said_no = entries.filtered(lambda entry: entry.reason not in NO_CLAIM)
        return set(said_no.mapped("number"))

    @api.model
    def _act(self, pairs, out):
        """Do as the acts say, and keep each of them.

        :param pairs: [(E.164 number, Act)]; of several for a number the first decides
        """
        if not pairs:
            return self.browse()
        self._check_reasons({act.reason for _number, act in pairs}, out)
        first, again = {}, []
        for number, act in pairs:
            if number in first:
                again.append((number, act))
            else:
                first[number] = act
        entries = self._entries(first)
        unmoved = entries.filtered(lambda entry: entry.active == out).mapped("number")
        # History says it all: no message in the chatter of each.
        told = {"sms_acts": Acts(first), "tracking_disable": True}
        phones = self.env["phone.blacklist"].sudo().with_context(**told)
        if out:
            phones._add(list(first))
        else:
            # Odoo's `_remove` looks every number up among all others.
            entries.sudo().phone_blacklist_id.with_context(**told).action_archive()
            unknown = set(first) - set(entries.mapped("number"))
            phones.create([{"number": n, "active": False} for n in unknown])
        again += [(number, first[number]) for number in unmoved]
        self._note_once_more(again, out)
        return self._entries(first)

    @api.model
    def _check_reasons(self, reasons, out):
        wrong = reasons & set(WELCOMES if out else NO_CLAIM)
        if wrong:
            labels = dict(self._fields["reason"]._description_selection(self.env))
            wrong = ", ".join(sorted(labels[reason] for reason in wrong))
            raise ValidationError(
                self.env._("“%s” is not a valid reason to opt a number out.", wrong)
                if out
                else self.env._(
                    "“%s” is not a valid reason to opt a number back in.", wrong
                )
            )

    @api.model
    def _entries(self, numbers):
        """Return the entries of E.164 numbers, also of those that are off the list."""
        self.env["phone.blacklist"].flush_model(["number"])
        self.flush_model(["phone_blacklist_id"])
        # A search would have Odoo read and format every number again. Not a join:
        # right after an import PostgreSQL would loop over both tables for it.
        self.env.cr.execute(
            "SELECT id FROM phone_blacklist WHERE number = ANY(%s)", [list(numbers)]
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.env.cr.execute(
            "SELECT id FROM sms_blacklist WHERE phone_blacklist_id = ANY(%s)", [ids]
        )
        return self.browse([row[0] for row in self.env.cr.fetchall()])

    # ------------------------------------------------------------
    # What phone.blacklist tells
    # ------------------------------------------------------------

    @api.model
    def _act_of(self, number):
        """Return the act behind a change of Odoo's blacklist, as far as it is known."""
        acts = self.env.context.get("sms_acts")
        if isinstance(acts, Acts):
            return acts.of(number)
        if self.env.user._is_public():
            return Act("web_link", "web")
        return Act()

    @api.model
    def _note_new(self, phones):
        """Give each new entry of Odoo's blacklist one of ours."""
        known = self.sudo().with_context(active_test=False)
        known = known.search([("phone_blacklist_id", "in", phones.ids)])
        new = phones - known.phone_blacklist_id
        self.sudo().create([{"phone_blacklist_id": phone.id} for phone in new])
        self._note_changed(new)

    @api.model
    def _note_changed(self, phones):
        """Keep that numbers have just come on Odoo's blacklist, or left it."""
        for out in (True, False):
            some = phones.filtered(lambda phone, out=out: phone.active == out)
            if some:
                pairs = [(phone.number, self._act_of(phone.number)) for phone in some]
                self._put_in_force(self.env["sms.consent"]._record(pairs, out))
        # What stands for an erased number goes when its person is back.
        back = [
            phone.number
            for phone in phones
            if not phone.active
            and self._act_of(phone.number).reason not in NOBODYS_WORD
        ]
        if back:
            self.env["sms.suppression"].sudo()._lift(back)

    @api.model
    def _note_removed(self, numbers):
        """Keep that entries of numbers were deleted from Odoo's blacklist."""
        acts = [
            (number, Act(note=self.env._("The entry was removed.")))
            for number in numbers
        ]
        self.env["sms.consent"]._record(acts, out=False)

    @api.model
    def _note_once_more(self, pairs, out):
        """Keep acts that change nothing; a person's no weighs more than a block."""
        pairs = [(n, act) for n, act in pairs if act.reason not in NO_CLAIM]
        consents = self.env["sms.consent"]._record(pairs, out)
        entries = self._entries(consents.mapped("number")).sudo()
        if out:
            entries = entries.filtered(lambda entry: entry.reason in WEAK)
        numbers = set(entries.mapped("number"))
        self._put_in_force(consents.filtered(lambda each: each.number in numbers))

    @api.model
    def _put_in_force(self, consents):
        by_number = {consent.number: consent for consent in consents}
        for entry in self._entries(by_number).sudo():
            line = by_number[entry.number].sudo()
            entry.write(
                {
                    "consent_id": line.id,
                    "reason": line.reason,
                    "channel": line.channel,
                    "date": line.date,
                }
            )

    # ------------------------------------------------------------
    # From time to time
    # ------------------------------------------------------------

    @api.model
    def _adopt(self):
        """Take over entries that Odoo's blacklist had before this module was here."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT phone.id FROM phone_blacklist phone
             WHERE NOT EXISTS (SELECT FROM sms_blacklist entry
                                WHERE entry.phone_blacklist_id = phone.id)
            """
        )
        phones = self.env["phone.blacklist"].sudo()
        phones = phones.browse([row[0] for row in self.env.cr.fetchall()])
        note = self.env._("It was already on Odoo's blacklist.")
        acts = {p.number: Act(date=p.create_date, note=note) for p in phones}
        self.with_context(sms_acts=Acts(acts))._note_new(phones)

    @api.autovacuum
    def _gc_blocks(self):
        """Lift what only the network said, after a while."""
        before = fields.Datetime.now() - timedelta(days=BLOCK_DAYS)
        old = self.search([("reason", "in", NO_CLAIM), ("date", "<", before)])
        self._opt_in(old.mapped("number"), Act("expired", "report"))

    # ------------------------------------------------------------
    # What the network reports
    # ------------------------------------------------------------
    # What the network reports: numbers that are blocked there, by whomever.

    @api.model
    def _on_reports(self, received, results):
        """List the numbers that failed reports say are blocked at the operator.

        That is no opt-out: nobody knows who blocked what. Where the sender ID is in
        doubt nobody is listed at all. Answers to a send that say the same (406) list
        nobody: every number of a wrongly registered sender ID gets them.

        :param received: [reports.Received]
        :param results: {event id: reports.Result}
        """
        blocked = {
            results[each.event_id].sms_id: each
            for each in received
            if each.report.failure and each.report.reason.lower() == BLOCKED
        }
        blocked.pop(None, None)
        if not blocked:
            return
        self.env["sms.gateway.config"]._check_senders()
        messages = self.env["sms.sms"].sudo().browse(blocked).exists()
        messages.invalidate_recordset()
        # The same report may come twice, and what was lifted since stays lifted.
        lines = self.env["sms.consent"].sudo().search([("sms_id", "in", messages.ids)])
        messages -= lines.sms_id
        messages = messages.filtered(
            lambda sms: (
                sms.failure_type == "sms_blocked"
                and not sms.gateway_id.sender_suspect_at
            )
        )
        self._act(
            [
                (sms.number, self._act_of_report(sms, blocked[sms.id]))
                for sms in messages
            ],
            out=True,
        )

    @api.model
    def _act_of_report(self, sms, each):
        return Act(
            "operator",
            "report",
            each.received_at.replace(microsecond=0),
            evidence=each.report.reason,
            company_id=sms.company_id.id,
            gateway_id=sms.gateway_id.id,
            event_id=each.event_id,
            sms_id=sms.id,
        )

    # ------------------------------------------------------------
    # Tests of a text
    # ------------------------------------------------------------
    # Tests of promotion, of a campaign or a mailing, respect it as well. A test
    # leaves as transactional, at any hour: whoever sends it waits for it. So not
    # the gate stops it, but the button.

    @api.model
    def _check_test(self, numbers):
        """Refuse to send tests of promotion to those who have opted out of it.

        :param numbers: in E.164, as far as they can be
        :raises UserError: names them, masked
        """
        if blocked := self._blocked_of_test(numbers):
            raise UserError(
                self.env._(
                    "Opted out of promotional SMS: %s. Remove them.",
                    ", ".join(phone.masked(number) for number in sorted(blocked)),
                )
            )

    @api.model
    def _blocked_of_test(self, numbers):
        """Return those of these numbers that may get no test.

        Whose number it is, is typed into a profile by whoever has the profile. So a no
        that somebody has given a reason for, or has entered for another, stops a test
        to that number as well; only an entry of one's own, without a reason, does not.
        """
        self.env["phone.blacklist"].flush_model()
        blocked = blacklist.blocked_among(self.env.cr, set(numbers))
        own = self.env["sms.sms"]._readable(
            self.env.user.partner_id.phone, self.env.company
        )
        if own in blocked and self._is_nobodys_no(own):
            blocked -= {own}
        return blocked

    @api.model
    def _is_nobodys_no(self, number):
        """Tell whether nobody but this user ever opted a number out, or said why."""
        if self.env["sms.suppression"].sudo()._blocked({number}):
            return False
        said_no = [
            ("number", "=", number),
            ("kind", "=", "optout"),
            "|",
            ("reason", "!=", "unstated"),
            ("user_id", "!=", self.env.uid),
        ]
        return not self.env["sms.consent"].sudo().search_count(said_no, limit=1)
