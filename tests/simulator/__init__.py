"""The simulator of Africa's Talking, which lives among the addon's own tests.

So these run wherever the addon is copied; here it has the name that all others use.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
__path__ = [str(ROOT / "su_sms" / "tests" / "simulator")]
