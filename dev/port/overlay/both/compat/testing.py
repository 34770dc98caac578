"""What Odoo 19 has for tests."""

import contextlib
import datetime

import odoo.tests
from odoo import api
from odoo.exceptions import AccessError, UserError

try:
    from odoo.service.model import get_public_method
except ImportError:  # Odoo 17
    from odoo.models import check_method_name

    def get_public_method(model, name):
        """Return a method that may be called from outside."""
        check_method_name(name)
        return getattr(type(model), name)


def call_kw(model, name, args, kwargs):
    """Call a method as from outside."""
    get_public_method(model, name)
    return api.call_kw(model, name, args, kwargs)


def owns_attachments(files, tokens):
    """Tell whether these are the caller's."""
    try:
        files._check_attachments_access(tokens)
    except (AccessError, UserError):
        return False
    return True


def storable(value):
    """Return a default's value as it is kept: Odoo 17 makes no text of a date."""
    return str(value) if isinstance(value, datetime.date) else value


@contextlib.contextmanager
def enter_registry_test_mode(case):
    """Let requests use the test's transaction meanwhile."""
    case.registry.enter_test_mode(case.cr)
    try:
        yield
    finally:
        case.registry.leave_test_mode()


class HttpCase(odoo.tests.HttpCase):
    """Opens addresses with any method."""

    def url_open(self, url, data=None, headers=None, method=None, **kwargs):
        """Open an address; with a method, as this and nothing else."""
        if method is None:
            return super().url_open(url, data=data, headers=headers, **kwargs)
        return self.opener.request(
            method,
            self.base_url() + url,
            data=data,
            headers=headers,
            timeout=12,
            allow_redirects=method != "HEAD",
        )


def formatted_read_group(records, domain, groupby, aggregates):
    """Return groups as Odoo 19 does, as far as the tests look at them."""
    sums = [each for each in aggregates if each != "__count"]
    groups = records.read_group(domain, sums, groupby, lazy=False)
    return [
        {
            **group,
            **{each: group[each.split(":")[0]] for each in sums},
            "__extra_domain": group["__domain"],
        }
        for group in groups
    ]
