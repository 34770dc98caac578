from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...text import links
from . import results
from .failure_types import FAILURE_TYPES

# A message that one person waits for leaves before what goes to many.
PRIORITIES = [("0", "Bulk"), ("1", "Normal"), ("2", "Urgent")]


class SmsSms(models.Model):
    """An SMS that goes through a gateway: queue and log in one.

    Without a gateway nothing here changes what Odoo does.
    """

    _name = "sms.sms"
    _inherit = ["sms.sms", "sms.number.search"]

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
        help="The company that is charged.",
    )
    message_class = fields.Selection(
        [("transactional", "Transactional"), ("promotional", "Promotional")],
        "Class",
        readonly=True,
        help="Promotional SMS respect opt-outs. Transactional ones inform about"
        " something the person has asked for or must know.",
    )
    to_many = fields.Boolean(
        "Sent to Several",
        readonly=True,
        copy=False,
        help="Sent to several people at once, so not to those who opted out.",
    )
    priority = fields.Selection(PRIORITIES, readonly=True, copy=False)
    failure_type = fields.Selection(selection_add=FAILURE_TYPES)
    left_out = fields.Boolean(
        readonly=True,
        copy=False,
        help="The campaign left this recipient out; see “Failure Type” for the reason.",
    )
    result = fields.Selection(
        lambda self: list(results.labels(self.env).items()),
        compute="_compute_result",
        search="_search_result",
    )
    provider_message_id = fields.Char(
        "Message ID", readonly=True, copy=False, index="btree_not_null"
    )
    provider_code = fields.Char("Code", readonly=True, copy=False)
    provider_text = fields.Char("Provider Message", readonly=True, copy=False)
    cost = fields.Float(digits=(16, 4), readonly=True, copy=False)
    currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    parts = fields.Integer(readonly=True, copy=False)
    network = fields.Char(readonly=True, copy=False)
    report_status = fields.Char("Report", readonly=True, copy=False)
    report_rank = fields.Integer(readonly=True, copy=False)
    report_overdue = fields.Boolean(
        readonly=True,
        copy=False,
        help="The provider accepted it, and no delivery report came within the time"
        " that is set on the gateway. One that comes later still counts.",
    )
    attempts = fields.Integer(readonly=True, copy=False)
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
        "sms.gateway.config", readonly=True, copy=False
    )
    dispatch_token = fields.Char(readonly=True, copy=False)
    dispatched_at = fields.Datetime("Sent to Provider", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted", readonly=True, copy=False)
    delivered_at = fields.Datetime("Delivered On", readonly=True, copy=False)
    to_publish = fields.Boolean(
        readonly=True,
        copy=False,
        help="Its tracker, notification and trace are not up to date yet.",
    )
    waits_for = fields.Char(compute="_compute_waits_for")
    _outbox_idx = models.Index(
        "(gateway_id, message_class, COALESCE(campaign_id, 0), priority DESC, id)"
        " WHERE state = 'outgoing'"
    )
    _later_idx = models.Index(
        "(gateway_id, not_before) WHERE state = 'outgoing' AND not_before IS NOT NULL"
    )
    _create_date_idx = models.Index("(create_date)")
    _on_the_wire_idx = models.Index("(dispatched_at) WHERE state = 'process'")
    _unknown_idx = models.Index(
        "(gateway_id, number) WHERE failure_type = 'sms_outcome_unknown'"
        " AND provider_message_id IS NULL"
    )
    _mailing_idx = models.Index("(mailing_id) WHERE mailing_id IS NOT NULL")
    _to_publish_idx = models.Index("(id) WHERE to_publish")

    # The log
    record_name = fields.Char(
        "About",
        compute="_compute_record_name",
        help="The record from which it was sent, or for which a campaign was.",
    )
    gateway_name = fields.Char(
        "Gateway's Name",
        related="gateway_id.name",
        help="For users without access to gateways.",
    )
    sender_group_ids = fields.Many2many(
        related="create_uid.group_ids",
        string="Sender's Groups",
        help="The groups explicitly assigned to the sender. A message counts in each"
        " of them.",
    )

    # What a text costs
    sms_terms = fields.Json(compute="_compute_sms_terms")

    @api.depends("state", "failure_type", "left_out")
    def _compute_result(self):
        for sms in self:
            sms.result = sms.state and results.result_of(
                sms.state, sms.failure_type, sms.left_out
            )

    @api.model
    def _search_result(self, operator, value):
        if operator != "in":
            return NotImplemented
        return results.domain_of(*(name for name in value if name))

    @api.depends(
        "state",
        "campaign_id.state",
        "gateway_id.hold_reason",
        "gateway_id.balance_state",
        "not_before",
        "held_until",
    )
    def _compute_waits_for(self):
        now = self.env.cr.now()
        self.waits_for = False
        waiting = self.filtered(lambda sms: sms.state == "outgoing" and sms.gateway_id)
        for gateway, messages in waiting.grouped("gateway_id").items():
            say = gateway.sudo()._why_they_wait()
            for sms in messages:
                own = "next"
                if sms.not_before and sms.not_before > now:
                    limited = sms.held_until and sms.held_until > now
                    own = "hour_limit" if limited else "next_try"
                sms.waits_for = say(
                    sms.message_class, sms.campaign_id.sudo(), sms.company_id.id, own
                )

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name a number to nobody who may not read where it is."""
        result = super()._compute_display_name()
        if self.env.su and self.env.uid != SUPERUSER_ID:
            stored = self.filtered("id")
            known = stored.sudo(False)._filtered_access("read").sudo()
            self.env["sms.form.mixin"]._hide_names(stored - known)
        return result

    # ------------------------------------------------------------
    # Messages on record
    # ------------------------------------------------------------
    # What went through a gateway is changed by the code alone. What a person may do are
    # the buttons, which record who and when. Without a gateway messages are as Odoo has
    # them.

    def _check_access(self, operation):
        """Let nobody write, add or remove what is on record, whatever their group."""
        result = super()._check_access(operation)
        if result or self.env.su or operation == "read":
            return result
        if operation == "create" and self._is_by_action():
            return result
        routed = self.sudo().filtered(lambda sms: sms.id and sms.gateway_id)
        return self._closed(routed.with_env(self.env))

    def write(self, vals):
        """Mark nothing for deletion: the rules of retention end it, and nothing else.

        Odoo marks what its own provider has reported, and whoever knows a message may
        report.
        """
        if not vals.get("to_delete"):
            return super().write(vals)
        routed = self.filtered(lambda sms: sms.sudo().gateway_id)
        rest = {name: value for name, value in vals.items() if name != "to_delete"}
        super(SmsSms, routed).write(rest)
        return super(SmsSms, self - routed).write(vals)

    @api.model
    def _closed(self, records):
        """Return what ``_check_access`` gives for messages on record, or None."""
        return (records, self._on_record_error) if records else None

    @api.model
    def _on_record_error(self):
        return AccessError(
            self.env._(
                "Messages sent through an SMS gateway are kept on record and can't"
                " be added, changed or deleted manually. Use the buttons, which"
                " record who did what."
            )
        )

    # ------------------------------------------------------------
    # The log
    # ------------------------------------------------------------
    # The log: what a message was about, and totals that are right.

    @api.depends("mail_message_id", "res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        self.record_name = False
        for model, messages in self._by_record().items():
            ids = {record_id for record_id, _sms in messages}
            records = self.env[model].browse(ids).exists()
            if not records.has_access("read"):
                records = records._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            kind = self.env["ir.model"]._get(model).name
            for record_id, sms in messages:
                name = names.get(record_id)
                sms.record_name = f"{kind}: {name}" if name else kind

    def _by_record(self):
        """Return {model: [(id, message)]} of the records that these are about."""
        found = {}
        for sms in self:
            copy = sms.mail_message_id.sudo()
            model = sms.res_model or copy.model
            record_id = sms.res_id or copy.res_id
            if model in self.env and record_id:
                found.setdefault(model, []).append((record_id, sms))
        return found

    @api.readonly
    def action_open_record(self):
        """Open the record that a message is about."""
        self.ensure_one()
        for model, messages in self._by_record().items():
            return self.env[model].browse(messages[0][0]).get_formview_action()
        return None

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Return no sum rather than one of different currencies."""
        expression = super()._read_group_select(aggregate_spec, query)
        if not aggregate_spec.startswith("cost:"):
            return expression
        currency = self._field_to_sql(self._table, "currency_id", query)
        return SQL("CASE WHEN count(DISTINCT %s) < 2 THEN %s END", currency, expression)

    def unlink(self):
        """Keep the totals of messages that somebody deletes."""
        gone = self.filtered(
            lambda sms: sms.gateway_id and sms.state not in ("outgoing", "process")
        )
        if gone:
            self.env["sms.statistic"].sudo()._count(gone)
        return super().unlink()

    # ------------------------------------------------------------
    # What a text costs
    # ------------------------------------------------------------

    @api.depends("gateway_id")
    def _compute_sms_terms(self):
        for sms in self:
            # What it costs, it has itself.
            sms.sms_terms = sms.sudo().gateway_id._terms(recipients=0)

    # ------------------------------------------------------------
    # Short links
    # ------------------------------------------------------------
    # Of mailings, each with whose it is; see mail_render_mixin.

    def _update_body_short_links(self):
        routed = self.filtered("gateway_id")
        bodies = super(SmsSms, self - routed)._update_body_short_links()
        for sms in routed:
            body, ours = sms.body or "", f"{sms.get_base_url()}/r/"
            if sms.mailing_id:
                end = f"/s/{sms.id}"
                body = links.replaced(
                    body,
                    lambda link, ours=ours, end=end: (
                        f"{link}{end}" if link.startswith(ours) else link
                    ),
                )
            bodies[sms.id] = body
        return bodies
