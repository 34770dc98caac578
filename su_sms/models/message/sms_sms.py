from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...dispatch import gate
from ...text import phone, placeholders
from ...tools.context import without_defaults
from ...tools.transactions import end_transaction
from .failure_types import FAILURE_TYPES

# A message that one person waits for leaves before what goes to many.
PRIORITIES = [("0", "Bulk"), ("1", "Normal"), ("2", "Urgent")]
# What is made more than this many at a time is bulk.
FEW = 20
# What a composer's context says of where it was opened; of the rest of a message no
# context decides, as it is the journal.
OPENED_FROM = {"res_model", "res_id"}
# For the context: no request can have one of these.
MANY, TRIAL = object(), object()
# The states in which a message is no longer ours to stop.
LEFT = ("process", "pending", "sent")


class SmsSms(models.Model):
    """An SMS that goes through a gateway: queue, journal and log in one.

    Without a gateway nothing here changes what Odoo does.
    """

    _inherit = "sms.sms"

    gateway_id = fields.Many2one(
        "sms.gateway.config", readonly=True, copy=False, ondelete="restrict"
    )
    # Most messages have none, and every update of a row writes to each of its indexes.
    mail_message_id = fields.Many2one(index="btree_not_null")
    # Odoo's own addon for Twilio has a field "Company".
    company_id = fields.Many2one(
        "res.company",
        "Sent For",
        readonly=True,
        copy=False,
        help="The company at whose cost it leaves.",
    )
    message_class = fields.Selection(
        [("transactional", "Transactional"), ("promotional", "Promotional")],
        "Class",
        readonly=True,
        help="Promotional SMS respect opt-outs. Transactional ones inform about"
        " something the person has asked for or must know.",
    )
    to_many = fields.Boolean(
        "Sent to Many",
        readonly=True,
        copy=False,
        help="Somebody sent it to several people at once: not to those who opted out.",
    )
    priority = fields.Selection(PRIORITIES, readonly=True, copy=False)
    failure_type = fields.Selection(selection_add=FAILURE_TYPES)
    provider_message_id = fields.Char(
        "Message ID", readonly=True, copy=False, index="btree_not_null"
    )
    provider_code = fields.Char("Code", readonly=True, copy=False)
    provider_text = fields.Char("Provider's Words", readonly=True, copy=False)
    cost = fields.Float(digits=(16, 4), readonly=True, copy=False)
    currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    parts = fields.Integer(readonly=True, copy=False)
    network = fields.Char(readonly=True, copy=False)
    report_status = fields.Char("Report", readonly=True, copy=False)
    report_rank = fields.Integer(readonly=True, copy=False)
    no_report = fields.Boolean(
        "Sent, No Report",
        readonly=True,
        copy=False,
        help="The provider accepted it and the network never said what became of it.",
    )
    attempts = fields.Integer("Tries", readonly=True, copy=False)
    faults = fields.Integer(
        readonly=True,
        copy=False,
        help="Tries that failed at the provider for this message alone.",
    )
    not_before = fields.Datetime(readonly=True, copy=False)
    queued_at = fields.Datetime(
        "Queued Again", readonly=True, copy=False, help="When a person resent it."
    )
    failed_over_from_id = fields.Many2one(
        "sms.gateway.config", "Taken Over From", readonly=True, copy=False
    )
    dispatch_token = fields.Char(readonly=True, copy=False)
    dispatched_at = fields.Datetime("Put on the Wire", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted", readonly=True, copy=False)
    delivered_at = fields.Datetime("Delivered On", readonly=True, copy=False)
    to_publish = fields.Boolean(
        readonly=True,
        copy=False,
        help="Its tracker, notification and trace are still to be told.",
    )
    hold_reason = fields.Char("Waits For", compute="_compute_hold_reason")

    _outbox_idx = models.Index(
        "(gateway_id, message_class, COALESCE(campaign_id, 0), priority DESC, id)"
        " WHERE state = 'outgoing'"
    )
    _create_date_idx = models.Index("(create_date)")
    _on_the_wire_idx = models.Index("(dispatched_at) WHERE state = 'process'")
    _unknown_idx = models.Index(
        "(gateway_id, number) WHERE failure_type = 'sms_outcome_unknown'"
        " AND provider_message_id IS NULL"
    )
    _mailing_idx = models.Index("(mailing_id) WHERE mailing_id IS NOT NULL")
    _to_publish_idx = models.Index("(id) WHERE to_publish")

    @api.depends(
        "state",
        "campaign_id.state",
        "gateway_id.hold_reason",
        "gateway_id.balance_state",
        "not_before",
        "held_until",
    )
    def _compute_hold_reason(self):
        now = self.env.cr.now()
        self.hold_reason = False
        for sms in self.filtered(lambda s: s.state == "outgoing" and s.gateway_id):
            gateway = sms.gateway_id.sudo()
            if sms.campaign_id.sudo().state in ("paused", "preparing"):
                sms.hold_reason = self.env._("The campaign is paused")
            elif waits := gateway._what_it_waits_for():
                sms.hold_reason = waits
            elif (
                sms.message_class == "promotional" and gateway.balance_state == "floor"
            ):
                sms.hold_reason = self.env._("A higher balance")
            elif sms.message_class == "promotional" and not gateway._window_is_open():
                sms.hold_reason = self.env._("The hours for promotional SMS")
            elif sms.held_until and sms.held_until > now:
                sms.hold_reason = self.env._("The hourly limit")
            elif sms.not_before and sms.not_before > now:
                sms.hold_reason = self.env._("The next try")

    # ------------------------------------------------------------
    # Routing
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        chosen = any(vals.get("gateway_id") for vals in vals_list)
        if chosen or self.env["sms.gateway.config"]._default_ids():
            vals_list = self._route(vals_list)
            self._check_not_by_hand(vals_list)
            vals_list = self._with_not_after(self._within_hour(vals_list))
            given = without_defaults(self, set(self._fields) - OPENED_FROM)
            return super(SmsSms, given).create(vals_list)
        return super().create(vals_list)

    @api.model
    def _route(self, vals_list):
        """Give the values with gateway, company, class, priority and E.164 number.

        What a message is about proposes its company: its record's, else that of who is
        responsible for it, or for the mailing, else the one at work; it counts only if
        whoever makes the message is in it. Without a gateway for the company the values
        stay as they are.
        """
        gateways = self.env["sms.gateway.config"]
        caller = gateways._caller()
        theirs = caller and {False, *caller._get_company_ids()}
        messages = self._notes(vals_list)
        bulk = len(vals_list) > FEW
        to_many = self._is_to_many(len(vals_list), messages.create_uid)
        routed = []
        about = self._about(vals_list)
        for vals, (proposed, author) in zip(vals_list, about, strict=True):
            if caller:
                vals = self._without_foreign(vals, theirs)
            given = self.env["res.company"].browse(vals.get("company_id") or [])
            company = gateways._payer([given, *proposed], caller or author)
            routed.append(self._route_one(vals, company, bulk, to_many))
        return routed

    @api.model
    def _is_to_many(self, count, authors):
        """Tell whether somebody sends to several people at once.

        Who a list is sent to is asked for their no, whatever the class: a dialog's
        options and its context are whoever's who opens it. Jobs, and what a visitor of
        the site causes, are no list; what a job sends later for somebody is. Trials
        have asked already.

        :param authors: users who made the notes that are sent
        """
        if self.env.context.get("sms_trial") is TRIAL:
            return False
        if self.env.context.get("sms_to_many") is MANY:
            return True
        return count > 1 and any(
            user.id != SUPERUSER_ID and user._is_internal()
            for user in self.env.user | authors
        )

    @api.model
    def _without_foreign(self, vals, theirs):
        """Give values without accounts and campaigns of companies but these.

        Odoo's administrators create messages as they like, and others may have code
        with more rights do so for them.
        """
        return {
            name: value
            for name, value in vals.items()
            if name not in ("gateway_id", "campaign_id")
            or not value
            or self[name].sudo().browse(value).company_id.id in theirs
        }

    @api.model
    def _notes(self, vals_list):
        """Return the notes in the chatter that messages have been sent with."""
        ids = {v["mail_message_id"] for v in vals_list if v.get("mail_message_id")}
        return self.env["mail.message"].sudo().browse(ids)

    @api.model
    def _about(self, vals_list):
        """Return ([proposed company], author) of each message, by what it is about.

        The author is who made what a job sends: the mailing, or the record, unless the
        job itself says which company it works for.
        """
        gateways = self.env["sms.gateway.config"]
        told = "allowed_company_ids" in self.env.context
        messages, records = self._notes(vals_list), self._records_about(vals_list)
        for vals, record in zip(vals_list, records, strict=True):
            message = messages.browse(vals.get("mail_message_id") or [])
            mailing = self.env["mailing.mailing"].browse(vals.get("mailing_id") or [])
            mailing = mailing.sudo()
            proposed = [mailing.user_id.company_id, message.record_company_id]
            author = mailing._sms_author()
            if record:
                proposed.insert(0, record._sms_company(own_only=bool(mailing)))
                if not mailing and not told and "create_uid" in record:
                    author = gateways._employee(record.create_uid)
            yield proposed, author

    @api.model
    def _route_one(self, vals, company, bulk, to_many=False):
        gateways = self.env["sms.gateway.config"]
        given = self._without_outcome(vals)
        gateway = gateways.browse(given.get("gateway_id") or [])
        gateway = gateway or gateways._gateway_of(company)
        if not gateway:
            return vals
        vals = given
        mailing_id = vals.get("mailing_id")
        return {
            "message_class": "promotional" if mailing_id else "transactional",
            "priority": "0" if mailing_id or bulk else "1",
            "to_many": to_many and not (mailing_id or vals.get("message_class")),
            **vals,
            "company_id": company.id,
            "gateway_id": gateway.id,
            "number": self._readable(vals.get("number"), company),
            **self._readable_text(str(vals.get("body") or ""), gateway),
        }

    @api.model
    def _readable_text(self, body, gateway):
        """Return the values of a text; one that nothing may read has failed already."""
        if gate.is_too_long(body):
            body = body[: placeholders.LONGEST]
            size = {"state": "error", "failure_type": "sms_too_long"}
        else:
            text = gate.prepare(body, gateway.sudo().sanitise)
            size = {"hour_parts": gate.parts(text)}
        # PostgreSQL takes no NUL, and the gate would drop it anyway.
        return {"body": body.replace("\0", ""), **size}

    @api.model
    def _readable(self, number, company):
        """Give the number in E.164, or as it is if that can't be: the gate says why."""
        country = self.env["sms.gateway.config"]._country(company)
        number = str(number or "")
        try:
            return phone.normalise(number, country)
        except phone.PhoneError:
            # What is too long for a number stays too long.
            return number.replace("\0", "")[: 2 * phone.LONGEST]

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send; what goes through a gateway leaves after this transaction's commit."""
        rest = self._send_routed()
        if rest or not self:
            return super(SmsSms, rest).send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return None

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Keep those who send without ``send()`` from passing by the gate."""
        rest = self._send_routed()
        if rest or not self:
            return super(SmsSms, rest)._send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return None

    def _send_routed(self):
        """Dispatch what goes through a gateway, and give the rest."""
        self._route_late()
        routed = self.filtered("gateway_id")
        if routed:
            routed._to_handle()._dispatch_after_commit()
        return self - routed

    def _route_late(self):
        """Route what was queued before its company had a gateway.

        Only where the message itself says whose it is: who happens to send the queue
        says nothing.
        """
        gateways = self.env["sms.gateway.config"]
        if not gateways._default_ids():
            return
        waiting = self.sudo().filtered(lambda sms: sms.state == "outgoing")
        late = waiting.filtered(lambda sms: not sms.gateway_id)
        vals_list = [
            {
                "mail_message_id": sms.mail_message_id.id,
                "mailing_id": sms.mailing_id.id,
                "res_model": sms.res_model,
                "res_id": sms.res_id,
                "number": sms.number,
                "body": sms.body,
            }
            for sms in late
        ]
        about = self._about(vals_list)
        for sms, vals, (proposed, author) in zip(late, vals_list, about, strict=True):
            if "record_company_id" in sms._fields:
                proposed.append(sms.record_company_id)  # sms_twilio's
            if not any(proposed):
                continue
            author = gateways._employee(sms.create_uid) or author
            company = gateways._payer(proposed, author)
            if gateways._gateway_of(company):
                sms.write(self._route_one(vals, company, len(waiting) > FEW))

    @api.model
    def _process_queue(self):
        """Send what waits: through Odoo's own provider, then through the gateways.

        Odoo's own method fails on messages of several companies, and would take
        routed ones too.
        """
        gateways = self.env["sms.gateway.config"].sudo().with_context(active_test=False)
        if not gateways.search_count([], limit=1):
            return super()._process_queue()
        domain = [
            ("state", "=", "outgoing"),
            ("to_delete", "!=", True),
            ("gateway_id", "=", False),
        ]
        batch_size = self._get_send_batch_size()
        unrouted = self.search(domain, limit=batch_size, order="id")
        unrouted.send()
        # What Odoo's provider has taken is on record before anything else may fail.
        end_transaction(self.env)
        left = self.search_count(domain) if len(unrouted) == batch_size else 0
        self._report_progress(len(unrouted), left)
        self._run_outbox()
        self._report_progress(0, left)
        return None

    # ------------------------------------------------------------
    # What a person may do
    # ------------------------------------------------------------

    def _to_handle(self):
        """Give these with the rights to change them, if the user may handle messages.

        Managers and Odoo's administrators may cancel and resend by these methods, which
        keep who did, but not rewrite the journal.
        """
        self.check_access("read")
        if not self.env.user.has_group("su_sms.group_manager"):
            self.filtered(lambda sms: not sms.gateway_id).check_access("write")
            self.browse().check_access("write")
        return self.sudo()

    def _by_hand(self, settlement):
        """Keep who did what to messages of a gateway, unless the code itself does."""
        routed = self.sudo().filtered("gateway_id")
        if routed and not self.env.su:
            routed._keep_who(settlement)

    def _check_not_left(self, message):
        routed = self.filtered("gateway_id")
        if routed:
            # Wait for a dispatcher that is just claiming these, then look again.
            routed.lock_for_update(allow_referencing=True)
            routed.invalidate_recordset(["state"])
            if any(sms.state in LEFT for sms in routed):
                raise UserError(message)

    def action_set_canceled(self):
        messages = self._to_handle()
        messages._check_not_left(
            self.env._("A message that has left can't be cancelled.")
        )
        self._by_hand("cancelled")
        return super(SmsSms, messages).action_set_canceled()

    def action_set_error(self, failure_type):
        messages = self._to_handle()
        messages._check_not_left(
            self.env._("What became of a message that has left is the provider's word.")
        )
        self._by_hand("marked")
        return super(SmsSms, messages).action_set_error(failure_type)

    def action_set_outgoing(self):
        messages = self._to_handle()
        messages._check_not_left(self.env._("This message is already on its way."))
        if any(sms._outcome_is_unknown() for sms in messages):
            raise UserError(
                self.env._(
                    "This message may have been delivered. Use “Resend Anyway” if it"
                    " may arrive twice."
                )
            )
        result = messages._queue_again()
        self._by_hand("queued")
        return result

    def _queue_again(self):
        self._check_can_leave_again()
        self.filtered("gateway_id").write(self._queued_again_values())
        result = super().action_set_outgoing()
        self._trigger_dispatch()
        return result

    def _check_can_leave_again(self):
        archived = self.gateway_id.filtered(lambda gateway: not gateway.active)
        if archived:
            raise UserError(
                self.env._(
                    "Nothing leaves through “%s”: it is archived. Unarchive it first,"
                    " or write a new message.",
                    archived[0].name,
                )
            )

    def resend_failed(self):
        """Resend what failed; what may have been delivered is left to a person."""
        messages = self._to_handle()
        routed = messages.filtered("gateway_id")
        if not routed:
            return super(SmsSms, messages).resend_failed()
        failed = routed.filtered(lambda sms: sms.state == "error" and not sms.to_delete)
        unknown = failed.filtered(lambda sms: sms._outcome_is_unknown())
        again = failed - unknown
        again._queue_again()
        self.browse(again.ids)._by_hand("queued")
        again.send()
        if rest := messages - routed:
            super(SmsSms, rest).resend_failed()
        text = self.env._("%s messages are queued again.", len(again))
        if unknown:
            text += " " + self.env._(
                "%s were left alone: they may have been delivered. Open one and use"
                " “Resend Anyway” if it may arrive twice.",
                len(unknown),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if unknown or not again else "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
