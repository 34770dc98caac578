from . import sms_sms

# isort: split

from . import (
    link_tracker,
    mail_notification,
    mail_render_mixin,
    mail_thread,
    sms_about,
    sms_journal_side,
    sms_sms_dispatch,
    sms_sms_journal,
    sms_sms_limit,
    sms_sms_links,
    sms_sms_log,
    sms_sms_not_after,
    sms_sms_publish,
    sms_sms_terms,
    sms_sms_unknown,
    sms_template,
    sms_tracker,
)
