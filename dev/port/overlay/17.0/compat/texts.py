"""What environments have since Odoo 18: texts in their language, and more."""

from markupsafe import Markup, escape
from odoo.tools.translate import code_translations


def LazyTranslate(_module):
    """Return what marks texts that are translated when they are shown."""
    return str


def text(env, source, *args, **kwargs):
    """Return a text of the addon in the environment's language."""
    lang = env.lang or "en_US"
    return get_translation("su_sms", lang, source, args or kwargs)


def get_translation(module, lang, source, args):
    """Return a text in a language, with its values."""
    found = code_translations.get_python_translations(module, lang).get(source, source)
    if not args:
        return found
    values = args.values() if isinstance(args, dict) else args
    if any(isinstance(value, Markup) for value in values):
        found = escape(found)
    return found % args


def execute_query(env, query):
    """Return the rows of a query, with what is not written yet."""
    env.flush_all()
    env.cr.execute(query)
    return env.cr.fetchall()


def bus_send(records, kind, message):
    """Tell open browsers of those who belong to these."""
    for record in records:
        record.env["bus.bus"]._sendone(record, kind, message)
