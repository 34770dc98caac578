"""Audiences of other apps' records: they run where those apps are installed."""

import sys
from unittest import SkipTest

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..campaign_case import CampaignCase


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
        self.assertEqual(campaign.count_problem, False)
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (2, 0))
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
        self.assertEqual(self.left_out(campaign), {"sms_rendering": 2})

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
        self.assertEqual(self.left_out(campaign), {"sms_number_missing": 1})
        self.run_campaign(campaign)
        self.assertEqual(
            dict(self.texts()),
            {
                "+254712345678": "Amina, see you at Graduation",
                "+254722000111": "Chege, see you at Graduation",
            },
        )


@tagged("post_install", "-at_install")
class TestEvents(RecordsCase):
    """Records with several contacts: each of them is reached, once."""

    model = "calendar.event"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("clerk", "su_sms.group_user")

    def event(self, *people, name="Orientation", **values):
        return self.env["calendar.event"].create(
            {
                "name": name,
                "start": "2030-06-01 08:00:00",
                "stop": "2030-06-01 16:00:00",
                "user_id": self.clerk.id,
                "partner_ids": [(6, 0, [each.id for each in people])],
                **values,
            }
        )

    def test_who_has_no_number_keeps_nobody_else_out(self):
        people = self.contacts("0712345678", "", "0733345679")
        campaign = self.campaign(self.records(self.event(*people)), as_user=self.clerk)
        self.assertEqual(
            {each.name: each.number for each in campaign.recipient_ids if each.number},
            {"Person 0": "+254712345678", "Person 2": "+254733345679"},
        )
        # who organises it has none either
        self.assertEqual(self.left_out(campaign), {"sms_number_missing": 2})
        self.run_campaign(campaign)
        self.assertEqual(
            {number for number, _text in self.texts()},
            {"+254712345678", "+254733345679"},
        )
        self.assertEqual(
            campaign.sms_ids.filtered("provider_message_id").partner_id,
            people[0] | people[2],
        )

    def test_who_is_at_two_events_is_reached_once(self):
        one, two = self.contacts("0712345678", "0733345679")
        events = self.event(one, two) | self.event(one, two, name="Graduation")
        campaign = self.campaign(self.records(events), as_user=self.clerk)
        self.assertEqual(campaign.recipient_count, 2)

    def test_who_organises_it_and_attends_is_reached_once(self):
        me = self.clerk.partner_id
        me.phone = "0711222333"
        [other] = self.contacts("0712345678")
        campaign = self.campaign(
            self.records(self.event(me, other)), as_user=self.clerk
        )
        self.assertEqual((campaign.recipient_count, campaign.left_out_count), (2, 0))

    def test_a_number_is_read_as_one_of_its_contacts_country(self):
        ugandan, kenyan = self.contacts("0772 345 678", "0712 345 678")
        ugandan.country_id = self.env.ref("base.ug")
        campaign = self.campaign(
            self.records(self.event(ugandan, kenyan)), as_user=self.clerk
        )
        reached = campaign.recipient_ids.filtered(lambda each: not each.reason)
        self.assertEqual(
            set(reached.mapped("number")), {"+256772345678", "+254712345678"}
        )

    def test_each_text_can_be_read_before(self):
        people = self.contacts("0712345678", "0733345679")
        campaign = self.campaign(
            self.records(self.event(*people)),
            as_user=self.clerk,
            body="See you at {{ object.name }}",
        )
        reached = campaign.recipient_ids.filtered(lambda each: not each.reason)
        self.assertEqual(
            reached.with_user(self.clerk).mapped("text"),
            ["See you at Orientation"] * 2,
        )

    def test_records_of_many_contacts_are_several_pages(self):
        self.patch(self.page_module(), "PAGE", 2)
        numbers = [f"+2547120000{n:02d}" for n in range(7)]
        people = self.contacts(*numbers)
        events = self.env["calendar.event"].union(
            self.event(*people[:3]), self.event(), self.event(*people[3:])
        )
        campaign = self.campaign(self.records(events), as_user=self.clerk)
        self.assertEqual(campaign.recipient_count, 7)
        self.run_campaign(campaign)
        self.assertEqual(sorted(number for number, _text in self.texts()), numbers)

    def page_module(self):
        return sys.modules["odoo.addons.su_sms.models.campaign.sms_campaign_prepare"]
