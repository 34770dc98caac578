import hmac
import re
from ast import literal_eval

import psycopg2
from odoo import api, models
from odoo.addons.mass_mailing_sms.models.mailing_trace import MailingTrace
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...dispatch import gate
from ...text import phone
from ...tools.acts import Act

LARGEST_ID = 2**31 - 1
NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")


class MailingMailing(models.Model):
    """A mailing by SMS: whom it reaches, how it ends.

    Who pays, and what it costs, is in mailing_mailing_payer.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
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
                self.env._("The message that was sent belongs to another company.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """Keep what messages of a gateway were sent for: they name it."""
        domain = [("mailing_id", "in", self.ids), ("gateway_id", "!=", False)]
        if self.env["sms.sms"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "SMS of this mailing are kept on record: archive it instead, or"
                    " wait until their retention period ends."
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
                        "No recipients: %s is not allowed to search these records.",
                        author.name,
                    )
                )
                return []
            allowed = set(theirs._ids)
            found = [each for each in found if each in allowed]
        return found

    def _get_link_tracker_values(self):
        """Return the links of an SMS a title, so that no server of ours fetches them.

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
            if gateway and mailing._has_too_many_parts(gateway.sudo()):
                raise UserError(
                    self.env._(
                        "This text is too long: at most %s SMS per recipient are"
                        " allowed.",
                        gateway.sudo().max_parts,
                    )
                )
        return super().action_put_in_queue()

    def _has_too_many_parts(self, gateway):
        text = self.body_plaintext or ""
        if gate.is_too_long(text):
            return True
        return gate.parts(gate.prepare(text, gateway.sanitise)) > gateway.max_parts

    # ------------------------------------------------------------
    # Whom it reaches
    # ------------------------------------------------------------
    # Whom a mailing by SMS reaches: what its price is of.

    def _count_reached(self):
        """Count the numbers it goes to, in one query.

        :return: (how many, whether those are left out whom Odoo leaves out)
        """
        self.ensure_one()
        name = self.mailing_model_real
        if not name or name not in self.env:
            return 0, True
        model = self.env[name]
        try:
            domain = literal_eval(self.mailing_domain or "[]")
            with self.env.cr.savepoint():
                found = model._search(domain)
                model._search(domain, limit=1).get_result_ids()
        except psycopg2.OperationalError:
            raise
        except Exception:
            # Odoo says what is wrong with it when it is sent.
            return 0, True
        by_number = isinstance(model, self.pool["mail.thread.phone"])
        query = (
            self._numbers_query(model, found) if by_number else found.select("count(*)")
        )
        [[count]] = self.env.execute_query(query)
        if self.ab_testing_enabled and not self.ab_testing_is_winner_mailing:
            count = count and max(int(count / 100 * self.ab_testing_pc), 1)
        return count, by_number

    def _numbers_query(self, model, found):
        """Return SQL that counts numbers: each once, none of who opted out."""
        model.flush_model(["phone_sanitized"])
        self.env["phone.blacklist"].flush_model()
        query = SQL(
            """
            SELECT count(DISTINCT target.phone_sanitized)
              FROM %s target
             WHERE target.id IN %s
               AND NOT EXISTS (SELECT FROM phone_blacklist
                                WHERE number = target.phone_sanitized AND active)
            """,
            SQL.identifier(model._table),
            found.subselect(),
        )
        if self.mailing_model_name != "mailing.list":
            return query
        self.env["mailing.subscription"].flush_model()
        # Who opted out of one list and is on another gets it, as Odoo has it.
        return SQL(
            """
            %s AND EXISTS (SELECT FROM mailing_subscription
                            WHERE contact_id = target.id AND list_id = ANY(%s)
                              AND opt_out IS NOT TRUE)
            """,
            query,
            self.contact_list_ids._origin.ids,
        )

    # ------------------------------------------------------------
    # How to opt out
    # ------------------------------------------------------------
    # A mailing through a gateway ends with the gateway's link to opt out.

    @api.readonly
    def get_sms_link_replacements_placeholders(self):
        """Return the counter what is as long as what will be put in."""
        placeholders = super().get_sms_link_replacements_placeholders()
        company = self._sms_company()
        if self.env["sms.gateway.config"]._gateway_of(company):
            mailing_id = self.id
            if not mailing_id:
                # The next one's has as many digits as this one's will have.
                mailing_id = self.sudo().search([], order="id desc", limit=1).id + 1
            links = self.env["sms.optout.link"]
            text = links._told(links._blank_url(company, mailing_id))
            placeholders["unsubscribe"] = f"\n{text}"
        return placeholders

    @api.model
    def _opt_out_by_code(self, mailing_id, code, number):
        """Opt a number out if Odoo's link with this code was sent to it.

        A code that nobody guesses is none of Odoo's: it stands for a text without one.

        :param number: in E.164
        :return: whether it was
        """
        if len(code) != MailingTrace.CODE_SIZE or mailing_id > LARGEST_ID:
            return False
        mailing = self.browse(mailing_id).exists()
        traces = self.env["mailing.trace"].search(
            [
                ("mass_mailing_id", "=", mailing.id),
                ("trace_type", "=", "sms"),
                ("is_test_trace", "=", False),
                ("trace_status", "!=", "cancel"),
                ("sms_number", "=", number),
            ]
        )
        traces = traces.filtered(
            lambda trace: hmac.compare_digest(trace.sms_code.encode(), code.encode())
        )
        if not any(mailing._carried_code(trace) for trace in traces):
            return False
        blacklist = self.env["sms.blacklist"].sudo()
        if number not in blacklist._opted_out([number]):
            note = self.env._("Through the link of a mailing sent without a gateway.")
            act = Act(
                "web_link", "web", note=note, company_id=mailing._sms_company().id
            )
            blacklist._opt_out([number], act)
        return True

    def _carried_code(self, trace):
        """Tell whether the text of a trace had Odoo's link, as far as it is kept."""
        if not self.sms_allow_unsubscribe:
            return False
        body = trace.sms_id.sudo().body
        return not body or f"/sms/{self.id}/{trace.sms_code}" in body

    # ------------------------------------------------------------
    # Notes
    # ------------------------------------------------------------
    # The chatter of an SMS mailing names no number in full: it is never
    # forgotten. Odoo notes there whom a test of the mailing went to.

    def _message_log(self, *, body="", **kwargs):
        gateways = self.env["sms.gateway.config"].sudo()
        is_sms = self.mailing_type == "sms"
        if body and is_sms and gateways._gateway_of(self.env.company):
            # HTML stays HTML, and text stays text.
            body = type(body)(NUMBER.sub(self._masked, body))
        return super()._message_log(body=body, **kwargs)

    def _masked(self, match):
        number = self.env["sms.sms"]._readable(match[0], self.env.company)
        return phone.masked(number)
