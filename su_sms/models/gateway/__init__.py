from . import sms_gateway_config

# isort: split

from . import (
    ir_http,
    res_company,
    res_config_settings,
    sms_balance,
    sms_concurrency,
    sms_gateway_config_callback,
    sms_gateway_config_connection,
    sms_gateway_config_health,
    sms_gateway_config_hold,
    sms_gateway_config_limit,
    sms_gateway_config_secret,
    sms_gateway_event,
    sms_pace,
    sms_run,
    sms_spending,
)
