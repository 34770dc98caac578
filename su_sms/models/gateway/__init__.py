from . import sms_gateway_config

# isort: split

from . import (
    ir_http,
    res_company,
    res_company_time_zone,
    res_config_settings,
    sms_balance,
    sms_gateway_config_account,
    sms_gateway_config_callback,
    sms_gateway_config_campaign,
    sms_gateway_config_country,
    sms_gateway_config_health,
    sms_gateway_config_hold,
    sms_gateway_config_limit,
    sms_gateway_config_line,
    sms_gateway_config_price,
    sms_gateway_config_secret,
    sms_gateway_config_trust,
    sms_gateway_config_watch,
    sms_gateway_config_window,
    sms_gateway_event,
    sms_pace,
    sms_spending,
)
