from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...dispatch import gate


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def action_retry_failed_sms(self):
        """Retry what failed, but never what may have been delivered.

        Odoo deletes failed messages with their traces and prepares the mailing again
        for whoever has no trace. A message whose outcome is unknown keeps its trace, so
        its recipient counts as reached; a person may resend it from the messages' list.
        Failed messages of a gateway stay on record, without the mailing.
        """
        messages = self.env["sms.sms"].sudo()
        failed = messages.search(
            [("mailing_id", "in", self.ids), ("state", "=", "error")]
        )
        if not failed.gateway_id:
            return super().action_retry_failed_sms()
        self._check_is_own(failed.company_id)
        again = failed.filtered(lambda sms: not sms._outcome_is_unknown())
        again.mailing_trace_ids.unlink()
        routed = again.filtered("gateway_id")
        routed.mailing_id = False
        (again - routed).unlink()
        return self.action_put_in_queue()

    def _check_is_own(self, companies):
        """Let nobody undo what is on record of a company that they are not in."""
        if not self.env.su and not companies <= self.env.user.company_ids:
            raise AccessError(
                self.env._("What was sent is on record at another company.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """Keep what messages of a gateway were sent for: they name it."""
        domain = [("mailing_id", "in", self.ids), ("gateway_id", "!=", False)]
        if self.env["sms.sms"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "SMS of this mailing are on record: archive it instead, or wait"
                    " until they are forgotten."
                )
            )

    def _get_recipients(self):
        """Find only whom its authors may find: the job of Odoo may find everybody."""
        found = super()._get_recipients()
        if self.mailing_type != "sms":
            return found
        if not self.env["sms.gateway.config"]._gateway_of(self._sms_company()):
            return found
        asked = self.env.user.browse() if self.env.su else self.env.user
        for author in self._sms_finders() - asked:
            people = self.env[self.mailing_model_real].with_user(author)
            try:
                theirs = people.search(self._get_recipients_domain())
            except AccessError:
                self.message_post(
                    body=self.env._(
                        "Nobody gets this: %s may not search for its recipients.",
                        author.name,
                    )
                )
                return []
            allowed = set(theirs._ids)
            found = [each for each in found if each in allowed]
        return found

    def _get_link_tracker_values(self):
        """Give the links of an SMS a title, so that no server of ours fetches them.

        Odoo else asks whatever address somebody has typed for its page's title.
        """
        values = super()._get_link_tracker_values()
        if self.mailing_type == "sms" and self.env["sms.gateway.config"]._default_ids():
            values["title"] = self.subject
        return values

    def action_put_in_queue(self):
        """Say that a text is too long while somebody can shorten it."""
        for mailing in self.filtered(lambda each: each.mailing_type == "sms"):
            gateway = self.env["sms.gateway.config"]._gateway_of(mailing._sms_company())
            if gateway and mailing._takes_too_many_parts(gateway.sudo()):
                raise UserError(
                    self.env._(
                        "This text is too long: at most %s SMS are sent for each"
                        " recipient.",
                        gateway.sudo().max_parts,
                    )
                )
        return super().action_put_in_queue()

    def _takes_too_many_parts(self, gateway):
        text = self.body_plaintext or ""
        if gate.is_too_long(text):
            return True
        return gate.parts(gate.prepare(text, gateway.sanitise)) > gateway.max_parts
