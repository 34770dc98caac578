from . import mailing_mailing

# isort: split

from . import (
    mailing_mailing_note,
    mailing_mailing_optout,
    mailing_mailing_payer,
    mailing_mailing_price,
    mailing_mailing_reach,
    mailing_subscription,
    mailing_trace,
)
