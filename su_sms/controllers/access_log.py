"""Keep secrets of addresses, and numbers in them, out of the server's log.

Those of callbacks and opt-out links; of Odoo's link of a mailing the code and number.
"""

import logging
import re

# However it is spelled: in a language, with a slash too many, it is answered as well.
SLASH = r"(?:/|%2f)+"
SECRET = re.compile(
    rf"({SLASH}su_sms{SLASH}callback{SLASH}|{SLASH}o{SLASH}"
    rf"|{SLASH}sms{SLASH}\d{{1,20}}{SLASH}(?:unsubscribe{SLASH})?"
    r"|[?&](?:sms_number|t)=)"
    r"[^/\s?&'\"]+",
    re.IGNORECASE,
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
