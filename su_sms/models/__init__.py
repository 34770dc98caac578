from . import (
    ir_http,
    mail_notification,
    mailing_mailing,
    mailing_trace,
    res_company,
    sms_gateway_config,
    sms_gateway_config_callback,
    sms_gateway_event,
    sms_incoming,
    sms_sms,
    sms_sms_dispatch,
    sms_tracker,
)
