from unittest.mock import patch

from odoo.tests import Form, tagged
from odoo.tools import config

from ..common import GatewayCase


@tagged("post_install", "-at_install")
class TestTimeWarning(GatewayCase):
    """Timeouts that are longer than Odoo lets anything take."""

    def limits(self, real, of_jobs):
        """Set the limits of Odoo's configuration for this test."""
        limits = {"limit_time_real": real, "limit_time_real_cron": of_jobs}
        self.startPatcher(patch.dict(config._runtime_options, limits))

    def test_the_defaults_go_together(self):
        self.limits(120, -1)
        self.assertFalse(self.gateway.time_warning)

    def test_the_form_says_so_while_it_is_typed(self):
        self.limits(120, -1)
        with Form(self.gateway) as form:
            form.read_timeout = 60
            self.assertIn("140 seconds", form.time_warning)
            self.assertIn("longer than 120", form.time_warning)
            form.read_timeout = 30
            self.assertFalse(form.time_warning)

    def test_the_shorter_limit_counts_and_none_is_none(self):
        self.gateway.read_timeout = 60
        for real, of_jobs, warned in [
            (600, 100, True),
            (100, 600, True),
            (600, -1, False),
            (0, 0, False),
            (0, 100, True),
        ]:
            with self.subTest(real=real, of_jobs=of_jobs):
                self.limits(real, of_jobs)
                self.gateway.invalidate_recordset(["time_warning"])
                self.assertEqual(bool(self.gateway.time_warning), warned)
