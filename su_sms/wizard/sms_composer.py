from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..dispatch import gate
from ..models.ir_actions_server import BY_ACTION
from ..models.message.sms_sms_routing import MANY, NotAfter
from ..privacy import links
from ..text import placeholders, urls

# Records whose texts are filled in together.
AT_A_TIME = 100
# Characters of typed numbers: a thousand, and what stands between them.
NUMBERS = 20_000


class SmsComposer(models.TransientModel):
    """What somebody is about to send: its price, limits, and who must not get it."""

    _inherit = "sms.composer"

    sms_terms = fields.Json(compute="_compute_sms_terms")

    # Who has said no
    said_no = fields.Char(compute="_compute_said_no")

    # Until when
    not_after = fields.Datetime(
        help="Messages not sent by then are discarded because they are out of date."
        " Empty: as set on the gateway.",
    )
    waits_for = fields.Char(compute="_compute_waits_for")

    @api.depends(
        "composition_mode",
        "recipient_valid_count",
        "sanitized_numbers",
        "comment_single_recipient",
    )
    def _compute_sms_terms(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        for composer in self:
            recipients = composer.recipient_valid_count
            if composer.composition_mode == "numbers":
                numbers = (composer.sanitized_numbers or "").split(",")
                recipients = len(list(filter(None, numbers)))
            elif composer.comment_single_recipient:
                recipients = 1
            composer.sms_terms = gateway._terms(recipients)

    def _action_send_sms(self):
        """Have the gate ask who opted out, whatever the dialog's options say."""
        composer = self
        if self._is_to_many():
            composer = composer.with_context(sms_to_many=MANY)
        if self.not_after:
            composer = composer.with_context(sms_not_after=NotAfter(self.not_after))
        return super(SmsComposer, composer)._action_send_sms()

    def _is_to_many(self):
        numbers = (self.sanitized_numbers or "").split(",")
        records = self._get_records()
        return (
            self.composition_mode == "mass"
            or len(numbers) > 1
            or (records is not None and len(records) > 1)
        )

    # ------------------------------------------------------------
    # Who has said no
    # ------------------------------------------------------------
    # Whoever is about to write is told who has asked for no more SMS.

    @api.depends(
        "res_model", "res_id", "res_ids", "number_field_name", "composition_mode"
    )
    def _compute_said_no(self):
        for composer in self:
            composer.said_no = composer._said_no_text()

    def _said_no_text(self):
        """Say whether those of these records have opted out who get an SMS.

        Of records alone: a number that somebody types is nothing to ask about.
        """
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        records = self._get_records() if gateway and self.res_model else None
        if not records:
            return False
        found = records._sms_get_recipients_info(
            force_field=self.number_field_name,
            partner_fallback=not self.comment_single_recipient,
        )
        numbers = {each["sanitized"] for each in found.values()} - {False}
        count = len(self.env["sms.blacklist"].sudo()._opted_out(list(numbers)))
        if not count:
            return False
        if not self.comment_single_recipient:
            return self.env._(
                "%(count)s of %(people)s people have opted out of SMS.",
                count=count,
                people=len(numbers),
            )
        if gateway.block_transactional:
            return self.env._(
                "This person has opted out of all SMS: it will not be sent."
            )
        return self.env._(
            "This person has opted out of promotional SMS: send only what they need"
            " to know."
        )

    # ------------------------------------------------------------
    # How much at once
    # ------------------------------------------------------------
    # How much somebody may send from a dialog, by the hour and at once.

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self._check_texts(defaults)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_texts(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_texts(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_texts(values)
        return super().onchange(values, field_names, fields_spec)

    def action_send_sms(self):
        """Send as what somebody wrote, unless an action has opened the composer."""
        if self.env.context.get("sms_from_composer") is BY_ACTION:
            return super().action_send_sms()
        self._check_parts()
        composed = self.with_context(sms_from_composer=True)
        return super(SmsComposer, composed).action_send_sms()

    def _prepare_body_values(self, records):
        """Fill the text in for some at a time, and keep no more of it than is read.

        A mailing has one composer for everybody, and each text may be a book.
        """
        bodies = {}
        for start in range(0, len(records), AT_A_TIME):
            some = records[start : start + AT_A_TIME]
            filled = super()._prepare_body_values(some)
            for res_id, body in filled.items():
                if gate.is_too_long(body):
                    filled[res_id] = body[: placeholders.LONGEST + 1]
            bodies |= filled
        return bodies

    def _prepare_log_body_values(self, sms_records_values):
        shown = sms_records_values
        if self.env["sms.gateway.config"]._default_ids():
            shown = {
                res_id: values | {"body": urls.unlinked(values["body"] or "")}
                for res_id, values in shown.items()
            }
        return super()._prepare_log_body_values(shown)

    @api.model
    def _check_texts(self, values):
        """Refuse what takes too long to read, and is no SMS, before anything reads it.

        What an action writes is left to the gate: nobody's record fails to be saved.
        """
        if self.env.context.get("sms_from_composer") is BY_ACTION or self.env.su:
            return
        if gate.is_too_long(values.get("body")):
            raise UserError(self.env._("This text is too long for an SMS."))
        if len(values.get("numbers") or "") > NUMBERS:
            raise UserError(
                self.env._(
                    "Too many numbers for this dialog: create a campaign instead."
                )
            )

    def _check_parts(self):
        """Refuse a text of more parts than its gateway lets pass."""
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        if not gateway or gate.is_too_long(self.body):
            return
        parts = gate.parts(gate.prepare(self.body or "", gateway.sanitise))
        if parts > gateway.max_parts:
            raise UserError(
                self.env._(
                    "This text needs %(parts)s SMS per recipient, but at most"
                    " %(most)s are allowed. Nothing was sent: shorten the text.",
                    parts=parts,
                    most=gateway.max_parts,
                )
            )

    # ------------------------------------------------------------
    # Until when
    # ------------------------------------------------------------
    # When it is too late to send, and what keeps it from leaving now.

    @api.constrains("not_after")
    def _check_not_after(self):
        now = fields.Datetime.now()
        if any(composer.not_after and composer.not_after <= now for composer in self):
            raise ValidationError(self.env._("“Not After” is in the past."))

    @api.depends("composition_mode")
    @api.depends_context("company")
    def _compute_waits_for(self):
        gateway = self.env["sms.gateway.config"].sudo()._gateway_of(self.env.company)
        self.waits_for = gateway._what_it_waits_for()

    # ------------------------------------------------------------
    # Where one may only read
    # ------------------------------------------------------------
    # Who may send SMS may do so wherever they may read. Odoo posts into the
    # chatter and keeps a number that was corrected, and so asks for the right to
    # write: the link would end in an error.

    def _action_send_sms_comment_single(self, records=None):
        records = records if records is not None else self._get_records()
        typed = self.recipient_single_number_itf
        if self._only_reads(records) and typed != self.recipient_single_number:
            # To be sent to, and not to be kept.
            body = self._prepare_body_values(self._check_may_read(records))[records.id]
            return records.sudo()._message_sms(
                body,
                subtype_id=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
                sms_numbers=[records._phone_format(number=typed) or typed],
            )
        return super()._action_send_sms_comment_single(records)

    def _action_send_sms_comment(self, records=None):
        records = records if records is not None else self._get_records()
        if self._only_reads(records):
            records = self._check_may_read(records).sudo()
        return super()._action_send_sms_comment(records)

    def _action_send_sms_mass(self, records=None):
        records = records if records is not None else self._get_records()
        if not self.mailing_id and self._only_reads(records):
            records = self._check_may_read(records).sudo()
        return super()._action_send_sms_mass(records)

    def _only_reads(self, records):
        """Tell whether an SMS user sends where they may not write."""
        return (
            not self.env.su
            and bool(records)
            and self.env.user.has_group("su_sms.group_user")
            and not records.has_access("write")
        )

    def _check_may_read(self, records):
        """Return records whose numbers, wherever they stand, the user may read.

        :raises AccessError: if they may not
        """
        records.check_access("read")
        if name := self.number_field_name:
            records.fetch([name])
        records._sms_get_recipients_info(force_field=name)
        return records

    # ------------------------------------------------------------
    # Mailings
    # ------------------------------------------------------------
    # Mailings through a gateway end with its own link to opt out. Odoo's link has
    # a code of three characters, and whoever follows it with the number in the
    # address is opted out: previews and scanners as well.

    def _get_unsubscribe_info(self, url):
        company = self.mailing_id._sms_company() if self.mailing_id else None
        company = company or self.env.company
        if self.env["sms.gateway.config"]._gateway_of(company):
            return self.env["sms.optout.link"]._told(url)
        return super()._get_unsubscribe_info(url)

    def _prepare_mass_sms_values(self, records):
        """Keep which record each message is about, and end mailings with our own link.

        Of a list no chatter tells what a message is about.
        """
        result = super()._prepare_mass_sms_values(records)
        if self._is_mass_sms():
            self._end_with_link(result)
        elif self.env["sms.gateway.config"]._default_ids():
            for record in records:
                about = {"res_model": record._name, "res_id": record.id}
                result[record.id].update(about)
        return result

    def _end_with_link(self, result):
        """End the texts of a mailing through a gateway with its link to opt out.

        :param result: the values of messages by record, which are changed
        """
        company = self.mailing_id._sms_company()
        if not self.env["sms.gateway.config"]._gateway_of(company):
            return
        optouts = self.env["sms.optout.link"]
        ours = optouts._blank_url(company, self.mailing_id.id)
        leaving = set()
        for values in result.values():
            for _create, _id, trace in values["mailing_trace_ids"]:
                code = trace["sms_code"]
                # No text has a code any more, so none may be guessed.
                trace["sms_code"] = links.new_token()
            if values["state"] != "outgoing" or not self.mass_sms_allow_unsubscribe:
                continue
            theirs = self._get_unsubscribe_url(self.mailing_id.id, code)
            # The last, wherever a translation has put it: before it a person wrote.
            before, found, after = (values["body"] or "").rpartition(theirs)
            if found:
                values["body"] = f"{before}{ours}{after}"
                values["optout_link"] = True
                leaving.add(values["number"])
        optouts._make(leaving, company)
