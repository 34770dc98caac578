"""Known vulnerabilities of what su_sms needs at run time, and why they don't reach it.

A table that works without a network, looked at by lint; CI asks the advisory database
as well (audit.py).
Each fact is from the advisory of that name in the databases of CVE and GitHub, as of
November 2026.
"""

import sys
from importlib.metadata import version
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.version import Version

from .. import cache

REDIRECTS = "no redirect is followed: tests/unit/africastalking/test_faults.py"
NETRC = "no netrc file is read: tests/unit/africastalking/test_client.py"
TRUST = "one session an account, with its trust for good: africastalking/session.py"
ENCODINGS = "no content encoding is asked for or undone: africastalking/exchange.py"
CERTIFICATES = "only X.509 certificates are read, and Fernet tokens"


class Advisory(NamedTuple):
    """A vulnerability of versions before ``fixed``.

    :ivar unaffected: why su_sms is safe with older ones; "" if it is not
    """

    name: str
    package: str
    fixed: str
    unaffected: str = ""


ADVISORIES = (
    Advisory("CVE-2023-32681", "requests", "2.31.0"),
    Advisory("CVE-2024-35195", "requests", "2.32.0", TRUST),
    Advisory("CVE-2024-47081", "requests", "2.32.4", NETRC),
    Advisory("CVE-2023-43804", "urllib3", "2.0.6", REDIRECTS),
    Advisory("CVE-2023-45803", "urllib3", "2.0.7", REDIRECTS),
    Advisory("CVE-2024-37891", "urllib3", "2.2.2", REDIRECTS),
    Advisory("CVE-2025-50181", "urllib3", "2.5.0", REDIRECTS),
    Advisory("CVE-2025-66418", "urllib3", "2.6.0", ENCODINGS),
    Advisory("CVE-2025-66471", "urllib3", "2.6.0", ENCODINGS),
    Advisory("CVE-2023-49083", "cryptography", "41.0.6"),
    Advisory("CVE-2023-50782", "cryptography", "42.0.0", CERTIFICATES),
    Advisory("CVE-2024-26130", "cryptography", "42.0.4", CERTIFICATES),
    Advisory("CVE-2024-12797", "cryptography", "44.0.1", CERTIFICATES),
)


def bounds() -> dict[str, Version]:
    """Return the lowest accepted version of each of the addon's requirements."""
    lines = (cache.CHECKOUT / "requirements.txt").read_text().splitlines()
    found = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in lines)):
        requirement = Requirement(line)
        [bound] = [each for each in requirement.specifier if each.operator == ">="]
        found[requirement.name] = Version(bound.version)
    return found


def reached(accepted: dict[str, Version]) -> list[str]:
    """Return a line for each advisory that reaches one of these versions."""
    return [
        f"{each.name}: {each.package} {accepted[each.package]}, fixed in {each.fixed}"
        for each in ADVISORIES
        if accepted[each.package] < Version(each.fixed) and not each.unaffected
    ]


if __name__ == "__main__":
    lowest = bounds()
    installed = {package: Version(version(package)) for package in lowest}
    problems = reached(lowest) + reached(installed)
    print("\n".join(problems) or f"{len(ADVISORIES)} advisories, none reaches us")
    sys.exit(1 if problems else 0)
