# What others extend comes before them, and a domain after those that it builds on.
from . import sms_form_mixin, sms_number_search, sms_own_companies

# isort: split

from . import (
    base,
    ir_actions_server,
    ir_attachment,
    ir_cron,
    ir_default,
    mail_activity,
    mail_mail,
    mail_message,
)

# isort: split

from . import message

# isort: split

from . import gateway

# isort: split

from . import optout

# isort: split

from . import campaign

# isort: split

from . import mailing

# isort: split

from . import privacy

# isort: split

from . import dashboard
