from . import sms_campaign_approval

# isort: split

from . import sms_campaign, sms_campaign_audience

# isort: split

from . import (
    sms_campaign_audience_records,
    sms_campaign_audience_rows,
    sms_campaign_column,
    sms_campaign_count,
    sms_campaign_job,
    sms_campaign_prepare,
    sms_campaign_recipient,
    sms_campaign_run,
    sms_campaign_summary,
    sms_campaign_text,
    sms_sms,
)
