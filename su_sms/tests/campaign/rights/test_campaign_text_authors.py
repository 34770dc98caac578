"""Who has a say in a campaign's texts, however they are changed and by whom."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .rights_case import SECRET, WRITES, WRITTEN, RightsCase


@tagged("post_install", "-at_install")
class TestCampaignTextAuthors(RightsCase):
    """No change, move or copy lends anybody's rights to another's words."""

    def test_a_default_in_the_context_makes_nobody_an_author(self):
        campaign = self.campaign(as_user=self.clerk)
        self.call(
            self.clerk,
            "sms.campaign.audience",
            "create",
            self.everybody() | {"campaign_id": campaign.id},
            context={
                "default_author_id": self.admin.id,
                "default_text_author_id": self.admin.id,
                "default_finished": True,
            },
        )
        self.assertEqual(campaign.audience_ids.author_id, self.clerk)
        self.assertEqual(self.reached(campaign), ["Wanjiku"])

    def test_code_that_is_kept_stays_its_authors(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body=f"Dear {WRITES}"
        )
        editors = self.env.ref("mail.group_mail_template_editor")
        self.clerk.group_ids = [(4, editors.id)]
        campaign.with_user(self.clerk).action_count()
        self.parameters.set_param(WRITTEN, False)
        for change in (
            lambda admins: admins.write({"body": f"Hello {WRITES}"}),
            lambda admins: admins.write({"body": f"Hi {WRITES} {{{{ object.name }}}}"}),
            lambda admins: admins.write(
                {"audience_ids": [[0, 0, self.records(self.hidden)]]}
            ),
            lambda admins: admins.copy(),
        ):
            change(campaign.with_user(self.admin))
            self.work_on_counts()
            campaign.with_user(self.admin).action_count()
        self.assertEqual(campaign.text_author_id, self.admin)
        self.assertEqual(campaign.text_coauthor_ids, self.clerk)

    def test_code_that_is_mended_stays_its_authors(self):
        """What does not run yet is made to by a button of the form, or by a hand."""
        straight = "{{ object.env['ir.config_parameter'].sudo().get_param('x') }}"
        for planted in (
            straight.replace("'ir", "\u2018ir").replace("r']", "r\u2019]"),
            straight.replace("env", "e\u200bnv").replace("sudo", "su\u200bdo"),
            straight.replace("object", "objct"),
            straight.replace("get_param", "get_parm"),
            straight.replace("sudo", "\uff53\uff55\uff44\uff4f"),
            straight.replace("}}", "}"),
            straight.replace("{{", "{ {"),
            straight.replace("(", "["),
        ):
            with self.subTest(planted):
                campaign = self.campaign(
                    self.records(self.partner), as_user=self.clerk, body="Later"
                )
                campaign.with_user(self.clerk).body = planted
                campaign.with_user(self.admin).body = straight
                self.assertEqual(campaign.text_author_id, self.admin)
                self.assertIn(self.clerk, campaign.text_coauthor_ids)

    def test_who_writes_anew_says_all_of_it(self):
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, body=f"Dear {WRITES}"
        )
        campaign.with_user(self.admin).body = "Hi {{ object.name.upper() }}"
        self.assertEqual(campaign.text_author_id, self.admin)
        self.assertFalse(campaign.text_coauthor_ids)

    def test_texts_say_no_more_than_who_is_responsible_may_read(self):
        """They read them afterwards, on record."""
        campaign = self.campaign(
            self.records(self.partner),
            as_user=self.admin,
            user_id=self.clerk.id,
            body="{{ object.signup_type ||| Dear }} {{ object.name }}",
        )
        self.work_on_counts()
        [person] = campaign.recipient_ids
        self.assertTrue(person.reason)
        campaign.with_user(self.admin).user_id = self.admin
        self.work_on_counts()
        [person] = campaign.recipient_ids
        self.assertFalse(person.reason)
        campaign.with_user(self.admin)._launch()
        self.work()
        self.assertIn("Wanjiku", campaign.sms_ids.body)
        with self.assertRaisesRegex(UserError, "manager"):
            campaign.with_user(self.admin).user_id = self.clerk
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))
        campaign.with_user(self.admin).user_id = self.manager

    def test_who_launches_reads_no_more_than_before(self):
        campaign = self.campaign(
            self.records(self.hidden), as_user=self.clerk, body="Soon"
        )
        campaign.with_user(self.admin).write(
            {
                "user_id": self.admin.id,
                "audience_ids": [
                    (5, 0, 0),
                    (0, 0, self.records(self.hidden)),
                ],
                "body": "{{ object.ref }} {{ object.name }}",
            }
        )
        self.work_on_counts()
        campaign.with_user(self.clerk)._launch()
        self.work()
        self.assertEqual(campaign.launched_by_id, self.clerk)
        self.assertIn(SECRET, campaign.sms_ids.body)
        self.assertEqual(campaign.sms_ids.create_uid, self.admin)
        self.assertFalse(campaign.sms_ids.with_user(self.clerk).search([]))

    def test_a_trap_in_a_default_stays_its_authors(self):
        for trap in ("Hi {{ object.name ||| x {{ %s }}", "Hi {{\n%s }}"):
            code = "object.env.user.name"
            campaign = self.campaign(
                self.records(self.partner), as_user=self.clerk, body=trap % code
            )
            campaign.with_user(self.admin).body = f"Hi {{{{ {code} }}}}"
            self.assertEqual(campaign.text_coauthor_ids, self.clerk)

    def test_a_template_that_somebody_has_changed_since_is_theirs_as_well(self):
        template = self.env["sms.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Hello",
            }
        )
        campaign = self.campaign(
            self.records(self.partner), as_user=self.admin, template_id=template.id
        )
        template.with_user(self.manager).sudo().body = f"Hello {WRITES}"
        campaign.with_user(self.manager).action_count()
        self.work_on_counts()
        self.assertFalse(self.parameters.get_param(WRITTEN))
        self.assertEqual(campaign.text_coauthor_ids, self.manager)

    def test_a_template_that_is_taken_out_leaves_its_words_to_who_chose_it(self):
        template = self.env["sms.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "{{ object.ref }}",
            }
        )
        campaign = self.campaign(
            self.records(self.partner), as_user=self.clerk, template_id=template.id
        )
        campaign.with_user(self.admin).template_id = False
        self.assertEqual(campaign.text_author_id, self.clerk)

    def test_the_superusers_rights_are_nobodys(self):
        campaign = self.campaign(as_user=self.clerk)
        root = self.env.ref("base.user_root")
        campaign.with_user(root).audience_ids = [(0, 0, self.everybody())]
        self.assertEqual(campaign.count_state, "failed")
        self.assertIn("access rights", campaign.count_problem)
        campaign = self.campaign(self.records(self.partner), as_user=self.admin)
        campaign.sudo().text_author_id = root
        campaign.with_user(root).body = WRITES
        self.assertEqual(campaign.left_out_ids.reason, "sms_rendering")
        self.assertFalse(self.parameters.get_param(WRITTEN))

    def test_a_path_that_leads_to_what_somebody_may_not_read_is_not_filled_in(self):
        self.partner.parent_id = self.hidden
        # Read by somebody before, it is in the cache for everybody.
        self.assertEqual(self.partner.parent_id.ref, SECRET)
        for body in ("{{ object.parent_id.ref }}", "{{ object.parent_id }}"):
            campaign = self.campaign(
                self.records(self.partner), as_user=self.clerk, body=body
            )
            self.assertEqual(campaign.left_out_ids.reason, "sms_rendering", body)
            self.assertNotIn(SECRET, campaign.recipient_ids.detail)

    def test_code_that_a_caller_may_not_run_waits_for_the_job(self):
        campaign = self.campaign(
            self.records(self.partner),
            as_user=self.admin,
            body=f"Dear {WRITES}",
        )
        self.parameters.set_param(WRITTEN, False)
        managers = campaign.with_user(self.manager)
        for change in (
            managers.action_count,
            managers.action_ask_to_launch,
            lambda: managers.write({"message_class": "transactional"}),
            lambda: managers.recipient_ids.mapped("text"),
        ):
            change()
            self.assertFalse(self.parameters.get_param(WRITTEN))
        self.assertEqual(campaign.count_state, "running")
        self.assertEqual(self.reached(campaign), ["Wanjiku"])
        self.assertEqual(campaign.count_state, "done")
