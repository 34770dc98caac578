"""Secrets, texts and numbers are where they belong, and nowhere else.

Everything is done that handles them, well and badly; then all that was logged, said,
pushed to browsers and stored is searched for them.
"""

import contextlib
import logging
from unittest.mock import patch

import psycopg2
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.acts import Act
from ..campaign_case import CampaignCase
from ..columns import columns_with

KEY = "atsk_kilimanjaro_d41d8cd98f00b204e980"
PASSWORD = "ngorongoro-4711"
BODY = "Serengeti kesho saa nne"
NATIONAL = "711408905"
NUMBER = f"+254{NATIONAL}"
PARAMETERS = {"ir_config_parameter.value"}
TOKENS = {"sms_gateway_config.callback_token"}
#: columns where what people wrote belongs
TEXTS = {
    "bus_bus.message",  # Odoo's: the chatter's note, to its author's own browser
    "mail_message.body",  # the note in the record's chatter
    "mailing_mailing.body_plaintext",
    "sms_campaign.body",
    "sms_composer.body",
    "sms_gateway_event.payload",
    "sms_gateway_event.problem",  # may quote the payload beside it
    "sms_incoming.body",
    "sms_sms.body",
}
#: columns where numbers belong
NUMBERS = {
    "mail_notification.sms_number",
    "mail_tracking_value.new_value_char",  # Odoo's, of the contact's number
    "mailing_sms_test.numbers",
    "mailing_trace.sms_number",
    "phone_blacklist.number",
    "res_partner.phone",
    "res_partner.phone_sanitized",
    "sms_campaign_audience.numbers",
    "sms_campaign_recipient.number",
    "sms_campaign_row.cells",
    "sms_campaign_test.numbers",
    "sms_consent.number",
    "sms_optout_link.number",
    "sms_composer.numbers",
    "sms_composer.recipient_single_number_itf",
    "sms_gateway_event.payload",
    "sms_incoming.number",
    "sms_person_wizard.number",
    "sms_sms.number",
    # the administrator's own, shown to them for an hour
    "sms_test_step.detail",
    "sms_test_wizard.diagnosis",
}


#: loggers that may have a level of their own
TALKATIVE = ("odoo", "odoo.sql_db", "odoo.http", "odoo.addons.su_sms", "werkzeug")


