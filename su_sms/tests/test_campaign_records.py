"""Audiences of other apps' records: they run where those apps are installed."""

from unittest import SkipTest

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .campaign import CampaignCase


class RecordsCase(CampaignCase):
    model = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.model not in cls.env:
            raise SkipTest(f"{cls.model} is not installed")

    def offered(self, user):
        """Tell whether somebody can choose this model on the form."""
        field = self.env["sms.campaign.audience"]._fields["model_id"]
        domain = [*field.domain, ("model", "=", self.model)]
        return self.env["ir.model"].with_user(user).search_count(domain)


@tagged("post_install", "-at_install")
class TestEmployees(RecordsCase):
    model = "hr.employee"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("clerk", "su_sms.group_user")
        cls.registry_office, other = cls.env["hr.department"].create(
            [{"name": "Registry"}, {"name": "Library"}]
        )
        cls.amina, cls.brian, cls.chege = cls.env["hr.employee"].create(
            [
                {
                    "name": "Amina",
                    "mobile_phone": "0712 345 678",
                    "department_id": cls.registry_office.id,
                    # a nationality, not where the phone is
                    "country_id": cls.env.ref("base.ug").id,
                },
                {
                    "name": "Brian",
                    "work_phone": "0733 345 679",
                    "department_id": cls.registry_office.id,
                },
                {
                    "name": "Chege",
                    "mobile_phone": "0722 000 111",
                    "department_id": other.id,
                },
            ]
        )

    def of_department(self):
        return {
            "kind": "model",
            "model_id": self.env["ir.model"]._get_id("hr.employee"),
            "domain": f"[('department_id', '=', {self.registry_office.id})]",
        }

    def test_a_department_by_who_has_no_rights_in_hr(self):
        self.assertTrue(self.offered(self.clerk))
        with self.assertRaises(AccessError):
            self.amina.with_user(self.clerk).country_id.code  # noqa: B018
        campaign = self.campaign(
            self.of_department(), as_user=self.clerk, body="Dear {{ object.name }}"
        )
        self.assertEqual(campaign.check_problem, False)
        self.assertEqual((campaign.people_count, campaign.left_out_count), (2, 0))
        self.run_campaign(campaign)
        self.assertEqual(
            dict(self.texts()),
            {"+254712345678": "Dear Amina", "+254733345679": "Dear Brian"},
        )

    def test_who_has_rights_in_hr_reaches_the_same_numbers(self):
        officer = self.user("officer", "su_sms.group_user,hr.group_hr_user")
        campaign = self.campaign(self.of_department(), as_user=officer)
        self.assertEqual(
            set(campaign.recipient_ids.mapped("number")),
            {"+254712345678", "+254733345679"},
        )

    def test_who_has_no_number_of_their_own_has_their_contacts(self):
        gate = self.env["res.partner"].create({"name": "Gate", "phone": "0700 111 222"})
        # Of a contact that several share Odoo copies no number.
        guards = self.env["hr.employee"].create(
            [{"name": name, "work_contact_id": gate.id} for name in ("Daud", "Esther")]
        )
        guards[0].mobile_phone = "0711 111 222"
        self.assertFalse(guards[1].work_phone)
        campaign = self.campaign(self.records(guards), as_user=self.clerk)
        self.assertEqual(
            {each.name: each.number for each in campaign.recipient_ids},
            {"Daud": "+254711111222", "Esther": "+254700111222"},
        )

    def test_what_is_private_is_in_no_text(self):
        self.amina.private_phone = "0700 000 999"
        campaign = self.campaign(
            self.of_department(),
            as_user=self.clerk,
            body="{{ object.name }}: {{ object.private_phone }}",
        )
        self.assertEqual(self.exclusions(campaign), {"sms_rendering": 2})

    def test_each_text_can_be_read_before(self):
        campaign = self.campaign(
            self.of_department(), as_user=self.clerk, body="Dear {{ object.name }}"
        )
        for recipient in campaign.recipient_ids.with_user(self.clerk):
            self.assertEqual(recipient.text, f"Dear {recipient.name}")


@tagged("post_install", "-at_install")
class TestAttendees(RecordsCase):
    model = "event.registration"

    def test_attendees_of_an_event(self):
        event = self.env["event.event"].create(
            {
                "name": "Graduation",
                "date_begin": "2030-06-01 08:00:00",
                "date_end": "2030-06-01 16:00:00",
            }
        )
        guest = self.env["res.partner"].create(
            {"name": "Chege", "phone": "0722 000 111"}
        )
        registrations = self.env["event.registration"].create(
            [
                {"event_id": event.id, "name": "Amina", "phone": "0712 345 678"},
                {"event_id": event.id, "partner_id": guest.id},
                {"event_id": event.id, "name": "Nobody"},
            ]
        )
        clerk = self.user(
            "clerk", "su_sms.group_user,event.group_event_registration_desk"
        )
        self.assertTrue(self.offered(clerk))
        campaign = self.campaign(
            self.records(registrations),
            as_user=clerk,
            body="{{ object.name }}, see you at {{ object.event_id }}",
        )
        self.assertEqual(self.exclusions(campaign), {"sms_number_missing": 1})
        self.run_campaign(campaign)
        self.assertEqual(
            dict(self.texts()),
            {
                "+254712345678": "Amina, see you at Graduation",
                "+254722000111": "Chege, see you at Graduation",
            },
        )
