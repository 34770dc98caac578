"""Forms of Odoo's addons beside ours."""

from odoo.tests import Form, tagged

from .bridge_case import BridgeCase


@tagged("post_install", "-at_install", "-standard", "bridges")
class TestBridgesForms(BridgeCase):
    def test_no_two_fields_of_a_model_have_one_label(self):
        ours = {
            name: self.env[name]
            for name in self.env
            if any(f._module == "su_sms" for f in self.env[name]._fields.values())
        }
        for name, model in sorted(ours.items()):
            with self.subTest(name):
                by_label = {}
                for field in model._fields.values():
                    by_label.setdefault(field.string, []).append(field)
                double = {
                    label: [field.name for field in found]
                    for label, found in by_label.items()
                    if len(found) > 1 and any(f._module == "su_sms" for f in found)
                }
                self.assertFalse(double)

    def test_settings_say_that_the_gateway_takes_all(self):
        self.env.company.sms_provider = "twilio"
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.sms_gateway_name, self.gateway.name)
        arch = settings.get_view(view_type="form")["arch"]
        self.assertIn('name="sms_gateway_name"', arch)
        sms = self.queue("0712345678")
        sms.send()
        self.assertEqual(sms.state, "pending")

    def test_a_mailing_says_that_the_list_counts_with_the_option_off(self):
        view = self.env.ref("mass_mailing_sms.mailing_mailing_view_form_sms")
        form = Form(
            self.env["mailing.mailing"].with_context(default_mailing_type="sms"), view
        )
        self.assertTrue(form.sms_terms)
        said = "promotional SMS are never sent to people who have opted out"
        self.assertIn(said, form._view["tree"].xpath("string()"))
