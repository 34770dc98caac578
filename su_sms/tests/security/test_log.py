from lxml import etree
from odoo.models import MAGIC_COLUMNS
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext
from odoo.tools.safe_eval import safe_eval

from ..campaign_case import CampaignCase

WAITING = {"mine", "campaign", "promotional", "mailing", "record"}
ENDED = {
    "delivered",
    "unreported",
    "overdue",
    "failed",
    "unknown",
    "stopped",
    "left_out",
}
# filters of the log -> which of the messages below they show
FILTERS = {
    "mine": {"mine"},
    "waiting": WAITING,
    "sent": {"delivered", "unreported", "overdue"},
    "delivered": {"delivered"},
    "unreported": {"unreported", "overdue"},
    "report_overdue": {"overdue"},
    "failed": {"failed"},
    "unknown": {"unknown"},
    "not_sent": {"left_out", "stopped"},
    "transactional": (WAITING | ENDED) - {"promotional"},
    "promotional": {"promotional"},
    "from_campaign": {"campaign", "left_out"},
    "from_mailing": {"mailing"},
    "from_record": {"record"},
}
# fields of a gateway whose changes nobody needs to read about
UNTRACKED = {
    "sequence": "order in the list",
    "provider": "there is one",
    "relaxed_account": "kept by what is tracked beside it",
    "api_key": "said without its value",
    "proxy_password": "said without its value",
}


