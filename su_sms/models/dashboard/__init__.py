from . import sms_dashboard

# isort: split

from . import (
    sms_campaign,
    sms_dashboard_delay,
    sms_dashboard_gateway,
    sms_dashboard_queue,
    sms_dashboard_traffic,
    sms_gateway_config,
    sms_tally,
)
