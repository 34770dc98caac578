import hashlib
import secrets

from odoo import fields, models
from odoo.exceptions import UserError

from .sms_campaign_person import DUPLICATE, NO_VALUE

# Between the names of what one person does not have.
BETWEEN = " · "


class SmsCampaign(models.Model):
    """What only a person can decide, and is asked before the launch.

    What becomes of people for whom something stands nowhere, and of numbers that
    several rows have, with texts that differ: one guardian of two students.
    """

    _inherit = "sms.campaign"

    when_empty = fields.Selection(
        [
            ("leave_out", "Leave them out"),
            ("send", "Send it as it is"),
        ],
        "Where Nothing Stands",
        copy=False,
        tracking=True,
        help="What becomes of recipients for whom a placeholder has no value. A"
        " placeholder with a default, such as {{ object.city ||| Nairobi }}, has one.",
    )
    when_shared = fields.Selection(
        [
            ("each", "One SMS for each row"),
            ("first", "Only the first"),
        ],
        "Numbers That Are Shared",
        copy=False,
        tracking=True,
        help="What becomes of a number that several rows or records have, if their"
        " texts differ. Texts that are alike go out once in any case.",
    )
    missing_count = fields.Integer("Without a Value", readonly=True, copy=False)
    missing_text = fields.Char("Who Lacks What", readonly=True, copy=False)
    shared_count = fields.Integer("With Another Text", readonly=True, copy=False)
    # While texts are told apart by a sum of theirs, nobody can find them by trying.
    text_salt = fields.Char(readonly=True, copy=False, groups=".")

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    def _without(self, person, expressions):
        """Note that a person lacks what these placeholders stand for."""
        if not expressions:
            return
        names = [self._name_of(person, each) for each in expressions]
        person.missing = BETWEEN.join(dict.fromkeys(names))
        # Before the launch somebody has to say; whom they were not asked about, as the
        # value has gone since, gets no SMS with a hole in it.
        answer = self.when_empty or ("ask" if self.state == "draft" else "leave_out")
        if answer == "leave_out":
            person.leave_out(NO_VALUE, self.env._("There is no %s.", person.missing))

    def _name_of(self, person, expression):
        """Give what people call the value of a placeholder."""
        path = expression.removeprefix("object.")
        if person.record is None:
            return person.titles.get(path) or path.replace("_", " ").capitalize()
        found, field = person.record, None
        for name in path.split("."):
            field = found._fields.get(name) if found is not None else None
            if field is None:
                return path
            found = self.env[field.comodel_name] if field.relational else None
        return field._description_string(self.env)

    def _count_questions(self):
        """Count what the check has found to ask about."""
        self.env.cr.execute(
            """
            SELECT missing, count(*) FROM sms_campaign_recipient
             WHERE campaign_id = %s AND reason IS NULL AND missing IS NOT NULL
          GROUP BY missing
            """,
            [self.id],
        )
        found = self.env.cr.fetchall()
        lacking = {}
        for names, count in found:
            for name in names.split(BETWEEN):
                lacking[name] = lacking.get(name, 0) + count
        self.env.cr.execute(
            """
            SELECT count(*) FROM sms_campaign_recipient
             WHERE campaign_id = %s AND reason = %s AND differs
            """,
            [self.id, DUPLICATE],
        )
        [shared] = self.env.cr.fetchone()
        self.write(
            {
                "missing_count": sum(count for _names, count in found),
                "missing_text": self._lacking_text(lacking),
                "shared_count": shared,
            }
        )

    def _lacking_text(self, lacking):
        """Tell how many have no such value: "2 recipients have no Fee Balance"."""
        texts = []
        for name, count in sorted(
            lacking.items(), key=lambda pair: (-pair[1], pair[0])
        ):
            if count == 1:
                texts.append(self.env._("1 recipient has no %s", name))
            else:
                texts.append(
                    self.env._(
                        "%(count)s recipients have no %(name)s",
                        count=f"{count:,}",
                        name=name,
                    )
                )
        return ", ".join(texts) or False

    # ------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------

    def _text_key(self, text):
        """Give what is the same for texts that are the same."""
        salt = self.sudo().text_salt or ""
        return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()[:32]

    def _new_salt(self):
        self.sudo().text_salt = secrets.token_hex(16)

    def _once_key(self, person):
        """Give what a number is in the campaign once for."""
        return person.text_key if self.when_shared == "each" else ""

    def _each_once(self, people, before):
        """Give the people who are reached; leave out whom somebody stands for.

        Who is left out keeps nobody else from being reached.

        :param before: gives [(number, text's key, line, name)] of those reached by the
            pages before, for numbers
        """
        included = [person for person in people if not person.reason]
        reached = {}
        for number, *other in before([person.number for person in included]):
            reached.setdefault(number, []).append(other)
        for person in included:
            others = reached.setdefault(person.number, [])
            same = [other for other in others if other[0] == person.text_key]
            if same or (others and self.when_shared != "each"):
                key, line, name = (same or others)[0]
                person.differs = bool(key) and not same
                text = self._same_text(line, name, person.differs)
                person.leave_out(DUPLICATE, text)
            else:
                others.append((person.text_key, person.line, person.name))
        return [person for person in included if not person.reason]

    def _same_text(self, line, name, differs):
        """Tell who has the same number."""
        who = name or ""
        if line:
            who = self.env._("Line %s", line) + (f" ({name})" if name else "")
        if differs:
            return self.env._("The same number as %s, with another text.", who)
        return self.env._("The same number as %s.", who)

    def _counted_before(self, numbers):
        self.env.cr.execute(
            """
            SELECT number, COALESCE(text_key, ''), line, name
              FROM sms_campaign_recipient
             WHERE campaign_id = %s AND reason IS NULL AND number = ANY(%s)
          ORDER BY id
            """,
            [self.id, numbers],
        )
        return self.env.cr.fetchall()

    def _queued_before(self, numbers):
        # Where a number is in it once, nobody asks what it says.
        self.env.cr.execute(
            """
            SELECT number, COALESCE(text_key, ''), line, recipient FROM sms_sms
             WHERE campaign_id = %s AND left_out IS NOT TRUE AND number = ANY(%s)
          ORDER BY id
            """,
            [self.id, numbers],
        )
        return self.env.cr.fetchall()

    def _leave_out_others(self, people, inserted):
        """Leave out those whom the database did not let in: somebody was quicker."""
        for person in people:
            if (person.number, self._once_key(person)) not in inserted:
                person.leave_out(DUPLICATE)

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def _check_answered(self):
        """Refuse to launch what somebody has yet to decide about."""
        if self.missing_count and not self.when_empty:
            raise UserError(
                self.env._(
                    "%s. Say whether they are left out, or get it as it is.",
                    self.missing_text,
                )
            )
        if self.shared_count and not self.when_shared:
            raise UserError(
                self.env._(
                    "%s recipients share a number with somebody and have another text."
                    " Say whether each gets an SMS, or only the first.",
                    f"{self.shared_count:,}",
                )
            )

    def action_open_missing(self):
        """Open the recipients for whom something stands nowhere."""
        return self._open_recipients(
            [("reason", "=", False), ("missing", "!=", False)],
            self.env._("Recipients Without a Value"),
        )

    def action_open_shared(self):
        """Open those who share a number with somebody, and have another text."""
        return self._open_recipients(
            [("reason", "=", DUPLICATE), ("differs", "=", True)],
            self.env._("Same Number, Another Text"),
        )
