from . import (
    access_log,
    callbacks,
    campaign,
    mailing_sms,
    optout,
    sms_status,
    thread,
)
