import time

from odoo import api, fields, models

from ..africastalking import probe
from ..africastalking.account import AccountError
from ..africastalking.errors import GatewayError
from ..text import phone
from ..tools.reasons import sentence
from ..tools.transactions import end_transaction, in_test

SENT = ("pending", "sent")
# How long a person who tests waits for the network's report.
REPORT_SECONDS = 10
STEPS = [
    ("number", "Your number"),
    ("resolve", "Name lookup"),
    ("connect", "Connection"),
    ("handshake", "Encryption"),
    ("account", "Account"),
    ("message", "Message"),
    ("report", "Delivery report"),
]
# What OpenSSL says of a certificate whose signer it does not know.
UNKNOWN_SIGNER = ("self-signed", "self signed", "issuer certificate")


class SmsTestWizard(models.TransientModel):
    """Walk the line to the provider and send one SMS to whoever asks.

    Each step shows what was found and how long it took; the first that fails names
    the cause and what to do. Nobody but the signed-in administrator gets the SMS.
    """

    _name = "sms.test.wizard"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "Test Connection"

    gateway_id = fields.Many2one(
        "sms.gateway.config", required=True, readonly=True, ondelete="cascade"
    )
    environment = fields.Selection(related="gateway_id.environment", related_sudo=False)
    number = fields.Char(compute="_compute_number")
    number_error = fields.Char(compute="_compute_number")
    step_ids = fields.One2many("sms.test.step", "wizard_id", readonly=True)
    state = fields.Selection(
        [("draft", "Ready"), ("success", "Success"), ("failure", "Failure")],
        default="draft",
        readonly=True,
    )
    diagnosis = fields.Char("Result", readonly=True)
    remedy = fields.Char("What to Do", readonly=True)
    sms_id = fields.Many2one("sms.sms", readonly=True)

    @api.depends("gateway_id")
    @api.depends_context("uid")
    def _compute_number(self):
        country = self.env["sms.gateway.config"]._country(self.env.company)
        typed = self.env.user.partner_id.phone or ""
        number, error = False, False
        try:
            number = phone.normalise(typed, country)
        except phone.PhoneError as problem:
            error = sentence(self.env, problem)
            if problem.reason == "empty":
                error = self.env._("Your profile has no phone number.")
        self.number = number
        self.number_error = error

    def action_run(self):
        """Take the steps in order, up to the first that fails."""
        self.ensure_one()
        end_transaction(self.env)
        steps = list(self._steps())
        failed = [step for step in steps if not step["ok"]]
        self.step_ids.unlink()
        self.write({"step_ids": [fields.Command.create(step) for step in steps]})
        if failed:
            self.write(
                {
                    "state": "failure",
                    "diagnosis": failed[0]["detail"],
                    "remedy": failed[0]["remedy"],
                }
            )
        else:
            self.write(
                {
                    "state": "success",
                    "diagnosis": self._good_news(steps[-1]["name"] == "report"),
                    "remedy": False,
                }
            )
        return self._show()

    def _good_news(self, reported):
        text = self.env._("The SMS was accepted for %s.", self.number)
        if reported or not self._report_is_expected():
            return text
        return self.env._(
            "%s No delivery report has been received yet. If none arrives, check the"
            " URLs under Callbacks.",
            text,
        )

    def action_open_profile(self):
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("base.action_res_users_my")
        return action | {"res_id": self.env.uid}

    def action_view_message(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sms.sms",
            "res_id": self.sms_id.id,
            "view_mode": "form",
        }

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test Connection"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _steps(self):
        gateway = self.gateway_id
        if self.number_error:
            yield self._step("number", False, self.number_error, reason="number")
            return
        if self.env["sms.blacklist"]._blocked_of_test([self.number]):
            text = self.env._("This number has opted out of SMS.")
            yield self._step("number", False, text, reason="opted_out")
            return
        yield self._step("number", True, self.number)
        if gateway._is_neutralized():
            text = self.env._("This is a neutralized copy of a database.")
            yield self._step("account", False, text, reason="neutralized")
            return
        if gateway in gateway._away():
            text = self.env._("This looks like a copy of another database.")
            yield self._step("account", False, text, reason="copy")
            return
        try:
            account = gateway._account()
        except AccountError as error:
            text = sentence(self.env, error)
            yield self._step("account", False, text, reason="request")
            return
        # Nothing is read or written while the network is asked.
        end_transaction(self.env)
        for found in probe.walk(account):
            text = self._text_of(found)
            reason = "tls" if found.name == "handshake" else found.name
            yield self._step(found.name, found.ok, text, found.ms, reason)
            if not found.ok:
                return
        account_step = self._account_step()
        yield account_step
        if not account_step["ok"]:
            return
        yield self._message_step()
        if self.sms_id.state in SENT and self._report_is_expected():
            yield from self._report_step()

    def _account_step(self):
        gateway, started = self.gateway_id, time.monotonic()
        try:
            balance = gateway._client().balance()
        except GatewayError as error:
            if error.reason == "auth":
                gateway._hold(error)
            return self._step("account", False, error.text, _ms(started), error.reason)
        gateway._note_balance(balance)
        end_transaction(self.env)
        text = f"{balance.currency} {balance.amount:,.2f}"
        return self._step("account", True, text, _ms(started))

    def _message_step(self):
        started = time.monotonic()
        sms = (
            self.env["sms.sms"]
            .sudo()
            ._send_at_once(
                {
                    "gateway_id": self.gateway_id.id,
                    "number": self.number,
                    "partner_id": self.env.user.partner_id.id,
                    "priority": "2",
                    "body": self.env._(
                        "Test SMS of %(company)s, asked for by %(user)s.",
                        company=self.env.company.name,
                        user=self.env.user.name,
                    ),
                }
            )
        )
        self.sms_id = sms
        ok = sms.state in SENT
        text = sms.provider_message_id if ok else self._why_not(sms)
        return self._step("message", ok, text, _ms(started), self._failure_of(sms))

    def _report_is_expected(self):
        """Tell whether the provider can reach us, or ever did."""
        gateway = self.gateway_id
        return bool(gateway.last_event_at or not gateway.callback_warning)

    def _report_step(self):
        """Wait a little for what the network says; if nothing, return no step."""
        started = time.monotonic()
        while True:
            end_transaction(self.env)
            self.sms_id.invalidate_recordset(["report_status"])
            if status := self.sms_id.report_status:
                yield self._step("report", True, status, _ms(started))
                return
            if in_test() or time.monotonic() - started > REPORT_SECONDS:
                return
            time.sleep(0.2)

    def _why_not(self, sms):
        if sms.state == "outgoing":
            gateway = sms.gateway_id
            return gateway.hold_text or sms.waits_for or self.env._("Not sent yet.")
        types = dict(sms._fields["failure_type"]._description_selection(self.env))
        return ": ".join(filter(None, [types.get(sms.failure_type), sms.provider_text]))

    def _failure_of(self, sms):
        if sms.state == "outgoing":
            return sms.gateway_id.hold_reason or "provider"
        return sms.failure_type

    def _text_of(self, found):
        """Say what a step on the line has found; name who inspects it."""
        shown = found.certificate
        unknown = shown and any(words in shown.error for words in UNKNOWN_SIGNER)
        if not unknown or found.ok:
            return found.text
        return self.env._(
            "TLS inspected by %(issuer)s, whose signature is not trusted (%(error)s)",
            issuer=shown.issuer,
            error=shown.error,
        )

    def _step(self, name, ok, detail, ms=0.0, reason=None):
        step = {"name": name, "ok": ok, "detail": detail, "milliseconds": ms}
        if not ok:
            step["remedy"] = self._remedy(reason)
        return step

    def _remedy(self, reason):
        """Return what to do about a reason, or a general word."""
        remedies = {
            "number": self.env._(
                "Enter your mobile number in your profile, such as 0712 345 678."
            ),
            "opted_out": self.env._(
                "Opted-out numbers don't get tests, even if the number is in your"
                " profile. If it is yours, opt in again, or test as another user."
            ),
            "neutralized": self.env._(
                "Copies of a database send nothing. Test in the production database."
            ),
            "copy": self.env._(
                "Open the gateway and choose whether this database is the real one."
            ),
            "resolve": self.env._(
                "The server can't resolve this name. Ask the network team whether"
                " DNS or a proxy is needed, and enter the proxy under Connection."
            ),
            "connect": self.env._(
                "The firewall blocks this server. Ask for HTTPS access (port 443) to"
                " this host, or enter the proxy under Connection."
            ),
            "down": self.env._(
                "The connection was interrupted. Try again; if the problem persists,"
                " ask the network team."
            ),
            "tls": self.env._(
                "A firewall that inspects HTTPS presents its own certificate. Ask"
                " the network team for the certificate of its authority and upload"
                " it under Connection, or ask them to exempt this host."
            ),
            "auth": self.env._(
                "Username, key and environment don't match. Sandbox and production"
                " have different keys, and a new key can take up to 20 minutes to"
                " work."
            ),
            "sender": self.env._(
                "This sender ID is not registered for this account and environment."
                " Register it with Africa's Talking, or leave it empty."
            ),
            "credit": self.env._(
                "Top up the account at Africa's Talking. Waiting messages are then"
                " sent automatically."
            ),
            "window": self.env._(
                "The network refuses SMS of this kind at this hour. Try again later."
            ),
            "request": self.env._(
                "The server at this address is not the API of Africa's Talking."
                " Check the system parameter su_sms.base_url."
            ),
            "timeout": self.env._(
                "No answer in time. The SMS may still arrive; wait before you test"
                " again."
            ),
            "sms_outcome_unknown": self.env._(
                "The SMS may still arrive. Check your phone before you test again."
            ),
            "sms_blocked": self.env._(
                "This number has opted out at the network (*456*9# on Safaricom), or"
                " the sender ID is registered for promotional SMS only."
            ),
            "sms_number_format": self.env._("Correct the number in your profile."),
            "sms_invalid_destination": self.env._(
                "This number can't receive SMS. Enter a mobile number in your profile."
            ),
        }
        return remedies.get(
            reason,
            self.env._(
                "Try again in a few minutes; if the problem persists, contact the"
                " support of Africa's Talking."
            ),
        )


def _ms(started):
    return (time.monotonic() - started) * 1000


class SmsTestStep(models.TransientModel):
    _name = "sms.test.step"
    _inherit = ["sms.form.mixin", "sms.own.companies"]
    _description = "Step of Test Connection"
    _order = "id"

    wizard_id = fields.Many2one(
        "sms.test.wizard", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Selection(STEPS, "Step", required=True, readonly=True)
    ok = fields.Boolean("Passed", readonly=True)
    detail = fields.Char("Result", readonly=True)
    remedy = fields.Char(readonly=True)
    milliseconds = fields.Integer("Time (ms)", readonly=True)
