"""What Odoo keeps beside a message is on record where the message is.

Odoo lets marketers write traces and trackers, and users their notifications.
"""


def closed(records, operation, **names):
    """Return what ``_check_access`` gives for records beside messages of a gateway.

    :param names: as of ``beside``
    """
    if records.env.su or operation == "read" or not any(records._ids):
        return None
    found = beside(records.sudo(), **names)
    return records.env["sms.sms"]._closed(found.with_env(records.env))


def beside(records, **names):
    """Return the records beside messages of a gateway.

    :param names: a message's field, and the path of the records' that has its value
    """
    [(of_message, path)] = names.items()
    values = {value for value in records.mapped(path) if value}
    if not values:
        return records.browse()
    domain = [(of_message, "in", list(values)), ("gateway_id", "!=", False)]
    routed = set(records.env["sms.sms"].sudo().search(domain).mapped(of_message))
    return records.filtered(lambda record: routed.intersection(record.mapped(path)))
