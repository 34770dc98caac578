"""What the addon's tests call otherwise in older series."""

from .rule import OLDEST, Rule

TESTS = "tests/**/*.py"

RULES = [
    Rule(
        "call_kw",
        TESTS,
        r"from odoo\.service\.model import call_kw\n",
        "",
        needs="compat.testing:call_kw",
    ),
    Rule(
        "call_kw beside get_public_method",
        "tests/security/test_matrix.py",
        r"from odoo\.service\.model import call_kw, get_public_method\n",
        "",
        needs="compat.testing:call_kw, get_public_method",
    ),
    Rule("_api_model", "tests/security/*.py", r'"_api_model"', '"_api"'),
    Rule(
        "HttpCase",
        TESTS,
        r"from odoo\.tests import (Form, )?HttpCase, tagged",
        r"from odoo.tests import \1tagged",
        needs="compat.testing:HttpCase",
    ),
    Rule(
        "formatted_read_group",
        TESTS,
        r"\b([\w.]+)\.formatted_read_group\(",
        r"formatted_read_group(\n\1, ",
        needs="compat.testing:formatted_read_group",
    ),
    Rule(
        "web_read_group",
        "tests/security/test_log.py",
        r'\blog\.web_read_group\((.*)\)\["groups"\]',
        r"formatted_read_group(log, \1)",
    ),
    Rule(
        "nothing saves many records at once",
        "tests/message/test_on_record.py",
        r'.*"web_save_multi".*\n',
        "",
    ),
    Rule(
        "requests in a test's transaction",
        TESTS,
        r"\bself\.enter_registry_test_mode\(\)",
        "enter_registry_test_mode(self)",
        needs="compat.testing:enter_registry_test_mode",
    ),
    Rule(
        "members of a channel",
        "tests/security/*.py",
        r"\._add_members\(users=(.*)\)",
        r".add_members(partner_ids=(\1).partner_id.ids)",
        OLDEST,
    ),
    Rule(
        "defaults keep no dates but as texts",
        "tests/security/forged/test_defaults.py",
        r"\bdefaults\.set\(model, name, value, ",
        "defaults.set(model, name, storable(value), ",
        OLDEST,
        "compat.testing:storable",
    ),
    Rule(
        "nobody is said to write without an address",
        "tests/message/test_on_record.py",
        r'( +)forged = \{"body": "Approved"',
        r'\1self.partner.email = "partner@example.com"\n\g<0>',
    ),
    Rule(
        "what keeps others from being told",
        "tests/security/forged/test_defaults.py",
        r"return TELLS\[model\]\[0\]\n",
        "return TELLS[model][0].intersection(fields)\n",
    ),
    Rule(
        "the composer's blacklist",
        "tests/message/test_to_many.py",
        r"use_exclusion_list",
        "mass_use_blacklist",
    ),
    Rule(
        "a language by its code",
        "tests/campaign/test_campaign_text.py",
        r"\._get_data\(code=(.*?)\)",
        r"._lang_get(\1)",
        OLDEST,
    ),
    Rule(
        "whose files are whose",
        "tests/security/test_chatter.py",
        r"(\w+)\._has_attachments_ownership\(",
        r"owns_attachments(\1, ",
        needs="compat.testing:owns_attachments",
    ),
    Rule(
        "the token of a file",
        "tests/security/test_chatter.py",
        r"letter\._get_ownership_token\(\)",
        "letter.sudo().generate_access_token()[0]",
    ),
    Rule(
        "the name of what a note would be about",
        "tests/security/test_matrix.py",
        r'( *)"""Odoo tells whoever asks what a note would be about, by its id.*\n',
        r'\g<0>\1self.skipTest("up to Odoo 18 a note has no name before it is made")\n',
    ),
    Rule(
        "methods of what is lacking",
        "tests/security/test_matrix.py",
        r'not base\.__module__\.startswith\("odoo\.addons\.su_sms\."\)',
        r'\g<0> or ".compat." in base.__module__',
        OLDEST,
    ),
]
