"""What plain code finds wrong is read in the reader's language."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ...text.phone import PhoneError
from ...text.table.error import TableError
from ...tools.reasons import ABOUT, SENTENCES, sentence
from ..campaign_case import CampaignCase

PARTS = "This text needs %(parts)s parts, but at most %(most)s are allowed."
FRENCH = {
    "The file is empty: there is no row in it.": "Le fichier est vide.",
    "The file has more than %(limit)s rows. Split it.": "Plus de %(limit)s lignes.",
    "The number has too few digits.": "Numéro trop court.",
    ABOUT["country"]: "%(sentence)s Lu comme un numéro : %(country)s.",
    ABOUT["sheet"]: "Feuille « %(sheet)s » : %(sentence)s",
    PARTS: "%(parts)s parties, %(most)s au plus.",
    "The proxy must look like http://host:port.": "Le proxy : http://hôte:port.",
}


@tagged("post_install", "-at_install")
class TestReasons(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        known = code_translations.python_translations
        cls.startClassPatcher(patch.dict(known, {("su_sms", "fr_FR"): FRENCH}))
        cls.french = cls.env(context={**cls.env.context, "lang": "fr_FR"})

    def test_a_user_reads_it_in_their_language(self):
        manager = self.user("amina", "su_sms.group_manager", lang="fr_FR")
        campaigns = self.env["sms.campaign"].with_user(manager)
        campaigns = campaigns.with_context(lang=manager.lang)
        audience = self.file("\n")
        values = {"name": "Exams", "gateway_id": self.gateway.id}
        with self.assertRaisesRegex(UserError, "Le fichier est vide"):
            campaigns.create({**values, "audience_ids": [(0, 0, audience)]})
        gateway = self.gateway.with_env(self.french)
        with self.assertRaisesRegex(ValidationError, "Le proxy"):
            gateway.proxy_url = "proxy"

    def test_in_english_it_is_as_it_is_written(self):
        text = sentence(self.env, TableError("too_many_rows", 200_000, "Term 1"))
        self.assertEqual(
            text, "Sheet “Term 1”: The file has more than 200,000 rows. Split it."
        )

    def test_countries_and_numbers_are_the_languages_own(self):
        text = sentence(self.french, PhoneError("too_short", "US"))
        self.assertEqual(text, "Numéro trop court. Lu comme un numéro : États-Unis.")
        text = sentence(self.french, TableError("too_many_rows", 200_000, "S1"))
        self.assertRegex(text, r"^Feuille « S1 » : Plus de 200\s000 lignes\.$")

    def test_what_the_gate_finds_is_in_the_companys_language(self):
        self.env.company.partner_id.lang = "fr_FR"
        sms = self.queue("0712")
        sms += self.queue("0712345678", body="x" * 1_600)
        self.env["sms.sms"]._process_queue()
        self.assertEqual(
            sms.mapped("provider_text"),
            [
                "Numéro trop court. Lu comme un numéro : Kenya.",
                "11 parties, 10 au plus.",
            ],
        )

    def test_a_bad_translation_stops_nothing(self):
        for reason in ("too_many_rows", "pdf"):
            source = SENTENCES[TableError][reason]
            bad = {("su_sms", "fr_FR"): {source: "Trop de %(lignes)s"}}
            with (
                patch.dict(code_translations.python_translations, bad),
                self.assertLogs("odoo.tools.translate", "ERROR"),
            ):
                text = sentence(self.french, TableError(reason, 3))
            self.assertEqual(text, source % {"limit": 3})
