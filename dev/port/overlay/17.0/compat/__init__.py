"""What Odoo 19 has and an older series lacks."""

from . import access, models, newer
from .conflicts import (
    CONFLICTS,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
    ConcurrencyError,
)
from .domains import Domain
from .environment import commit_progress, has_field_access, too_many_requests, tz
from .searches import searching
from .sms_api import SmsApiBase
from .tables import Constraint, Index, UniqueIndex
from .texts import LazyTranslate, bus_send, execute_query, get_translation, text
