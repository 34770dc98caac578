from . import sms_sms

# isort: split

from . import (
    link_tracker,
    mail_notification,
    mail_render_mixin,
    mail_thread,
    sms_sms_action,
    sms_sms_dispatch,
    sms_sms_limit,
    sms_sms_publish,
    sms_sms_routing,
    sms_template,
    sms_tracker,
)
