from . import mailing_mailing

# isort: split

from . import mailing_list, mailing_mailing_payer, mailing_subscription, mailing_trace
