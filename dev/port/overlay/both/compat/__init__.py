"""What Odoo 19 has and an older series lacks."""

from . import models
from .conflicts import ConcurrencyError
from .domains import Domain
from .environment import commit_progress, has_field_access, too_many_requests, tz
from .searches import searching
from .sms_api import SmsApiBase
from .tables import Constraint, Index, UniqueIndex
