from odoo import fields, models

# So many characters are named.
NAMED = 20
# So many different sets of them are looked at.
SETS = 1000


class SmsCampaign(models.Model):
    """Whose texts need Unicode, once they are filled in, and what for.

    A single letter in a name makes a text of up to 160 characters two or three SMS.
    """

    _inherit = "sms.campaign"

    unicode_count = fields.Integer(
        "Need Unicode",
        readonly=True,
        copy=False,
        help="Recipients whose text has characters that GSM-7 does not have: an SMS"
        " then holds 70 characters, not 160.",
    )
    unicode_characters = fields.Char(readonly=True, copy=False)

    def _count_unicode(self):
        """Count the recipients of the check whose texts need Unicode."""
        self.env.cr.execute(
            """
            SELECT forcing, count(*) FROM sms_campaign_recipient
             WHERE campaign_id = %s AND reason IS NULL AND forcing IS NOT NULL
          GROUP BY forcing ORDER BY 2 DESC, 1
            """,
            [self.id],
        )
        found = self.env.cr.fetchall()
        known = " ".join(forcing for forcing, _count in found[:SETS]).split()
        self.write(
            {
                "unicode_count": sum(count for _forcing, count in found),
                "unicode_characters": " ".join(list(dict.fromkeys(known))[:NAMED]),
            }
        )

    def action_open_unicode(self):
        return self._open_recipients(
            [("reason", "=", False), ("forcing", "!=", False)],
            self.env._("Recipients Whose SMS Need Unicode"),
        )
