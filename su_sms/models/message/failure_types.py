"""Why a message failed: one list for the message, its notification and its trace.

Odoo knows most of these on some of the three models only; ours are added to all, so
that what the outbox says can be shown wherever the message is.
"""

FAILURE_TYPES = [
    ("sms_number_missing", "Missing Number"),
    ("sms_number_format", "Wrong Number Format"),
    ("sms_server", "Server Error"),
    ("sms_blacklist", "Blacklisted"),
    ("sms_duplicate", "Duplicate"),
    ("sms_optout", "Opted Out"),
    ("sms_expired", "Expired"),
    ("sms_invalid_destination", "Invalid Destination"),
    ("sms_not_allowed", "Not Allowed"),
    ("sms_not_delivered", "Not Delivered"),
    ("sms_rejected", "Rejected"),
    ("sms_blocked", "Blocked: Opted Out or Promotional Sender"),
    ("sms_empty", "Empty Text"),
    ("sms_too_long", "Too Long"),
    ("sms_rendering", "Text Can't Be Filled In"),
    ("sms_no_value", "Missing Value"),
    ("sms_hidden_row", "Hidden in the File"),
    ("sms_struck_row", "Struck Through in the File"),
    ("sms_too_old", "Too Old"),
    ("sms_outcome_unknown", "Outcome Unknown"),
]
