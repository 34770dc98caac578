"""Keep the secret of a callback's path out of the server's access log."""

import logging
import re

SECRET = re.compile(r"(/su_sms/callback/)[^/\s?]+")


class HideSecret(logging.Filter):
    def filter(self, record):
        """Replace the token wherever the record's text has one; drop nothing."""
        text = record.getMessage()
        if "/su_sms/callback/" in text:
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True


logging.getLogger("werkzeug").addFilter(HideSecret())
