"""Who may do what: the table that ``test_matrix.py`` goes through.

A role reaches ``OWN`` records, those it has made or answers for, or ``ALL`` of its
company; a role that is not named reaches none. Nobody reaches another company's, but
for what belongs to no company: all of it (``EVERYWHERE``), or what is one's own
(``MINE``).
"""

OWN, MINE, ALL, EVERYWHERE = "own", "mine", "all", "everywhere"

PUBLIC, PORTAL, EMPLOYEE, MAILING = "public", "portal", "employee", "mailing"
USER, MANAGER, GATEWAY, SYSTEM = "user", "manager", "gateway", "system"
ROLES = {
    PUBLIC: "base.group_public",
    PORTAL: "base.group_portal",
    EMPLOYEE: "base.group_user",
    # SMS Marketing's own group, without one of ours
    MAILING: "mass_mailing.group_mass_mailing_user",
    USER: "su_sms.group_user",
    MANAGER: "su_sms.group_manager",
    GATEWAY: "su_sms.group_gateway_admin",
    # who administers Odoo, but not the gateways
    SYSTEM: "base.group_system",
}

NOBODY = {}
ADMINS = {GATEWAY: ALL}
MANAGERS = {MANAGER: ALL, GATEWAY: ALL}
STAFF = {USER: OWN, **MANAGERS}
# a wizard is its caller's alone
MANAGERS_OWN = {MANAGER: OWN, GATEWAY: OWN}
CALLERS = {USER: OWN, **MANAGERS_OWN}

# what holds for all companies, such as the blacklist: a no to one is a no
MANAGERS_EVERYWHERE = {MANAGER: EVERYWHERE, GATEWAY: EVERYWHERE}
STAFF_EVERYWHERE = {USER: EVERYWHERE, **MANAGERS_EVERYWHERE}
ALL_MINE = {USER: MINE, MANAGER: MINE, GATEWAY: MINE}

