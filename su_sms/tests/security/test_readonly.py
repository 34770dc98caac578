"""What only reads says so: where there is a replica, Odoo asks it."""

from contextlib import contextmanager

from lxml import etree
from odoo.tests import tagged

from .matrix import GATEWAY, METHODS
from .test_matrix import MatrixCase

#: public methods of ours that write nothing, but for those of dialogs, which are made a
#: moment before and may not be on a replica yet
READS = {
    ("mailing.mailing", "get_sms_link_replacements_placeholders"),
    ("sms.campaign", "action_download_left_out"),
    ("sms.campaign", "action_open_clicks"),
    ("sms.campaign", "action_open_left_out"),
    ("sms.campaign", "action_open_messages"),
    ("sms.campaign", "action_open_missing"),
    ("sms.campaign", "action_open_recipients"),
    ("sms.campaign", "action_open_results"),
    ("sms.campaign", "action_open_shared"),
    ("sms.campaign", "action_open_unicode"),
    ("sms.campaign.exclusion", "action_open"),
    ("sms.campaign.recipient", "action_open_record"),
    ("sms.dashboard", "get_data"),
    ("sms.gateway.config", "action_view_events"),
    ("sms.gateway.config", "action_view_messages"),
    ("sms.sms", "action_open_record"),
}
FORMS = ("sms.campaign", "sms.gateway.config", "sms.sms")


@tagged("post_install", "-at_install")
class TestReadonly(MatrixCase):
    @contextmanager
    def read_only(self):
        """Let nothing be written meanwhile."""
        self.env.flush_all()
        savepoint = self.cr.savepoint()
        try:
            self.cr.execute("SET TRANSACTION READ ONLY")
            yield
        finally:
            savepoint.close(rollback=True)

    def test_every_method_that_only_reads_is_marked(self):
        marked = {
            (model, method)
            for model, method in METHODS
            if getattr(getattr(self.env.registry[model], method), "_readonly", False)
        }
        self.assertEqual(marked, READS)

    def test_what_is_marked_writes_nothing(self):
        for model, method in sorted(READS):
            record = self.record(model, GATEWAY, "own")
            user = self.users[GATEWAY]
            if model == "mailing.mailing":
                user = self.env.ref("base.user_admin")
            with self.subTest(model=model, method=method), self.read_only():
                getattr(record.with_user(user), method)()

    def test_forms_are_read_without_writing(self):
        for model in FORMS:
            record = self.record(model, GATEWAY, "own").with_user(self.users[GATEWAY])
            form = etree.fromstring(record.get_view(view_type="form")["arch"])
            names = form.xpath(".//field[not(ancestor::field)]/@name")
            with self.subTest(model), self.read_only():
                self.assertTrue(record.web_read({name: {} for name in names}))
