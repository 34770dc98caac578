from . import (
    sms_campaign_audience,
    sms_gateway_config,
    sms_person_log,
    sms_sms,
    sms_statistic,
)
