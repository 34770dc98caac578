"""Keep secrets of addresses, and numbers in them, out of the server's log.

Those of callbacks and opt-out links; of Odoo's link of a mailing the code and number.
"""

import logging
import re

SECRET = re.compile(
    r"(/su_sms/callback/|(?<![\w/])/o/|/sms/\d{1,20}/(?:unsubscribe/)?|[?&]sms_number=)"
    r"[^/\s?&'\"]+"
)


class HideSecret(logging.Filter):
    def filter(self, record):
        """Replace the token wherever the record's text has one; drop nothing."""
        text = record.getMessage()
        hidden = SECRET.sub(r"\1…", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True


for name in (
    "werkzeug",
    "odoo.http",
    # at DEBUG, each path
    "odoo.addons.http_routing.models.ir_http",
    "odoo.addons.base.models.ir_http",
):
    logging.getLogger(name).addFilter(HideSecret())
