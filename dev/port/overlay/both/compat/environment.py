"""What Odoo 19's environments and records know."""

import pytz
from odoo.exceptions import AccessError
from odoo.http import Response
from werkzeug.exceptions import HTTPException


def tz(env):
    """Return the user's time zone, or UTC."""
    try:
        return pytz.timezone(env.context.get("tz") or env.user.tz or "UTC")
    except pytz.UnknownTimeZoneError:
        return pytz.utc


def has_field_access(records, field, operation):
    """Tell whether the user may read or write a field."""
    return passes(records.check_field_access_rights, operation, [field.name])


def passes(check, *args):
    """Tell whether a check raises no AccessError."""
    try:
        check(*args)
    except AccessError:
        return False
    return True


def commit_progress(env, done, remaining):
    """Commit, and say what a job has done; Odoo 17 keeps no count."""
    progress_id = env.context.get("ir_cron_progress_id")
    if progress_id:
        progress = env["ir.cron.progress"].sudo().browse(progress_id)
        env["ir.cron"]._notify_progress(done=progress.done + done, remaining=remaining)
    env.cr.commit()  # pylint: disable=invalid-commit


def too_many_requests():
    """Return what is raised: an exception with this status is a teapot to Odoo."""
    return HTTPException(response=Response("Too many requests.", status=429))
