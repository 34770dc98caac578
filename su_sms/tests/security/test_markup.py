"""What people, files and networks write is text wherever Odoo shows HTML."""

from types import SimpleNamespace

from lxml import html
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..campaign_case import CampaignCase

MARK = "Kibo"
HOSTILE = (
    f"<b>{MARK}</b>",
    f'<a href="https://evil.test/?{MARK}">{MARK}</a>',
    f"</p></div><h1 style='position:fixed'>{MARK}</h1>",
    f'"><img src=x alt="{MARK}" onerror=alert(1)>',
    f"<script>{MARK}</script>",
    f"<t t-out='{MARK}'/>",
    f"[{MARK}](https://evil.test) %s %(name)s {{0}}",
    f"&lt;i&gt;{MARK}&lt;/i&gt;",
)
# What Odoo shows as HTML, as it is stored.
SHOWN = {"mail.message": "body", "mail.activity": "note"}


@tagged("post_install", "-at_install")
class TestMarkup(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.user("sms_admin", "su_sms.group_gateway_admin")

    def test_what_others_wrote_is_text_in_activities_and_notes(self):
        for write in (
            self.name_of_a_gateway,
            self.words_of_the_provider,
            self.filter_of_a_campaign,
            self.name_of_a_campaign,
            self.name_of_a_file,
            self.incoming_message,
            self.opt_out_word,
            self.note_of_an_opt_out,
            self.message_to_a_contact,
            self.number_of_a_test,
        ):
            for hostile in HOSTILE:
                with self.subTest(write.__name__, hostile=hostile):
                    before = {name: self.env[name].search([]) for name in SHOWN}
                    write(hostile)
                    self.env.flush_all()
                    for name, field in SHOWN.items():
                        new = self.env[name].search([]) - before[name]
                        for content in new.mapped(field):
                            self.assert_text(content)
                    self.assert_text(self.gateway.health)

    def test_activities_and_notes_say_it_in_full(self):
        for hostile in HOSTILE:
            self.words_of_the_provider(hostile)
            self.name_of_a_campaign(hostile)
            self.incoming_message(hostile)
            note = (
                self.env["sms.incoming"].search([], limit=1, order="id").mail_message_id
            )
            for content in (
                *self.gateway.activity_ids.mapped("note"),
                self.campaign_.activity_ids[0].note,
                self.gateway.health,
                note.body,
            ):
                with self.subTest(hostile):
                    self.assertIn(hostile, html.fromstring(content).text_content())
            self.env["sms.incoming"].search([]).unlink()

    def assert_text(self, content):
        """Check that nothing in HTML is an element because of what was written."""
        root = html.fragment_fromstring(str(content or ""), create_parent=True)
        for element in root.iterdescendants():
            own = f"{element.text or ''}{dict(element.attrib)}"
            if element.tag in ("b", "a", "h1", "img", "script", "t", "i"):
                self.assertNotIn(MARK, own, content)

    # ------------------------------------------------------------
    # Where it comes from
    # ------------------------------------------------------------

    def name_of_a_gateway(self, text):
        self.gateway.name = text

    def words_of_the_provider(self, text):
        self.gateway.action_resume()
        self.gateway._hold(SimpleNamespace(reason="auth", text=text))
        self.gateway._tell_administrators()
        self.assertTrue(self.gateway.activity_ids)

    def filter_of_a_campaign(self, text):
        self.campaign_ = self.campaign(self.records(self.partner))
        self.campaign_._launch()
        self.env.cr.execute(
            "UPDATE sms_campaign_audience SET domain = %s WHERE id = %s",
            [repr([(text, "=", 1)]), self.campaign_.audience_ids.id],
        )
        self.campaign_.audience_ids.invalidate_recordset()
        self.env["sms.campaign"]._work()
        self.assertEqual(self.campaign_.pause_reason, "problem")
        self.assertTrue(self.campaign_.activity_ids)

    def name_of_a_campaign(self, text):
        self.campaign_ = self.campaign(self.numbers("0712345678"), name=text)
        self.campaign_._launch()
        self.campaign_._stop(self.campaign_.name)

    def name_of_a_file(self, text):
        campaign = self.campaign(self.file("Phone\n0712345678\n", f"{text}.csv"))
        campaign._launch()
        campaign._stop(campaign.audience_ids.name)

    def incoming_message(self, text):
        for sender in ("+254712345678", text):
            fields = {"from": sender, "to": "22384", "text": text}
            self.env["sms.gateway.event"]._receive(
                self.gateway.id, "incoming", list(fields.items())
            )
        with mute_logger("odoo.addons.su_sms.models.gateway.sms_gateway_event"):
            self.env["sms.gateway.event"]._apply_inbox()

    def opt_out_word(self, text):
        word = self.env["sms.optout.word"].create({"word": text[:20], "kind": "stop"})
        word.word = text[:20] + "!"
        word.unlink()

    def note_of_an_opt_out(self, text):
        wizard = self.env["sms.optout.wizard"].create(
            {
                "choice": "out",
                "numbers": "0712345678",
                "reason_out": "complaint",
                "note": text,
            }
        )
        wizard.action_confirm()

    def message_to_a_contact(self, text):
        self.partner.name = text
        self.partner._message_sms(text, number_field="phone")

    def number_of_a_test(self, text):
        mailing = self.send_mailing()
        self.env["mailing.sms.test"].create(
            {"mailing_id": mailing.id, "numbers": text}
        ).action_send_sms()
