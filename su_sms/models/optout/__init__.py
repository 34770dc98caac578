from . import sms_blacklist, sms_incoming, sms_optout_word

# isort: split

from . import (
    mail_thread_phone,
    phone_blacklist,
    sms_blacklist_act,
    sms_consent,
    sms_gateway_config,
    sms_optout_link,
    sms_sms,
    sms_suppression,
)
