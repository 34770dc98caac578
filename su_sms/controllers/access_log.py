"""Keep the secrets of paths, callbacks' and opt-out links', out of the server's log."""

import logging
import re

SECRET = re.compile(r"(/su_sms/callback/|(?<![\w/])/o/)[^/\s?']+")


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
