"""Let the pure packages be imported without Odoo.

``su_sms/__init__.py`` is an addon's and imports Odoo's models. A bare package of
the same name and path, registered first, gives ``su_sms.text`` and
``su_sms.africastalking`` to tests that run in a second without a database.
"""

import os
import sys
import types
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
if "su_sms" not in sys.modules:
    package = types.ModuleType("su_sms")
    # of a port, where one is tested
    package.__path__ = [os.environ.get("SU_SMS_ADDON") or str(ROOT / "su_sms")]
    sys.modules["su_sms"] = package

# A slow machine is no failure: speed is measured by `python3 -m dev bench`.
settings.register_profile("su_sms", deadline=None)
settings.load_profile("su_sms")