FULL = ("read", "write", "create", "unlink")
#: model -> operation -> role -> reach; an operation that is not named is nobody's
OPERATIONS = {
    "sms.balance": {"read": MANAGERS},
    "sms.campaign": dict.fromkeys(FULL, STAFF),
    "sms.campaign.audience": dict.fromkeys(FULL, STAFF),
    "sms.campaign.column": dict.fromkeys(("read", "write"), STAFF),
    "sms.campaign.left.out": {"read": STAFF},
    "sms.campaign.launch": dict.fromkeys(FULL, CALLERS),
    "sms.campaign.network": {"read": STAFF},
    "sms.campaign.recipient": {"read": STAFF},
    "sms.campaign.row": {"read": STAFF},
    "sms.campaign.test": dict.fromkeys(FULL, CALLERS),
    # what dispatchers tell each other
    "sms.concurrency": {},
    "sms.gateway.config": dict.fromkeys(FULL, ADMINS),
    "sms.gateway.event": {"read": ADMINS},
    "sms.incoming": {"read": MANAGERS},
    "sms.pace": {"read": ADMINS},
    "sms.person.log": {"read": MANAGERS},
    "sms.person.wizard": dict.fromkeys(FULL, {MANAGER: MINE, GATEWAY: MINE}),
    # what a gateway's form says of it
    "sms.run": {},
    "sms.spending": {"read": MANAGERS},
    "sms.statement.wizard": dict.fromkeys(FULL, MANAGERS_OWN),
    "sms.statistic": {"read": MANAGERS},
    # hashes, which belong to no company
    "sms.suppression": {"read": MANAGERS_EVERYWHERE},
    # the figures' own, which go by the rules of messages
    "sms.tally": {},
    "sms.test.step": dict.fromkeys(FULL, {GATEWAY: OWN}),
    "sms.test.wizard": dict.fromkeys(FULL, {GATEWAY: OWN}),
    "phone.blacklist": {
        "read": STAFF_EVERYWHERE | {SYSTEM: EVERYWHERE},
        **dict.fromkeys(
            ("write", "create"), MANAGERS_EVERYWHERE | {SYSTEM: EVERYWHERE}
        ),
        "unlink": {SYSTEM: EVERYWHERE},
    },
    "sms.blacklist": {
        "read": STAFF_EVERYWHERE,
        **dict.fromkeys(("write", "create"), MANAGERS_EVERYWHERE),
    },
    # history: added to by the code alone
    "sms.consent": {"read": {USER: ALL, **MANAGERS}},
    "sms.optout.link": {},
    "sms.optout.wizard": dict.fromkeys(FULL, ALL_MINE),
    # they hold for all companies
    "sms.optout.word": {
        "read": MANAGERS_EVERYWHERE,
        **dict.fromkeys(("write", "create", "unlink"), {GATEWAY: EVERYWHERE}),
    },
    # on record: people read it, only methods change it
    "sms.sms": {"read": STAFF | {SYSTEM: ALL}},
}
# Email Marketing is nobody's by a group of ours
MAILERS = dict.fromkeys((MAILING, SYSTEM), EVERYWHERE)
#: (model, method) -> role -> reach
METHODS = {
    # any employee sends, from a dialog of their own
    ("sms.composer", "action_send_sms"): dict.fromkeys(
        (EMPLOYEE, MAILING, USER, MANAGER, GATEWAY, SYSTEM), MINE
    ),
    ("mailing.mailing", "action_put_in_queue"): MAILERS,
    ("mailing.mailing", "action_retry_failed_sms"): MAILERS,
    ("mailing.mailing", "get_sms_link_replacements_placeholders"): MAILERS,
    # a dialog is its caller's alone
    ("mailing.sms.test", "action_send_sms"): {MAILING: MINE},
    # who has Email Marketing as well: see test_user_alone.py
    ("mailing.contact", "action_sms_opt_in"): NOBODY,
    ("mailing.contact", "action_sms_opt_out"): NOBODY,
    ("mailing.contact", "phone_action_blacklist_remove"): NOBODY,
    ("res.partner", "action_sms_opt_in"): MANAGERS_EVERYWHERE,
    ("res.partner", "action_sms_opt_out"): STAFF_EVERYWHERE,
    ("res.partner", "phone_action_blacklist_remove"): MANAGERS_EVERYWHERE,
    ("sms.blacklist", "action_opt_in"): MANAGERS_EVERYWHERE,
    ("sms.blacklist", "action_opt_out"): STAFF_EVERYWHERE,
    ("sms.campaign", "action_approve"): MANAGERS,
    ("sms.campaign", "action_back_to_draft"): STAFF,
    ("sms.campaign", "action_cancel"): STAFF,
    ("sms.campaign", "action_count"): STAFF,
    ("sms.campaign", "action_download_left_out"): STAFF,
    ("sms.campaign", "action_ask_to_launch"): STAFF,
    ("sms.campaign", "action_open_clicks"): STAFF,
    ("sms.campaign", "action_open_left_out"): STAFF,
    ("sms.campaign", "action_open_messages"): STAFF,
    ("sms.campaign", "action_open_missing"): STAFF,
    ("sms.campaign", "action_open_recipients"): STAFF,
    ("sms.campaign", "action_open_results"): STAFF,
    ("sms.campaign", "action_open_shared"): STAFF,
    ("sms.campaign", "action_open_unicode"): STAFF,
    ("sms.campaign", "action_pause"): STAFF,
    ("sms.campaign", "action_refuse"): MANAGERS,
    ("sms.campaign", "action_resume"): STAFF,
    ("sms.campaign", "action_retry"): STAFF,
    ("sms.campaign.left.out", "action_open"): STAFF,
    ("sms.campaign.launch", "action_launch"): CALLERS,
    ("sms.campaign.recipient", "action_open_record"): STAFF,
    ("sms.campaign.test", "action_send"): CALLERS,
    # what it counts goes by the rules of the messages: see test_dashboard.py
    ("sms.dashboard", "get_data"): MANAGERS_EVERYWHERE,
    # who administers Odoo as well as the gateways: none of these alone
    ("sms.gateway.config", "action_keep_address"): NOBODY,
    ("sms.gateway.config", "action_give_up_old"): ADMINS,
    ("sms.gateway.config", "action_is_copy"): ADMINS,
    ("sms.gateway.config", "action_is_original"): ADMINS,
    ("sms.gateway.config", "action_pause"): ADMINS,
    ("sms.gateway.config", "action_renew_callbacks"): ADMINS,
    ("sms.gateway.config", "action_resume"): ADMINS,
    ("sms.gateway.config", "action_test_connection"): ADMINS,
    ("sms.gateway.config", "action_view_events"): ADMINS,
    ("sms.gateway.config", "action_view_messages"): ADMINS,
    ("sms.gateway.config", "action_watch_sender"): ADMINS,
    ("sms.gateway.event", "action_apply_again"): ADMINS,
    ("sms.incoming", "action_not_optout"): MANAGERS,
    ("sms.incoming", "action_opt_out"): MANAGERS,
    ("sms.optout.wizard", "action_confirm"): ALL_MINE,
    ("sms.person.wizard", "action_erase"): {MANAGER: MINE, GATEWAY: MINE},
    ("sms.person.wizard", "action_export"): {MANAGER: MINE, GATEWAY: MINE},
    ("sms.person.wizard", "action_view_log"): {MANAGER: MINE, GATEWAY: MINE},
    ("sms.sms", "action_open_record"): STAFF | {SYSTEM: ALL},
    ("sms.sms", "action_sms_opt_out"): STAFF,
    ("sms.sms", "action_resend_unknown"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "action_set_canceled"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "action_set_error"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "action_set_outgoing"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "action_settle_failed"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "action_settle_sent"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "resend_failed"): MANAGERS | {SYSTEM: ALL},
    ("sms.sms", "send"): MANAGERS | {SYSTEM: ALL},
    ("sms.statement.wizard", "action_download"): MANAGERS_OWN,
    ("sms.statement.wizard", "action_print"): MANAGERS_OWN,
    ("sms.test.wizard", "action_open_profile"): {GATEWAY: OWN},
    ("sms.test.wizard", "action_run"): {GATEWAY: OWN},
    ("sms.test.wizard", "action_view_message"): {GATEWAY: OWN},
}
#: method -> what it is called with
ARGUMENTS = {"action_set_error": ["unknown"]}
