"""What the web client calls otherwise in older series."""

from .rule import OLDEST, Rule

SCRIPTS = "static/src/**/*.js"
LIVE = "static/src/campaign/live.js"
COUNTER = "static/src/text/sms_widget"

RULES = [
    Rule(
        "the counter's button",
        f"{COUNTER}.xml",
        r" *<xpath expr=\"//div\[hasclass\('o_sms_container'\)\]/button\""
        r"(?:.*\n)*?.*</xpath>\n",
        "",
    ),
    Rule(
        "what the counter says of links",
        f"{COUNTER}.xml",
        r'<t t-out="nbrCharExplanation"/>',
        "",
        OLDEST,
    ),
    Rule(
        "what makes a file a module", SCRIPTS, r"\A", "/** @odoo-module **/\n", OLDEST
    ),
    Rule(
        "colours by scheme",
        SCRIPTS,
        r"@web/core/colors/colors",
        "@su_sms/compat/colors",
        OLDEST,
    ),
    Rule(
        "action_hook",
        SCRIPTS,
        r"@web/search/action_hook",
        "@web/webclient/actions/action_hook",
        OLDEST,
    ),
    Rule(
        "what the counter counts",
        f"{COUNTER}.js",
        r"this\._getValueForSmsCounts\(",
        "(this._getValueForSmsCounts?.bind(this) ?? ((text) => text))(",
        OLDEST,
    ),
    Rule(
        "a menu's parts",
        "static/src/dashboard/dashboard.xml",
        r'<Dropdown t-if="state\.data\.gateways\.length > 1">\n'
        r' *<button class="([^"]*)" title="Gateway">((?:.*\n)*?) *</button>\n'
        r' *<t t-set-slot="content">((?:.*\n)*?)'
        r" *</t>\n( *)</Dropdown>",
        r'<Dropdown t-if="state.data.gateways.length > 1" togglerClass="'
        "'\\1'\" title=\"'Gateway'"
        r'"><t t-set-slot="toggler">\2\4</t>\n\3\4</Dropdown>',
        OLDEST,
    ),
    Rule(
        "texts given to a component",
        "static/src/**/*.xml",
        r'\.translate="([^"]*)"',
        "=\"'\\1'\"",
        OLDEST,
    ),
    Rule(
        "the bus",
        LIVE,
        r'useService\("bus_service"\)',
        "useEnv().services.bus_service",
        OLDEST,
    ),
    Rule(
        "the bus's import",
        LIVE,
        r'import \{ useService \} from "@web/core/utils/hooks";\n\n',
        "",
        OLDEST,
    ),
    Rule(
        "useEnv's import",
        LIVE,
        r"import \{ onWillDestroy \}",
        "import { onWillDestroy, useEnv }",
        OLDEST,
    ),
    Rule(
        "the bus forgets nobody",
        LIVE,
        r'bus\.unsubscribe\("su_sms\.campaigns", moved\);',
        "shown = () => [];",
        OLDEST,
    ),
]
