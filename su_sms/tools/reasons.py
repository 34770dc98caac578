"""What plain code finds wrong, as sentences that people read and can translate.

Plain code raises a reason, and what its sentence needs besides as attributes. Here is
the sentence of each.
"""

from babel.numbers import format_decimal
from odoo.tools.misc import babel_locale_parse
from odoo.tools.translate import get_translation

from ..africastalking.account import AccountError
from ..africastalking.events import UnusableEvent
from ..africastalking.trust import TrustError
from ..dispatch.gate import TooManyParts
from ..text.numbers import TextTooLongError
from ..text.phone import PhoneError
from ..text.placeholders import PlaceholderError
from ..text.table.error import TableError
from .vault import SealError


def _lt(text):
    """Mark a text for the export of terms; it is translated when it is read."""
    return text


#: kind of problem -> reason -> its sentence, with the problem's attributes
SENTENCES = {
    PhoneError: {
        "empty": _lt("There is no number."),
        "not_a_number": _lt("This is not a phone number."),
        "rounded": _lt(
            "A spreadsheet has shortened this number (2.5E+11): format the column as"
            " text and enter it again."
        ),
        "several_numbers": _lt("There is more than one number: keep one."),
        "doubtful": _lt(
            "The words beside this number may say that it is not to be used. Keep the"
            " number only."
        ),
        "extension": _lt("A number with an extension cannot receive SMS."),
        "too_short": _lt("The number has too few digits."),
        "too_long": _lt(
            "The number has too many digits. Begin a number of another country with +"
            " and its country code."
        ),
        "unknown_country": _lt(
            "The country of this number is not known. Begin it with + and the country"
            " code."
        ),
        "not_mobile": _lt("This is not a mobile number, and cannot receive SMS."),
        "invalid": _lt("No such number is in use."),
    },
    TextTooLongError: {
        "too_long": _lt("This text is too long: upload it as a file."),
    },
    PlaceholderError: {
        "no_such_value": _lt("There is no value called “%(name)s”."),
    },
    TooManyParts: {
        "too_many_parts": _lt(
            "This text needs %(parts)s parts, but at most %(most)s are allowed."
        ),
    },
    TableError: {
        "empty": _lt("The file is empty: there is no row in it."),
        "too_large": _lt(
            "The file is larger than %(limit)s MB. Remove what is not needed, or split"
            " it."
        ),
        "too_many_rows": _lt("The file has more than %(limit)s rows. Split it."),
        "too_many_columns": _lt(
            "The file has more than %(limit)s columns. Keep those that the message"
            " needs."
        ),
        "too_many_cells": _lt(
            "The file has more than %(limit)s cells. Keep the rows and columns that the"
            " message needs."
        ),
        "too_much_text": _lt(
            "The file holds more than %(limit)s million characters. Keep the columns"
            " that the message needs."
        ),
        "too_much_work": _lt(
            "The file holds more than can be read in a reasonable time. Copy the rows"
            " that are needed into a new file."
        ),
        "expands": _lt(
            "The file unpacks to more than %(limit)s MB. Copy the rows that are needed"
            " into a new file."
        ),
        "encrypted": _lt("The file is protected by a password. Save it without one."),
        "old_excel": _lt(
            "This is a file of Excel 97-2003. Open it in a spreadsheet program and save"
            " it as XLSX or CSV."
        ),
        "binary_excel": _lt(
            "This is a binary Excel file (XLSB). Open it in a spreadsheet program and"
            " save it as XLSX or CSV."
        ),
        "open_document": _lt(
            "This is a file of LibreOffice or OpenOffice. Open it in a spreadsheet"
            " program and save it as XLSX or CSV."
        ),
        "pdf": _lt("This is a PDF. Ask for the spreadsheet that it was made from."),
        "image": _lt(
            "This is a picture. Type the numbers, or ask for the spreadsheet."
        ),
        "archive": _lt(
            "This is an archive (ZIP). Extract it and upload the file inside."
        ),
        "document": _lt("This is a text document. Copy its table into a spreadsheet."),
        "web_page": _lt(
            "This is a web page, whatever its name says. Open it in a spreadsheet"
            " program and save it as XLSX or CSV."
        ),
        "contacts": _lt(
            "This is a file of contacts (vCard). Import it into Contacts and choose"
            " records, or export the contacts as CSV."
        ),
        "binary": _lt(
            "This is neither a CSV nor an XLSX file. Open it in a spreadsheet program"
            " and save it as XLSX or CSV."
        ),
        "broken": _lt(
            "The file is damaged or incomplete. Open it in a spreadsheet program and"
            " save it as XLSX or CSV."
        ),
        "unsafe": _lt(
            "The file holds what no spreadsheet program writes. Open it in a"
            " spreadsheet program and save it as XLSX or CSV."
        ),
        "no_numbers": _lt(
            "There is no column of phone numbers. Give it a heading such as “Phone”,"
            " and check the numbers."
        ),
    },
    AccountError: {
        "bad_address": _lt(
            "The address of the gateway must look like https://host:port."
        ),
        "bad_proxy": _lt("The proxy must look like http://host:port."),
    },
    TrustError: {
        "private_key": _lt(
            "This file holds a private key: upload the certificate only."
        ),
        "no_certificate": _lt(
            "No PEM certificate found (-----BEGIN CERTIFICATE-----)."
        ),
        "damaged_certificate": _lt("A certificate in this file is damaged."),
    },
    UnusableEvent: {
        "no_field": _lt("The post has no “%(field)s”."),
    },
    SealError: {
        "no_master_key": _lt("SU_SMS_MASTER_KEY is not set."),
        "another_master_key": _lt("SU_SMS_MASTER_KEY is another key."),
        "bad_master_key": _lt(
            "SU_SMS_MASTER_KEY must hold 32 bytes in URL-safe base64."
        ),
    },
}
#: attribute -> the sentence of a problem that has it, with it
ABOUT = {
    "country": _lt("%(sentence)s It was read as a number of %(country)s."),
    "sheet": _lt("Sheet “%(sheet)s”: %(sentence)s"),
}


def sentence(env, problem):
    """Return what people read of a problem, in the language of an environment.

    :param problem: what plain code has raised or given, of a kind in `SENTENCES`
    """
    return sentence_in(env.lang or "en_US", problem)


def sentence_in(lang, problem):
    """Do as `sentence`, without an environment: for where no transaction is open."""
    values = {name: _shown(lang, name, value) for name, value in vars(problem).items()}
    text = SENTENCES[type(problem)][problem.reason]
    found = get_translation("su_sms", lang, text, values)
    for name, text in ABOUT.items():
        if values.get(name):
            found = get_translation("su_sms", lang, text, values | {"sentence": found})
    return found


def _shown(lang, name, value):
    if name == "country":
        return babel_locale_parse(lang).territories.get(value, value)
    if isinstance(value, int):
        return format_decimal(value, locale=babel_locale_parse(lang))
    return value
