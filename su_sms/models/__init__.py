from . import (
    mail_notification,
    mailing_mailing,
    mailing_trace,
    res_company,
    sms_gateway_config,
    sms_sms,
    sms_sms_dispatch,
)
