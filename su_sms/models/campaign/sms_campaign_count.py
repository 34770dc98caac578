from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError

from ...dispatch.timing import window
from ...text import placeholders
from ...tools import authors, limits
from ...tools.count_later import is_later
from ...tools.slices import Slices
from ...tools.transactions import in_test, utcnow
from .sms_campaign_person import DUPLICATE
from .sms_campaign_prepare import PAGE

# What is counted while a person waits for their form to be saved; the rest is a job's.
AT_ONCE_SECONDS = 2.0
# What is reckoned with: the first is what the benchmarks do, the second is measured.
MOST_A_MINUTE = 30_000
REQUEST_SECONDS = 0.22
# So long a count of very many people is good enough to launch with.
COUNT_HOLDS = timedelta(minutes=10)
# A campaign is launched for no later; what a form says beyond it is not reckoned with.
FURTHEST = timedelta(days=366)
# A change of any of these makes the last count worthless.
COUNTED = {
    "body",
    "template_id",
    "shorten_links",
    "message_class",
    # Its settings make texts longer or shorter; it has its own networks and prices.
    "gateway_id",
    "audience_ids",
    "company_id",
    "optout",
    "when_empty",
    "when_shared",
    # Who is responsible reads the texts.
    "user_id",
}
# Between the names of what one person does not have.
BETWEEN = " · "


