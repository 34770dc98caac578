import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..privacy import erasure, suppression
from ..text import phone

# What managers read by their own rights; the rest they only count and hand over.
OWN = (
    "sms.sms",
    "sms.incoming",
    "sms.consent",
    "sms.campaign.recipient",
    "res.partner",
)


class SmsPersonWizard(models.TransientModel):
    """What is held about a number: to show, hand over, or erase on request."""

    _name = "sms.person.wizard"
    _inherit = ["sms.form.mixin"]
    _description = "Personal Data Request"
    _rec_name = "number"

    number = fields.Char(
        help="In any format, such as 0712 345 678.",
        default=lambda self: self._default_number(),
    )
    held = fields.Boolean(compute="_compute_held")
    message_count = fields.Integer("Messages", compute="_compute_held")
    incoming_count = fields.Integer("Incoming", compute="_compute_held")
    event_count = fields.Integer("Gateway Events", compute="_compute_held")
    notification_count = fields.Integer("Chatter", compute="_compute_held")
    trace_count = fields.Integer("Mailings", compute="_compute_held")
    audience_count = fields.Integer("Audiences", compute="_compute_held")
    contact_count = fields.Integer("Contacts", compute="_compute_held")
    consent_count = fields.Integer("Opt-Out History", compute="_compute_held")
    opted_out = fields.Boolean(compute="_compute_held")

    @api.model
    def _default_number(self):
        context = self.env.context
        if context.get("active_model") != "res.partner":
            return False
        return self.env["res.partner"].browse(context.get("active_id")).phone

    @api.depends("number")
    def _compute_held(self):
        for wizard in self:
            found = wizard._found()
            wizard.message_count = len(found["sms.sms"])
            wizard.incoming_count = len(found["sms.incoming"])
            wizard.event_count = len(found["sms.gateway.event"])
            wizard.notification_count = len(found["mail.notification"])
            wizard.trace_count = len(found["mailing.trace"])
            wizard.contact_count = len(found["res.partner"])
            wizard.consent_count = len(found["sms.consent"])
            wizard.audience_count = len(wizard._audiences()[1])
            wizard.opted_out = wizard._is_opted_out()
            wizard.held = bool(
                wizard.audience_count
                or any(found.values())
                or (wizard.opted_out and not wizard._is_shared())
            )

    # ------------------------------------------------------------
    # What is held
    # ------------------------------------------------------------

    def _e164(self):
        """Return the number in E.164, or as it is: that may be held too, as a whole."""
        number = (self.number or "").strip()
        if re.match(suppression.HASHED, number):
            return ""  # nobody's number: what stands for an erased one
        return self.env["sms.sms"]._readable(number, self.env.company)

    def _hash(self):
        return suppression.hashed(suppression.secret(self.env.cr), self._e164())

    def _found(self):
        """Return {model: records held about the number}, of the user's companies.

        A number that retention has hashed is still that person's.
        """
        number = self._e164()
        known = [number, self._hash()] if number else []
        domains = {
            "sms.sms": [("number", "in", known)],
            "sms.incoming": [("number", "in", known)],
            "sms.gateway.event": [("id", "in", self._events())],
            "sms.consent": [("number", "in", known)],
            "sms.campaign.recipient": [("number", "in", known)],
            "mail.notification": [("id", "in", self._beside("notifications", known))],
            "mailing.trace": [("id", "in", self._beside("traces", known))],
            "res.partner": [("phone_sanitized", "in", known)],
        }
        return {
            model: (self.env[model] if model in OWN else self.env[model].sudo()).search(
                domain
            )
            for model, domain in domains.items()
        }

    def _beside(self, kind, numbers):
        """Return the ids of what Odoo keeps beside messages to these numbers."""
        self.env.flush_all()
        find = getattr(erasure, f"find_{kind}")
        return find(self.env.cr, numbers, self.env.companies.ids)

    def _events(self):
        """Return the ids of what the provider posted about the number."""
        number = self._e164()
        if not number:
            return []
        self.env.flush_all()
        return erasure.find_events(self.env.cr, number, self._countries())

    def _audiences(self):
        """Return (ids of rows, ids of audiences) in which the number is."""
        self.env.flush_all()
        return erasure.find_audiences(self.env.cr, self._e164(), self._countries())

    def _countries(self):
        """Return {company id: by which country its local numbers are read}."""
        gateways = self.env["sms.gateway.config"]
        return {
            company.id: gateways._country(company) for company in self.env.companies
        }

    def _is_shared(self):
        """Tell whether another company holds something about the number as well.

        Then its opt-out is on record for that company, too: it stays in full.
        """
        self.env.flush_all()
        return erasure.is_shared(self.env.cr, self._e164(), self.env.companies.ids)

    def _is_opted_out(self):
        number = self._e164()
        if not number:
            return False
        said_no = self.env["sms.blacklist"]._opted_out([number])
        return bool(said_no or self.env["sms.suppression"]._blocked({number}))

    def _check_may(self):
        """Let managers only: methods can be called without the form."""
        self.ensure_one()
        self.check_access("write")
        if not self.held:
            raise UserError(self.env._("Nothing is held about this number."))

    # ------------------------------------------------------------
    # What a person may ask for
    # ------------------------------------------------------------

    def action_erase(self):
        """Erase what is held; an opt-out stays in force, by the number's hash alone."""
        self._check_may()
        number, opted_out = self._e164(), self._is_opted_out()
        waiting = self._found()["sms.sms"].filtered(lambda sms: sms.state == "outgoing")
        waiting.action_set_canceled()
        shared = self._is_shared()
        if not shared:
            if opted_out:
                self.env["sms.suppression"].sudo()._suppress([number])
            self._erase_from_blacklist(number)
        self.env.flush_all()
        countries = self._countries()
        audiences = erasure.forget_audiences(self.env.cr, number, countries)
        self.env["sms.campaign.audience"].sudo().browse(audiences)._forget_files()
        try:
            counts = erasure.erase(
                self.env.cr,
                number,
                countries,
                suppression.pads(suppression.secret(self.env.cr)),
                self._notice(),
            )
        except erasure.OnTheWire:
            raise UserError(
                self.env._(
                    "A message to this number is being sent right now. Try again in"
                    " a minute."
                )
            ) from None
        self.env.invalidate_all()
        self._log("erase", counts)
        # Transient or not: this would be the last place to hold it.
        self.search([("number", "=", self.number)]).write(
            {"number": False, "file": False}
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Erased from %(messages)s messages, %(incoming)s incoming messages"
                    " and %(events)s posts of the provider.",
                    **counts,
                )
                + (self._shared_text() if shared and opted_out else ""),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _shared_text(self):
        return " " + self.env._(
            "The number stays on the blacklist because another company has its own"
            " data about this person."
        )

    @api.model
    def _erase_from_blacklist(self, number):
        blacklist = self.env["phone.blacklist"].sudo().with_context(active_test=False)
        entry = blacklist.search([("number", "=", number)])
        # Not by the ORM: the number is erased, and nobody has opted in.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE phone_blacklist SET active = FALSE WHERE id = ANY(%s)", [entry.ids]
        )
        self.env.invalidate_all()
        entry.unlink()

    @api.model
    def _notice(self):
        text = self.env._("The text of this SMS was erased at its recipient's request.")
        return str(Markup("<p><em>%s</em></p>") % text)

    def _log(self, action, counts=None):
        self.env["sms.person.log"].sudo().create(
            {
                "action": action,
                "number_masked": phone.masked(self._e164()),
                "number_hash": self._hash(),
                "company_id": self.env.company.id,
                "details": counts
                and ", ".join(f"{name}: {count}" for name, count in counts.items()),
            }
        )

    def action_view_log(self):
        """Show who exported or erased whose data."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "su_sms.sms_person_log_action"
        )
