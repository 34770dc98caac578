"""What somebody can do who is in no group but SMS: User."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..campaign_case import CampaignCase


@tagged("post_install", "-at_install")
class TestUserAlone(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("only_sms", "su_sms.group_user")
        cls.contact = cls.partner.with_user(cls.clerk)

    def send(self, records, **values):
        context = {"default_res_model": records._name}
        if len(records) == 1:
            context["default_res_id"] = records.id
        else:
            context["default_res_ids"] = records.ids
            context["default_composition_mode"] = "mass"
        composer = self.env["sms.composer"].with_user(self.clerk)
        composer = composer.with_context(**context).create(
            {"body": "Hello {{ object.name }}", **values}
        )
        composer.action_send_sms_mass_now()
        return composer

    def test_the_link_and_the_composer_work_where_they_may_only_read(self):
        self.assertFalse(self.contact.has_access("write"))
        self.send(self.contact)
        self.assertEqual(self.texts(), [("+254712345678", "Hello Wanjiku")])
        note = self.contact.message_ids[0]
        self.assertEqual(note.author_id, self.clerk.partner_id)
        self.assertEqual(note.message_type, "sms")

    def test_a_number_that_they_correct_is_sent_to_and_not_saved(self):
        self.send(self.contact, recipient_single_number_itf="+254712345679")
        self.assertEqual([number for number, _text in self.texts()], ["+254712345679"])
        self.assertEqual(self.partner.phone, "0712 345 678")

    def test_many_at_once_work_as_well(self):
        people = self.contacts("0712345671", "0712345672").with_user(self.clerk)
        self.send(people, mass_keep_log=True)
        self.assertEqual(
            sorted(text for _number, text in self.texts()),
            ["Hello Person 0", "Hello Person 1"],
        )

    def test_what_they_may_not_read_stays_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.partner.company_id = other
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.send(self.contact)

    def test_no_field_is_read_for_them_that_they_may_not_read(self):
        field = self.env["res.partner"]._fields["ref"]
        self.patch(field, "groups", "base.group_system")
        self.partner.ref = "0712345670"
        with self.assertRaises(AccessError):
            self.send(self.contact, number_field_name="ref")
        self.assertFalse(self.texts())

    def test_who_has_no_group_gets_no_more_than_odoo_gives(self):
        stranger = self.user("no_sms", "base.group_user")
        composer = self.env["sms.composer"].with_user(stranger)
        composer = composer.with_context(
            default_res_model="res.partner", default_res_id=self.partner.id
        ).create({"body": "Hello"})
        with self.assertRaises(AccessError):
            composer.action_send_sms()

    def test_they_have_a_campaign_of_their_own(self):
        campaign = self.campaign(
            self.numbers("0712345678 Amina"), as_user=self.clerk
        ).with_user(self.clerk)
        campaign._launch()
        self.work()
        self.assertEqual(campaign.state, "done")

    def test_links_in_it_are_counted(self):
        campaign = self.campaign(
            self.numbers("0712345678 Amina"),
            as_user=self.clerk,
            body="See https://strathmore.edu/exams",
            shorten_links=True,
        ).with_user(self.clerk)
        campaign._launch()
        self.work()
        [(_number, text)] = self.texts()
        self.assertIn("/r/", text)
        campaign.action_open_clicks()
        self.assertTrue(self.env["link.tracker"].with_user(self.clerk).search_count([]))

    def menus(self, user):
        """Return the menus that a user gets to: all above are visible as well."""
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        menus = self.env["ir.ui.menu"].browse(visible)
        for _level in range(5):
            menus = menus.filtered(
                lambda m, known=menus: not m.parent_id or m.parent_id in known
            )
        return menus

    def xmlids(self, user):
        return set(self.menus(user).get_external_id().values())

    def test_email_marketing_is_not_theirs(self):
        found = self.xmlids(self.clerk)
        self.assertIn("su_sms.menu_sms_campaign", found)
        self.assertIn("su_sms.menu_sms_sms", found)
        self.assertIn("su_sms.menu_sms_blacklist", found)
        self.assertIn("mass_mailing_sms.mass_mailing_sms_menu_root", found)
        email = {each for each in found if each.startswith("mass_mailing.")}
        self.assertFalse(email)
        for menu in (
            "mass_mailing_sms_menu_mass_sms",
            "mass_mailing_sms_menu_contacts",
        ):
            self.assertNotIn(f"mass_mailing_sms.{menu}", found)
        for model in (
            "mailing.list",
            "mailing.contact",
            "mailing.mailing",
            "mailing.trace",
        ):
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    access = self.env[model].with_user(self.clerk).has_access(operation)
                    self.assertFalse(access)

    def test_lists_are_offered_to_who_may_see_them(self):
        audiences = self.env["sms.campaign.audience"]
        marketing = self.user(
            "both", "su_sms.group_user,mass_mailing.group_mass_mailing_user"
        )
        for user, offered in ((self.clerk, False), (marketing, True)):
            with self.subTest(user=user.login):
                kinds = audiences.with_user(user).fields_get(["kind"])["kind"]
                self.assertEqual("list" in dict(kinds["selection"]), offered)
                view = audiences.with_user(user).get_view(view_type="form")["arch"]
                self.assertEqual('name="list_ids"' in view, offered)

    def test_who_is_in_both_opts_contacts_of_lists_in_and_out(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Amina", "mobile": "0712345678"}
        )
        marketing = "mass_mailing.group_mass_mailing_user"
        clerk = self.user("clerk_of_both", f"su_sms.group_user,{marketing}")
        manager = self.user("manager_of_both", f"su_sms.group_manager,{marketing}")
        for user, name in (
            (clerk, "action_sms_opt_out"),
            (manager, "action_sms_opt_in"),
            (manager, "phone_action_blacklist_remove"),
        ):
            with self.subTest(name):
                self.assertTrue(getattr(contact.with_user(user), name)())
        for user, name in (
            (self.clerk, "action_sms_opt_out"),
            (clerk, "action_sms_opt_in"),
        ):
            with self.subTest(name, refused=user.login):
                with self.assertRaises(AccessError):
                    getattr(contact.with_user(user), name)()

    def to_parents(self):
        """Return a campaign of who has Email Marketing, to a mailing list."""
        mailing_list = self.env["mailing.list"].create(
            {
                "name": "Parents",
                "contact_ids": [(0, 0, {"name": "Amina", "mobile": "0712345678"})],
            }
        )
        return self.campaign({"kind": "list", "list_ids": [(4, mailing_list.id)]})

    def test_a_copy_keeps_lists_and_shows_them_to_nobody_else(self):
        manager = self.user("copying_manager", "su_sms.group_manager")
        campaign = self.to_parents()
        copied = campaign.with_user(manager).copy().audience_ids
        lists = copied.sudo().list_ids
        self.assertEqual(lists, campaign.audience_ids.list_ids)
        self.assertEqual(copied.author_id, campaign.audience_ids.author_id)
        self.assertEqual(copied.coauthor_ids, manager)
        self.assertEqual(copied.display_name, "Mailing Lists")
        self.assertEqual(copied.record_count, 0)
        own = self.campaign(self.records(self.partner), as_user=self.clerk)
        copied = own.with_user(self.clerk).copy().audience_ids
        self.assertEqual(copied.record_count, 1)

    def test_a_manager_sees_what_was_sent_to_lists(self):
        manager = self.user("only_sms_manager", "su_sms.group_manager")
        campaign = self.to_parents()
        audience = campaign.audience_ids.with_user(manager)
        self.env.invalidate_all()
        self.assertIn("Parents", audience.display_name)
        campaign._launch()
        self.work()
        self.assertEqual(campaign.with_user(manager).state, "done")
