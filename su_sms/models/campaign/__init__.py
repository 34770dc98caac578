from . import sms_campaign, sms_campaign_audience

# isort: split

from . import (
    sms_campaign_audience_contacts,
    sms_campaign_audience_lists,
    sms_campaign_audience_rows,
    sms_campaign_audience_save,
    sms_campaign_audience_upload,
    sms_campaign_check,
    sms_campaign_column,
    sms_campaign_exclusion,
    sms_campaign_job,
    sms_campaign_network,
    sms_campaign_prepare,
    sms_campaign_recipient,
    sms_campaign_row,
    sms_campaign_run,
    sms_campaign_summary,
    sms_campaign_text,
    sms_sms,
)