@tagged("post_install", "-at_install")
class TestLog(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("sms_manager", "su_sms.group_manager")

    def messages(self):
        campaign = self.campaign(name="Open day")
        mailing = self.env["mailing.mailing"].create({"subject": "News"})
        said = "x"
        note = self.partner.message_post(body=said)
        made = {
            "mine": {},
            "delivered": {"state": "sent"},
            "unreported": {"state": "pending"},
            "overdue": {"state": "pending", "report_overdue": True},
            "failed": {"state": "error", "failure_type": "sms_server"},
            "unknown": {"state": "error", "failure_type": "sms_outcome_unknown"},
            "stopped": {"state": "canceled", "failure_type": "sms_blacklist"},
            "left_out": {
                "state": "error",
                "failure_type": "sms_optout",
                "left_out": True,
                "campaign_id": campaign.id,
            },
            "campaign": {"campaign_id": campaign.id, "sender_id": "STRATHMORE"},
            "promotional": {"message_class": "promotional"},
            "mailing": {"mailing_id": mailing.id, "message_class": "transactional"},
            "record": {"mail_message_id": note.id},
        }
        return {
            name: self.env["sms.sms"]
            .with_user(self.manager if name == "mine" else self.env.user)
            .sudo()
            .create({"number": "0712345678", "body": name, **vals})
            for name, vals in made.items()
        }

    def search_view(self, part):
        views = (
            self.env["sms.sms"]
            .with_user(self.manager)
            .get_views(
                [
                    (False, "list"),
                    (self.env.ref("sms.sms_sms_view_search").id, "search"),
                ]
            )
        )
        return etree.fromstring(views["views"][part]["arch"])

    def test_filters(self):
        messages = self.messages()
        log = self.env["sms.sms"].with_user(self.manager)
        arch = self.search_view("search")
        # The dates' are the browser's to read.
        filters = {
            node.get("name"): node.get("domain")
            for node in arch.findall(".//filter[@domain]")
            if "context_today" not in node.get("domain")
        }
        self.assertEqual(set(filters), set(FILTERS))
        for name, expected in FILTERS.items():
            with self.subTest(name):
                found = log.search(safe_eval(filters[name], {"uid": self.manager.id}))
                shown = {each for each, sms in messages.items() if sms in found}
                self.assertEqual(shown, expected)

    def test_every_grouping_works(self):
        ours = self.env["sms.sms"].union(*self.messages().values())
        some = ours[:3]
        some.write({"network": "63902", "currency_id": self.env.company.currency_id.id})
        ours.write({"cost": 0.8})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sms_sms SET create_date = '2024-05-03' WHERE id = ANY(%s)",
            [some.ids],
        )
        self.env.invalidate_all()
        log = self.env["sms.sms"].with_user(self.manager)
        nodes = self.search_view("search").findall(".//filter[@context]")
        groupings = [safe_eval(node.get("context"))["group_by"] for node in nodes]
        self.assertIn("create_uid", groupings)
        self.assertIn("network", groupings)
        self.assertIn("sender_group_ids", groupings)
        for grouping in groupings:
            with self.subTest(grouping):
                groups = log.formatted_read_group(
                    [("id", "in", ours.ids)], [grouping], ["__count", "cost:sum"]
                )
                listed = log
                for group in groups:
                    mine = log.search(group["__extra_domain"]) & ours
                    self.assertEqual(len(mine), group["__count"])
                    self.assertAlmostEqual(0.8 * len(mine), group["cost:sum"])
                    listed |= mine
                self.assertEqual(listed, ours, "each is in a group")
                if grouping not in ("gateway_id", "company_id"):
                    self.assertGreater(len(groups), 1)

    def by_group(self, log):
        """Return {name of a group of the senders: count}, and check the domains."""
        counts = {}
        found = log.web_read_group([], ["sender_group_ids"], ["cost:sum"])["groups"]
        for group in found:
            _id, name = group["sender_group_ids"] or (False, False)
            counts[name] = group["__count"]
            listed = log.search_count(group["__extra_domain"])
            self.assertEqual(listed, group["__count"], "what a group opens is its own")
        return counts

    def test_senders_groups(self):
        registry, law = self.env["res.groups"].create(
            [{"name": "Registry"}, {"name": "Faculty of Law"}]
        )
        both = self.user("sms_both", "su_sms.group_user")
        gone = self.user("sms_gone", "su_sms.group_user")
        both.group_ids += registry + law
        gone.group_ids += law
        queue = {"number": "0712345678", "body": "x", "cost": 0.8}
        self.env["sms.sms"].search([]).unlink()
        for sender, count in ((self.manager, 1), (both, 2), (gone, 3)):
            self.env["sms.sms"].with_user(sender).sudo().create([queue] * count)
        once = self.env["res.company"].create({"name": "Once Theirs"})
        both.company_ids += once
        self.env["sms.sms"].with_user(both).sudo().create(
            {**queue, "company_id": once.id}
        )
        both.company_ids -= once
        gone.active = False
        expected = {"Registry": 2, "Faculty of Law": 5, "SMS / Manager": 1}
        log = self.env["sms.sms"].with_user(self.manager)
        counts = self.by_group(log)
        self.assertEqual({name: counts.get(name) for name in expected}, expected)
        self.assertEqual(counts["SMS / User"], 5, "not the manager's, which is implied")
        found = log.search([("sender_group_ids", "ilike", "law")])
        self.assertEqual(found.create_uid, both + gone)
        counts = self.by_group(self.env["sms.sms"].with_user(both))
        self.assertEqual(counts["Faculty of Law"], 2, "one's own only")

    def test_messages_are_found_by_gateway_by_those_who_may_not_see_it(self):
        sms = self.queue("0712345678").with_user(self.manager)
        self.assertIn(sms, sms.search([("gateway_name", "ilike", "test")]))

    def test_record_is_named_to_those_who_may_read_it(self):
        sms, _notification = self.post()
        sms.invalidate_recordset()
        self.assertEqual(sms.with_user(self.manager).record_name, "Contact: Wanjiku")
        self.env["ir.rule"].create(
            {
                "name": "Nobody's",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.partner.id})]",
                "groups": [(4, self.env.ref("su_sms.group_manager").id)],
            }
        )
        self.env.invalidate_all()
        self.assertEqual(sms.with_user(self.manager).record_name, "Contact")

    def test_record_is_opened(self):
        sms, _notification = self.post()
        action = sms.with_user(self.manager).action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.partner.id)
        )

    def test_names_of_records_cost_no_query_each(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"07123456{n:02}"} for n in range(40)]
        )
        for partner in partners:
            partner._message_sms("Hello", number_field="phone")
        self.env.flush_all()
        log = self.env["sms.sms"].with_user(self.manager)
        log = log.search([("partner_id", "in", partners.ids)])
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.assertEqual(len(set(log.mapped("record_name"))), 40)

    def test_export_has_every_column(self):
        sms, _notification = self.post()
        names = [node.get("name") for node in self.search_view("list").iter("field")]
        self.assertIn("provider_code", names)
        (row,) = sms.with_user(self.manager).export_data(names)["datas"]
        exported = dict(zip(names, row, strict=True))
        self.assertEqual(exported["number"], "+254712345678")
        self.assertEqual(exported["cost"], 0.8)
        self.assertEqual(exported["currency_id"], "KES")

    def test_every_setting_of_a_gateway_that_matters_is_tracked(self):
        untracked = {
            name
            for name, field in self.gateway._fields.items()
            if field.store
            and not field.readonly
            and name not in MAGIC_COLUMNS
            and not field.inherited
            and not getattr(field, "tracking", False)
            and field.type not in ("one2many", "many2many")
            and not name.startswith(("message_", "activity_"))
        }
        self.assertEqual(untracked - set(UNTRACKED), set())

    def test_change_is_on_record_with_who_and_what(self):
        administrator = self.user("sms_admin", "su_sms.group_gateway_admin")
        form = Form(self.gateway.with_user(administrator))
        form.read_timeout = 45
        form.save()
        self.env.flush_all()
        self.cr.precommit.run()
        change = self.gateway.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "read_timeout"
        )
        self.assertEqual((change.old_value_integer, change.new_value_integer), (30, 45))
        self.assertEqual(change.mail_message_id.author_id, administrator.partner_id)

    def test_key_is_said_to_have_changed_and_never_said(self):
        key = "atsk_0123456789abcdef0123456789abcdef"
        self.gateway.api_key = key
        self.cr.precommit.run()
        bodies = " ".join(self.gateway.message_ids.mapped("body"))
        self.assertIn("API Key replaced.", bodies)
        self.env.flush_all()
        for table in ("mail_message", "mail_tracking_value"):
            self.cr.execute(
                f"SELECT count(*) FROM {table} t WHERE position(%s in t::text) > 0",
                [key],
            )
            self.assertEqual(self.cr.fetchone()[0], 0)

    def test_name_and_words_are_on_record(self):
        administrator = self.user("sms_admin", "su_sms.group_gateway_admin")
        self.env.flush_all()
        self.cr.precommit.run()
        self.gateway.with_user(administrator).name = "Renamed"
        self.env.flush_all()
        self.cr.precommit.run()
        [change] = self.gateway.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "name"
        )
        self.assertEqual(change.old_value_char, "Test")
        self.assertEqual(change.new_value_char, "Renamed")

        words = self.env["sms.optout.word"].with_user(administrator)
        word = words.create({"word": "Basta", "kind": "stop"})
        word.kind = "start"
        word.sequence = 99
        word.active = False
        word.unlink()
        notes = self.gateway.message_ids.filtered(lambda note: "Basta" in note.body)
        self.assertEqual(notes.author_id, administrator.partner_id)
        self.assertEqual(
            [html2plaintext(note.body) for note in notes.sorted("id")],
            [
                "Opt-out words added: “Basta”, Opts Out",
                "Opt-out words changed: “Basta”, Opts Out → “Basta”, Opts In",
                "Opt-out words changed: “Basta”, Opts In → “Basta”, Opts In, archived",
                "Opt-out words removed: “Basta”, Opts In, archived",
            ],
        )
