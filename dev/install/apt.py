"""Debian packages: unpacked into a folder of ours, or installed if that must be.

The first works for any user, through apt state of our own; the mirror, its key and its
components are the machine's.
"""

import contextlib
import os
import shutil
from pathlib import Path

from .. import cache
from ..problem import Problem
from ..process import call

SOURCES = Path("/etc/apt")
#: one-line option -> deb822 field
FIELDS = {"signed-by": "Signed-By", "trusted": "Trusted", "arch": "Architectures"}
KEEP = ("Types", "URIs", "Components", *FIELDS.values())
#: what a machine may call its release, besides its code name
NAMES = ("stable", "testing", "unstable", "sid")
REMEDY = "check the network and run again"


def os_release() -> dict[str, str]:
    """Return what /etc/os-release says; empty where there is none."""
    with contextlib.suppress(OSError):
        lines = Path("/etc/os-release").read_text().splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line)
        return {name: value.strip("\"'") for name, value in pairs}
    return {}


def codename() -> str:
    """Return the code name of this machine's Debian."""
    return os_release().get("VERSION_CODENAME", "sid")


def usable() -> bool:
    """Tell whether this is a Debian with apt."""
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    return tools and os_release().get("ID") == "debian"


def installed(program: str, package: str) -> str | None:
    """Return the path of `program`; root on a Debian without it gets `package` first.

    That is system-wide, and said.  None if it is not there and can't be installed.
    """
    found = shutil.which(program)
    if found or os.geteuid() or not usable():
        return found
    print(f"No {program} here: installing Debian's with apt-get, system-wide.")
    log = cache.home() / "logs" / f"{package}.log"
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # another run may be installing, too
    apt_get = ["apt-get", "-q", "-oDPkg::Lock::Timeout=300"]
    for title, arguments in {
        "Reading Debian's package lists": ["update"],
        f"Installing {package}": ["install", "-y", "--no-install-recommends", package],
    }.items():
        call([*apt_get, *arguments], title=title, remedy=REMEDY, log=log, env=env)
    return shutil.which(program)


def one_line(line: str) -> dict[str, str]:
    """Read a line of a `.list` file as deb822 fields; empty for anything else."""
    line = line.split("#", 1)[0].strip()
    if not line.startswith("deb "):
        return {}
    fields = {"Types": "deb"}
    rest = line[4:].strip()
    if rest.startswith("["):
        options, rest = rest[1:].split("]", 1)
        for option in options.split():
            name, _, value = option.partition("=")
            if name.lower() in FIELDS:
                fields[FIELDS[name.lower()]] = value.replace(",", " ")
    uri, suite, *components = rest.split()
    return fields | {"URIs": uri, "Suites": suite, "Components": " ".join(components)}


def deb822(text: str) -> list[dict[str, str]]:
    """Read the stanzas of a `.sources` file; continuation lines stay with theirs."""
    stanzas: list[dict[str, str]] = [{}]
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if not line.strip():
            stanzas.append({})
        elif line[0].isspace():
            stanzas[-1][name] += "\n" + line
        else:
            name, _, value = line.partition(":")
            stanzas[-1][name] = value.strip()
    return [stanza for stanza in stanzas if stanza.get("Enabled", "yes") != "no"]


def sources() -> list[dict[str, str]]:
    """Return the machine's package sources as deb822 fields."""
    found = []
    lists = [SOURCES / "sources.list", *sorted(SOURCES.glob("sources.list.d/*.list"))]
    for path in lists:
        if path.exists():
            found += [one_line(line) for line in path.read_text().splitlines()]
    for path in sorted(SOURCES.glob("sources.list.d/*.sources")):
        found += deb822(path.read_text())
    return [source for source in found if "deb" in source.get("Types", "").split()]


def mirror(release: str) -> dict[str, str]:
    """Return the source this machine gets its own Debian, `release`, from."""
    for source in sources():
        suites = source.get("Suites", "").split()
        components = source.get("Components", "").split()
        if {release, *NAMES} & set(suites) and "main" in components:
            return source
    raise Problem(
        f"no apt source for Debian {release} found in {SOURCES}: "
        "add one, or name an Odoo 19 checkout in SU_SMS_ODOO"
    )


def fetch(packages: dict[str, str], root: Path) -> dict[str, str]:
    """Download `packages` (name -> suite, "" for the machine's own) and unpack them.

    They are unpacked one over the other into `root`.  Gives each one's version.
    """
    # testing and unstable have no VERSION_ID; take the last stable's packages there
    stable = codename() if "VERSION_ID" in os_release() else "trixie"
    work = root / ".apt"
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (work / folder).mkdir(parents=True)
    suites = sorted({suite or stable for suite in packages.values()})
    stanza = {k: v for k, v in mirror(codename()).items() if k in KEEP}
    stanza |= {"Types": "deb", "Suites": " ".join(suites)}
    (work / "debian.sources").write_text(
        "".join(f"{name}: {value}\n" for name, value in stanza.items())
    )
    options = [
        f"-oDir::Etc::SourceList={work}/debian.sources",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={work}/lists",
        f"-oDir::Cache={work}/cache",
        "-oAPT::Sandbox::User=root",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
        # a list that could not be fetched is a failure, not a warning
        "-oAPT::Update::Error-Mode=any",
    ]
    log = root.parent / f"{root.name}.log"
    env = os.environ | {"LC_ALL": "C"}
    call(
        ["apt-get", *options, "update"],
        title="Reading Debian's package lists",
        remedy=REMEDY,
        log=log,
        env=env,
    )
    names = [f"{name}/{suite or stable}" for name, suite in packages.items()]
    first, *others = packages
    call(
        ["apt-get", *options, "download", *names],
        title=f"Downloading {first}" + (f" and {len(others)} more" if others else ""),
        remedy=REMEDY,
        log=log,
        env=env,
        cwd=work / "debs",
    )
    call(
        ["sh", "-ec", 'for deb in *.deb; do dpkg-deb -x "$deb" "$1"; done', "sh", root],
        title="Unpacking them",
        remedy="is the disk full?",
        log=log,
        cwd=work / "debs",
    )
    versions = {}
    for deb in (work / "debs").glob("*.deb"):
        name, version, _ = deb.name.split("_", 2)
        versions[name] = version
    shutil.rmtree(work)
    return versions
