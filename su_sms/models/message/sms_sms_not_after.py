from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models


class NotAfter(NamedTuple):
    """For the context, where no request can have one: when messages are old news."""

    when: datetime


class SmsSms(models.Model):
    """Old news is no news: what is about a time is given up after it."""

    _inherit = "sms.sms"

    not_after = fields.Datetime(
        readonly=True,
        copy=False,
        help="After this it is not sent any more: it is about a time that is over.",
    )

    _not_after_idx = models.Index(
        "(not_after) WHERE state = 'outgoing' AND not_after IS NOT NULL"
    )

    @api.model
    def _with_not_after(self, vals_list):
        """Return values with when the messages are old news, as far as that is known.

        Whoever writes one says so; what Odoo sends by itself goes by what it reminds
        of.
        """
        given = self.env.context.get("sms_not_after")
        if isinstance(given, NotAfter):
            return [{"not_after": given.when, **vals} for vals in vals_list]
        if self.env.context.get("sms_from_composer") is True:
            return vals_list
        records = self._records_about(vals_list)
        return [
            {"not_after": bool(record) and record._sms_not_after(), **vals}
            for vals, record in zip(vals_list, records, strict=True)
        ]
