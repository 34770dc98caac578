import secrets

from odoo import api, fields, models

from ...privacy import suppression


class SmsSuppression(models.Model):
    """Numbers of erased people who had opted out, by their hash alone.

    The gate asks it as it asks the blacklist: who has said no stays unwritten to, even
    after everything else about them is gone.
    """

    _name = "sms.suppression"
    _inherit = ["sms.form.mixin"]
    _description = "Suppressed Number"
    _rec_name = "number_hash"
    _order = "id desc"

    number_hash = fields.Char(required=True, readonly=True)

    _once = models.UniqueIndex("(number_hash)", "This number is already suppressed.")

    def init(self):
        """Make the secret of the hashes, once."""
        self.env.cr.execute(
            """
            INSERT INTO ir_config_parameter (key, value, create_date, write_date)
            SELECT %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
             -- another secret would let those be written to who are suppressed
             WHERE NOT EXISTS (SELECT FROM sms_suppression)
                ON CONFLICT (key) DO NOTHING
            """,
            [suppression.SECRET, secrets.token_hex(32)],
        )

    @api.model
    def _is_usable(self):
        """Tell whether those who are suppressed can be told from others."""
        self.env.cr.execute(
            """
            SELECT NOT EXISTS (SELECT FROM sms_suppression)
                OR EXISTS (SELECT FROM ir_config_parameter WHERE key = %s)
            """,
            [suppression.SECRET],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _suppress(self, numbers):
        """Suppress E.164 numbers."""
        suppression.suppress(self.env.cr, numbers)
        self.invalidate_model()

    @api.model
    def _lift(self, numbers):
        """End the suppression of E.164 numbers."""
        suppression.lift(self.env.cr, numbers)
        self.invalidate_model()

    @api.model
    def _blocked(self, numbers):
        """Return those of the E.164 numbers that are suppressed, as a set."""
        return suppression.blocked_hashes(self.env.cr, numbers)
