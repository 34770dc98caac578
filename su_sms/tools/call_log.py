"""Keep keys, texts and numbers out of what Odoo logs of calls, queries and errors.

At DEBUG it logs every call with all that was given, the API key of a gateway as well,
and every query with its values; at INFO what a template that failed holds, and what
somebody was refused, which may name a number. The filters drop no line: which method,
which fields, which kind of error stay. Loggers of other modules are not covered.
"""

import logging
import re
import traceback
from collections.abc import Mapping

HIDDEN = "…"
# What may be a phone number; its last two digits tell it from others.
DIGITS = re.compile(r"\+?\d[\d ().-]{5,}\d")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
FEWEST_DIGITS = 7
# What PostgreSQL says beside an error quotes the row, or the statement.
QUOTES = re.compile(r"^(DETAIL|LINE \d+|QUERY|CONTEXT|STATEMENT): .*", re.MULTILINE)
TEMPLATE = "_render_template_inline_template"


class Shape:
    """What was given to a call, without its values: names of fields, and how many."""

    def __init__(self, params):
        self._params = params

    def __str__(self):
        shapes = [_shape(value) for value in self._params.args]
        shapes += [f"{name}={HIDDEN}" for name in sorted(self._params.kwargs)]
        return ", ".join(shapes)


class HideArguments(logging.Filter):
    def filter(self, record):
        """Blank the values that a call was given."""
        if str(record.msg).startswith("call %s.%s(%s)") and len(record.args) == 3:
            records, method, params = record.args
            record.args = (records._name, method, Shape(params))
        return True


class HideTemplate(logging.Filter):
    def filter(self, record):
        """Blank a text that could not be filled in, and what the error quotes of it."""
        if str(record.msg).startswith("Failed to render inline_template"):
            record.args = (HIDDEN,)
            if record.exc_info:
                kind, _error, frames = record.exc_info
                where = "".join(traceback.format_tb(frames))
                record.exc_text = f"{where}{kind.__name__}"
        return True


class HideNumbers(logging.Filter):
    def filter(self, record):
        """Mask numbers in errors, and hide the text of a template that failed."""
        if isinstance(record.msg, BaseException) and _is_of_a_template(record.msg):
            record.msg = f"{type(record.msg).__name__}: a text can't be filled in"
        text = record.getMessage()
        masked = without_numbers(text)
        if masked != text:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[0]:
            said = record.exc_text or "".join(
                traceback.format_exception(*record.exc_info)
            )
            record.exc_text = without_numbers(QUOTES.sub(HIDDEN, said)).rstrip()
        return True


def without_numbers(text):
    """Return a text with all but the end of each phone number hidden."""
    return DIGITS.sub(_ending, text)


def _ending(match):
    found = match[0]
    if DATE.match(found) or sum(map(str.isdigit, found)) < FEWEST_DIGITS:
        return found
    return HIDDEN + found[-2:]


def _shape(value):
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name!r}: {HIDDEN}' for name in value)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shape, value))}]"
    return HIDDEN


def _is_of_a_template(error):
    """Tell whether an error was raised where a text is filled in: it has the text."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_name == TEMPLATE for frame, _line in frames)


for name, kind in (
    ("odoo.service.model", HideArguments),
    ("odoo.addons.mail.models.mail_render_mixin", HideTemplate),
    ("odoo.http", HideNumbers),
    ("odoo.models", HideNumbers),
    ("odoo.domains", HideNumbers),
    ("odoo.addons.base.models.ir_cron", HideNumbers),
):
    logging.getLogger(name).addFilter(kind())
