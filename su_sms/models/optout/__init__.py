from . import sms_blacklist, sms_incoming, sms_optout_word

# isort: split

from . import (
    mail_thread_phone,
    phone_blacklist,
    sms_blacklist_act,
    sms_blacklist_report,
    sms_blacklist_suppression,
    sms_blacklist_trial,
    sms_consent,
    sms_gateway_config,
    sms_incoming_optout,
    sms_optout_link,
    sms_optout_word_log,
    sms_sms,
    sms_suppression,
)