@tagged("post_install", "-at_install")
class TestLeak(CampaignCase):
    def test_everything_then_search(self):
        self.said = []
        with self.recorded() as records:
            self.gateway.write(
                {
                    "proxy_username": "moi",
                    "proxy_password": PASSWORD,
                    "sender_id": "STRATHMORE",
                }
            )
            self.partner.phone = NUMBER
            self.ways_to_send()
            self.what_the_provider_posts()
            self.what_goes_wrong()
            self.what_is_refused()
            self.what_is_read_out()
            self.env["sms.gateway.config"]._watch()
            self.env.flush_all()
            # What is pushed to browsers becomes rows only now.
            self.env.cr.precommit.run()
        logged = "\n".join(records)
        self.assertIn("odoo.addons.su_sms", logged, "nothing was recorded")
        self.assertIn("Traceback", logged, "no traceback was recorded")
        self.assertEqual(logged.count("bad query"), 3)
        for line in (
            "{'api_key': …}",
            "query: INSERT",
            "Failed to render inline_template",
            "a text can't be filled in",
        ):
            self.assertTrue(line in logged, f"not logged: {line}")
        token = self.gateway.callback_token
        for secret in (KEY, PASSWORD, token, BODY, NATIONAL, self.server.api_key):
            with self.subTest(secret[:6]):
                lines = [line for line in records if secret in line]
                self.assertFalse(lines[:3])
        for secret in (KEY, PASSWORD, self.server.api_key):
            with self.subTest(secret[:6]):
                self.assertFalse([text for text in self.said if secret in text])
        for secrets, allowed in (
            ([KEY, PASSWORD, self.server.api_key], PARAMETERS),
            ([token], TOKENS),
            ([BODY], TEXTS),
            ([NATIONAL], NUMBERS),
        ):
            with self.subTest(secrets[0][:6]):
                self.assertLessEqual(columns_with(self.env, *secrets), allowed)
        self.assertFalse([text for text in self.our_pushes() if BODY in text])

    def test_tokens_of_links_are_in_no_column_but_their_own(self):
        self.partner.phone = NUMBER
        mailing = self.send_mailing(sms_allow_unsubscribe=True, keep_archives=True)
        campaign = self.campaign(self.numbers(NUMBER), body=BODY, optout="link")
        self.env["sms.campaign.test"].create(
            {"campaign_id": campaign.id, "numbers": NUMBER}
        ).action_send()
        self.run_campaign(campaign)
        self.env["sms.person.wizard"].create({"number": NUMBER}).action_export()
        [url] = self.env["sms.optout.link"]._urls([NUMBER], self.env.company).values()
        token = url.rpartition("/")[2]
        # Somebody answers, and quotes what they got.
        posted = {"from": NUMBER, "to": "22141", "id": "1", "text": f"STOP {url}."}
        self.env["sms.gateway.event"]._receive(
            self.gateway.id, "incoming", list(posted.items())
        )
        self.env["sms.gateway.event"]._apply_inbox()
        texts = [text for _number, text in self.texts() if token in text]
        self.assertEqual(len(texts), 2, "they were sent")
        self.assertEqual(columns_with(self.env, token), {"sms_optout_link.token"})
        link = f"/sms/{mailing.id}/{mailing.mailing_trace_ids.sms_code}"
        self.assertFalse([text for text in texts if link in text])

    # ------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------

    def ways_to_send(self):
        """Send by every path there is."""
        self.partner._message_sms(BODY, number_field="phone")
        composer = {"composition_mode": "numbers", "numbers": NUMBER, "body": BODY}
        self.env["sms.composer"].create(composer).action_send_sms()
        self.mailing = self.send_mailing()
        self.mailing.body_plaintext = BODY
        self.env["mailing.sms.test"].create(
            {"mailing_id": self.mailing.id, "numbers": NUMBER}
        ).action_send_sms()
        self.run_campaign(
            self.campaign(self.numbers(NUMBER), self.records(self.partner), body=BODY)
        )
        campaign = self.campaign(self.numbers(NUMBER), body=BODY)
        trial = {"campaign_id": campaign.id, "numbers": NUMBER}
        self.env["sms.campaign.test"].create(trial).action_send()
        self.env.user.partner_id.phone = NUMBER
        self.walk_the_line()

    def walk_the_line(self):
        wizard = self.env["sms.test.wizard"].create({"gateway_id": self.gateway.id})
        wizard.action_run()
        self.said += [wizard.diagnosis or "", wizard.remedy or ""]
        self.said += [text or "" for text in wizard.step_ids.mapped("detail")]

    def what_the_provider_posts(self):
        """Receive what makes sense and what does not."""
        accepted = self.env["sms.sms"].search([("state", "=", "pending")], limit=1)
        accepted = accepted.provider_message_id
        posts = [
            ("delivery", {"id": accepted, "status": "Success"}),
            (
                "delivery",
                {"id": "ATXid_unknown", "status": BODY, "phoneNumber": NUMBER},
            ),
            ("delivery", {"phoneNumber": NUMBER}),
            ("incoming", {"from": NUMBER, "to": "22141", "text": BODY, "id": "1"}),
            ("incoming", {"text": BODY}),
            ("optout", {"phoneNumber": NUMBER, "senderId": "STRATHMORE"}),
            ("optout", {"phoneNumber": BODY}),
            ("subscription", {"phoneNumber": NUMBER}),
        ]
        events = self.env["sms.gateway.event"]
        for kind, fields in posts:
            events._receive(self.gateway.id, kind, list(fields.items()))
        events._apply_inbox()
        with self.broken(type(events), "_apply_one"):
            events._receive(self.gateway.id, "incoming", [("from", NUMBER)])
            events._apply_inbox()
        self.said += [text or "" for text in events.search([]).mapped("problem")]

    def what_goes_wrong(self):
        """Let everything fail that can."""
        for fault in (
            {"kind": "http_401"},
            {"kind": "http_500"},
            {"kind": "xml"},
            {"kind": "truncated_json"},
            {"kind": "reset_after"},
        ):
            self.simulator.fault(**fault)
            self.queue(NUMBER, body=BODY).send()
            self.simulator.clear_faults()
            self.gateway.action_resume()
        # A wrong key, one with a line break, a proxy that is not there, an open line.
        for values in (
            {"api_key": KEY},
            {"api_key": f"{KEY}\nX-Injected: yes"},
            {"proxy_url": "http://127.0.0.1:9"},
            {"trust": "relaxed", "relaxed_confirmed": True, "proxy_url": False},
        ):
            self.gateway.write(values)
            self.queue(NUMBER, body=BODY).send()
            self.walk_the_line()
            self.gateway.action_resume()
        self.gateway.api_key = self.server.api_key
        # What a bug would do, in the middle of a request and of the record.
        client = type(self.gateway._client())
        for owner, name in ((client, "send"), (type(self.queue()), "_publish")):
            with self.broken(owner, name):
                self.queue(NUMBER, body=BODY).send()
        for values in (
            {"proxy_url": f"http://moi:{PASSWORD}@proxy:3128"},
            {"key_variable": KEY},
            {"sender_id": "no sender"},
        ):
            try:
                with self.env.cr.savepoint():
                    self.gateway.write(values)
                    self.env.flush_all()
            except (UserError, ValidationError) as error:
                self.said.append(str(error))
        with self.broken(type(self.gateway), "copy"):
            self.gateway.copy()
        self.failing_queries()

    def what_is_refused(self):
        """Call as a browser does; Odoo logs what it refuses."""
        bad = f"0{NATIONAL}00"
        campaign = self.campaign(self.numbers(NUMBER), body=BODY)
        promotion = self.campaign(self.numbers(NUMBER), message_class="promotional")
        env = self.env(user=self.env.ref("base.user_admin"))
        trial = env["sms.campaign.test"].create
        mailing = {"mailing_id": self.mailing.id, "numbers": NUMBER}
        mailing_test = env["mailing.sms.test"].create(mailing)
        failing = BODY + " {{ object.nobody.nothing }}"
        self.env["sms.blacklist"]._opt_out([NUMBER], Act("stop", "sms"))
        for records, method, arguments in (
            (self.gateway, "write", [{"api_key": KEY}]),
            (self.gateway, "write", [{"api_key": f"{KEY}\nX: y"}]),
            (self.gateway, "write", [{"proxy_url": f"http://moi:{PASSWORD}@proxy"}]),
            (
                trial({"campaign_id": campaign.id, "numbers": bad}),
                "action_send",
                [],
            ),
            (
                trial({"campaign_id": promotion.id, "numbers": NUMBER}),
                "action_send",
                [],
            ),
            (mailing_test, "action_send_sms", []),
            (self.env["sms.blacklist"], "create", [[{"number": bad}]]),
            (self.env["phone.blacklist"], "create", [[{"number": bad}]]),
            (
                self.env["sms.composer"],
                "create",
                [[{"composition_mode": "numbers", "numbers": bad, "body": BODY}]],
            ),
            (
                env["sms.composer"].create(
                    {
                        "composition_mode": "mass",
                        "res_model": "res.partner",
                        "res_ids": repr(self.partner.ids),
                        "body": failing,
                    }
                ),
                "action_send_sms",
                [],
            ),
            (campaign, "write", [{"body": failing}]),
            (self.env["sms.sms"], "create", [[{"number": NUMBER, "body": BODY}]]),
            (self.env["sms.sms"], "web_search_read", [[("number", "=", NUMBER)], {}]),
            (
                self.env["res.partner"],
                "create",
                [[{"name": "Zawadi", "phone": NUMBER}]],
            ),
        ):
            records = records.with_env(env)
            records.invalidate_recordset()
            model = [] if records.ids == [] else [records.ids]
            try:
                with self.env.cr.savepoint():
                    call_kw(records.browse(), method, [*model, *arguments], {})
                    self.env.flush_all()
            except UserError as error:
                logging.getLogger("odoo.http").warning(error)
            except Exception:
                logging.getLogger("odoo.http").exception("A request failed")
        self.gateway.api_key = self.server.api_key

    def failing_queries(self):
        """Let the database refuse what holds a secret, a text, a number."""
        for query, values in (
            (
                "INSERT INTO sms_sms (id, number, body)"
                " SELECT id, %s, %s FROM sms_sms LIMIT 1",
                [NUMBER, f"It's {BODY}\\"],
            ),
            (
                "INSERT INTO ir_config_parameter (key, value)"
                " VALUES ('database.uuid', %s)",
                [KEY],
            ),
            ("UPDATE sms_gateway_config SET id = NULL, callback_token = %s", [KEY]),
        ):
            with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                self.env.cr.execute(query, values)

    @contextlib.contextmanager
    def broken(self, owner, name):
        """Let a method raise, and log what Odoo would of it."""

        def fail(*_args, **_kwargs):
            raise _BrokenError("broken")

        with patch.object(owner, name, fail):
            try:
                yield
            except _BrokenError:
                logging.getLogger("odoo.http").exception("A request failed")

    def what_is_read_out(self):
        """Read, export and print what people can."""
        gateway = self.gateway
        gateway.copy()
        names = [
            name
            for name, field in gateway.fields_get(attributes=["exportable"]).items()
            if field.get("exportable", True)
        ]
        exported = str(gateway.export_data(names))
        self.assertNotIn(gateway.callback_token, exported)
        self.said += [exported, str(gateway.read())]
        self.env["sms.statement.wizard"].create({}).action_download()
        person = self.env["sms.person.wizard"].create({"number": NUMBER})
        person.action_export()

    # ------------------------------------------------------------
    # Where it is looked for
    # ------------------------------------------------------------

    @contextlib.contextmanager
    def recorded(self):
        """Return what is logged from DEBUG on, by us, by Odoo, and by libraries."""
        records = []

        class Recorder(logging.Handler):
            def emit(self, record):
                records.append(f"{record.name} {self.format(record)}")

        recorder, root = Recorder(), logging.getLogger()
        loggers = [root, *map(logging.getLogger, TALKATIVE)]
        levels = [logger.level for logger in loggers]
        handlers, root.handlers = root.handlers, [recorder]
        try:
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
            yield records
        finally:
            root.handlers = handlers
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

    def our_pushes(self):
        """Return what browsers are sent by su_sms itself."""
        query = "SELECT message FROM bus_bus WHERE message ~ 'su_sms\\.'"
        return [text for (text,) in self.env.execute_query(SQL(query))]


class _BrokenError(Exception):
    """What a bug raises."""