class SmsCampaign(models.Model):
    """What a campaign would do: how many recipients, who is left out, and the price.

    The count goes through everybody as the preparation does, so that what it says is
    what will happen; it runs by itself after each change.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign"

    count_state = fields.Selection(
        [
            ("none", "No recipients yet"),
            ("running", "Being counted"),
            ("done", "Counted"),
            ("failed", "Could not be counted"),
        ],
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    count_problem = fields.Char(readonly=True, copy=False)
    counted_at = fields.Datetime(readonly=True, copy=False)
    recipient_count = fields.Integer("Recipients", readonly=True, copy=False)
    left_out_count = fields.Integer("Left Out", readonly=True, copy=False)
    part_count = fields.Integer("Total Parts", readonly=True, copy=False)
    worst_parts = fields.Integer("Maximum Parts", readonly=True, copy=False)
    left_out_ids = fields.One2many(
        "sms.campaign.left.out",
        "campaign_id",
        "Left Out, by Reason",
        readonly=True,
        copy=False,
    )
    recipient_ids = fields.One2many(
        "sms.campaign.recipient", "campaign_id", readonly=True, copy=False
    )
    sample_ids = fields.Many2many(
        "sms.campaign.recipient", string="The First", compute="_compute_sample_ids"
    )
    expected_end_at = fields.Datetime(
        "Expected End", compute="_compute_expected_end_at"
    )

    # What only a person can decide
    when_empty = fields.Selection(
        [
            ("leave_out", "Leave them out"),
            ("send", "Send it as it is"),
        ],
        "If a Value Is Missing",
        copy=False,
        tracking=True,
        help="What to do with recipients for whom a placeholder has no value."
        " Placeholders with a default, such as {{ object.city ||| Nairobi }},"
        " always have one.",
    )
    when_shared = fields.Selection(
        [
            ("each", "One SMS per row"),
            ("first", "Only the first one"),
        ],
        "Shared Numbers",
        copy=False,
        tracking=True,
        help="What to do if several rows or records have the same number but"
        " different texts. Identical texts are sent only once in any case.",
    )
    missing_count = fields.Integer("Without a Value", readonly=True, copy=False)
    missing_text = fields.Char("Missing Values", readonly=True, copy=False)
    shared_count = fields.Integer(
        "Same Number, Different Text", readonly=True, copy=False
    )
    # While texts are told apart by a sum of theirs, nobody can find them by trying.
    text_salt = fields.Char(readonly=True, copy=False, groups=".")

    # ------------------------------------------------------------
    # Time
    # ------------------------------------------------------------

    @api.depends(
        "recipient_count",
        "pace",
        "message_class",
        "within_window",
        "scheduled_at",
        "gateway_id",
        "body",
        "optout",
    )
    def _compute_expected_end_at(self):
        run = self.env["sms.run"]._last().get("campaigns")
        nobody = run and run._is_old()
        for campaign in self:
            # Where no job runs, nobody knows when one will.
            if nobody or not campaign.recipient_count:
                campaign.expected_end_at = False
                continue
            end = campaign._done_at(campaign._begins_at())
            campaign.expected_end_at = end.replace(microsecond=0)

    def _begins_at(self):
        """Return when it begins to leave, if it is launched by then."""
        now = utcnow()
        return min(max(self.scheduled_at or now, now), now + FURTHEST)

    def _done_at(self, start):
        """Estimate when everything has left, if it starts then."""
        hours, seconds = self._hours(), self._sending_seconds()
        if hours:
            return window.done_at(hours, start, seconds)
        return start + timedelta(seconds=seconds)

    def _sending_seconds(self, personal=None):
        """Estimate how long sending takes by the pace, and by the requests it needs.

        :param personal: whether no two texts are alike, so that none share a request;
            by default as they are
        """
        gateway, recipients = self.gateway_id.sudo(), self.recipient_count
        if not gateway:
            # Taken out of a form that is not saved yet.
            return 0.0
        if personal is None:
            personal = self.optout == "link" or self._has_placeholders()
        paces = [pace for pace in (self.pace, gateway.pace) if pace]
        seconds = 60 * recipients / min(paces, default=MOST_A_MINUTE)
        requests = recipients / (1 if personal else gateway.chunk_size)
        return max(seconds, requests * REQUEST_SECONDS / gateway.concurrency_now)

    def _hours(self):
        """Return the window that this campaign keeps to, or None."""
        kept = self.within_window or self.message_class == "promotional"
        if kept and self.gateway_id:
            return self.gateway_id.sudo()._window()
        return None

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    @api.depends("recipient_ids")
    def _compute_sample_ids(self):
        for campaign in self:
            campaign.sample_ids = self.env["sms.campaign.recipient"].search(
                [("campaign_id", "in", campaign.ids), ("reason", "=", False)],
                limit=5,
            )

    def _count_if_changed(self, names):
        """Count drafts again if one of these fields makes the last count worthless."""
        if COUNTED & names:
            self.filtered(lambda campaign: campaign.state == "draft")._count_again()

    def _count_again(self):
        """Throw the last count away and make a new one, by a job if it takes long."""
        for campaign in self.sudo():
            campaign._forget_count()
            if not campaign.audience_ids:
                continue
            campaign.count_state = "running"
            # Code runs for nobody who may do less than its author; the job is nobody.
            # For all that whoever waits for this transaction has named.
            seconds = limits.seconds_left(self.env.cr, "counts", AT_ONCE_SECONDS)
            if campaign._may_run_code(self.env.user) and (seconds > 0 or in_test()):
                campaign._count_some(seconds)
            if campaign.count_state == "running":
                campaign._trigger_work()
        # Read with all rights: the user may read fewer of them.
        self.invalidate_recordset(["audience_ids"])

    def _audience_changed(self):
        """Count again, unless whoever writes to the campaign does it at the end."""
        if campaigns := self.filtered(lambda campaign: not is_later(campaign)):
            campaigns._count_again()

    def _may_run_code(self, user):
        """Tell whether a user may all that the code in the text's placeholders may."""
        texts = [self.body or "", *(self.template_texts or {}).values()]
        if not any(placeholders.others(text or "") for text in texts):
            return True
        return all(authors.covers(user, each) for each in self._text_with_a_say())

    def _forget_count(self):
        self.env.cr.execute(
            "DELETE FROM sms_campaign_recipient WHERE campaign_id = ANY(%s)", [self.ids]
        )
        self.env["sms.campaign.recipient"].invalidate_model()
        self.left_out_ids.unlink()
        self._store_template_texts()
        self.network_ids.unlink()
        self._start_over()
        self.write(
            {
                "count_state": "none",
                "count_problem": False,
                "recipient_count": 0,
                "left_out_count": 0,
                "part_count": 0,
                "worst_parts": 0,
                "unicode_count": 0,
                "unicode_characters": False,
                "missing_count": 0,
                "missing_text": False,
                "shared_count": 0,
            }
        )

    def _count_some(self, seconds):
        """Go on with the count for so long, or to its end."""
        self.ensure_one()
        slices = Slices(float("inf") if in_test() else seconds)
        try:
            with self.env.cr.savepoint():
                while self._process_page(
                    self._store_recipients, self._sample_extras(), slices
                ):
                    if slices.is_over:
                        break
        except MissingError:
            # Deleted meanwhile: the job takes the page again.
            raise
        except UserError as error:
            self._lock_drafts(wait=False)
            self.write({"count_state": "failed", "count_problem": str(error)})
            return
        self._lock_drafts(wait=False)
        self._sum_up()

    def _sum_up(self):
        """Sum up what the count has found so far."""
        self.env.cr.execute(
            """
              SELECT reason, count(*), coalesce(sum(parts), 0), coalesce(max(parts), 0)
                FROM sms_campaign_recipient WHERE campaign_id = %s GROUP BY reason
            """,
            [self.id],
        )
        found = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        recipients, parts, worst = found.pop(None, (0, 0, 0))
        self.left_out_ids.unlink()
        self.env["sms.campaign.left.out"].create(
            [
                {"campaign_id": self.id, "reason": reason, "count": count}
                for reason, (count, _parts, _worst) in found.items()
            ]
        )
        finished = all(self.audience_ids.mapped("finished"))
        if finished:
            self._count_networks()
            self._count_unicode()
            self._count_questions()
        self.write(
            {
                "recipient_count": recipients,
                "part_count": parts,
                "worst_parts": worst,
                "left_out_count": sum(row[0] for row in found.values()),
                "count_state": "done" if finished else "running",
                "counted_at": fields.Datetime.now(),
            }
        )

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def action_count(self):
        """Count again, such as after contacts were changed."""
        self._check_still_open()
        self._lock_drafts()
        self._count_again()

    def action_ask_to_launch(self):
        """Count anew what may have changed since, and ask whether to launch it."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "draft" and self._count_is_old():
            self._lock_drafts()
            self._count_again()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "su_sms.sms_campaign_launch_action"
        )
        return dict(action, context={"default_campaign_id": self.id})

    def _count_is_old(self):
        """Tell whether to count again: what takes a moment always, else by age."""
        if self.count_state in ("none", "running"):
            return False
        if not self._may_run_code(self.env.user):
            # It would be counted by the job, while somebody waits for an answer.
            return False
        few = self.recipient_count + self.left_out_count <= PAGE
        return few or self.counted_at < fields.Datetime.now() - COUNT_HOLDS

    @api.readonly
    def action_open_recipients(self):
        return self._open_recipients([("reason", "=", False)], self.env._("Recipients"))

    @api.readonly
    def action_open_left_out(self):
        return self._open_recipients([("reason", "!=", False)], self.env._("Left Out"))

    def _open_recipients(self, domain, name):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "sms.campaign.recipient",
            "views": [(False, "list"), (False, "form")],
            "domain": [("campaign_id", "=", self.id), *domain],
            "context": {"create": False, "edit": False},
        }

    # ------------------------------------------------------------
    # What only a person can decide
    # ------------------------------------------------------------
    # What only a person can decide, and is asked before the launch. What becomes
    # of people for whom something stands nowhere, and of numbers that several
    # rows have, with texts that differ: one guardian of two students.

    def _count_questions(self):
        """Count what there is to ask about."""
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

    def _check_answered(self):
        """Refuse to launch what somebody has yet to decide about."""
        if self.missing_count and not self.when_empty:
            raise UserError(
                self.env._(
                    "%s. Choose whether to leave them out or to send it as it is.",
                    self.missing_text,
                )
            )
        if self.shared_count and not self.when_shared:
            raise UserError(
                self.env._(
                    "%s recipients share a number with someone else but have a"
                    " different text. Choose whether each of them gets an SMS, or"
                    " only the first.",
                    f"{self.shared_count:,}",
                )
            )

    @api.readonly
    def action_open_missing(self):
        """Open the recipients for whom something stands nowhere."""
        return self._open_recipients(
            [("reason", "=", False), ("missing", "!=", False)],
            self.env._("Recipients Without a Value"),
        )

    @api.readonly
    def action_open_shared(self):
        """Open those who share a number with somebody, and have another text."""
        return self._open_recipients(
            [("reason", "=", DUPLICATE), ("differs", "=", True)],
            self.env._("Same Number, Different Text"),
        )
