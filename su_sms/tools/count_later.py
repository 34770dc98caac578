"""Lines of a campaign are written together, and counted once, when all are written."""

KEY = "su_sms_count_later"


class _Campaigns(frozenset):
    """Ids of campaigns that count themselves; no caller from outside can make one."""


def count_later(campaigns, records=None):
    """Return records in a context in which these campaigns' lines leave the count.

    The lines of any other campaign do not.

    :param records: by default the campaigns
    """
    records = campaigns if records is None else records
    known = _Campaigns(campaigns.ids) | _named(records)
    return records.with_context(**{KEY: _Campaigns(known)})


def is_later(campaign):
    """Tell whether who writes a campaign's lines has it counted afterwards."""
    return campaign.id in _named(campaign)


def _named(records):
    named = records.env.context.get(KEY)
    return named if isinstance(named, _Campaigns) else _Campaigns()
