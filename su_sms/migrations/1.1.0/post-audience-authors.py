from odoo.tools.sql import column_exists


def migrate(cr, _version):
    """Give audiences the author that their campaign had for all of them."""
    if not column_exists(cr, "sms_campaign", "author_id"):
        return
    cr.execute(
        """
        UPDATE sms_campaign_audience audience SET author_id = campaign.author_id
          FROM sms_campaign campaign
         WHERE campaign.id = audience.campaign_id AND audience.author_id IS NULL
        """
    )
