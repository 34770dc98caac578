"""A machine with Docker, to try `docker-compose.yml` on.

This one if it has Docker, with the official images.  Else, for root on a Debian: one
made of Debian's packages, in namespaces of its own and without a network, where
stand-ins made of the same packages have the official images' names (`images/`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dev import cache
from dev.install import apt
from dev.process import Process, call, wait_until

HERE = Path(__file__).parent
START_SECONDS = 60
#: Odoo is in sid only, whose Python is too new for it
RELEASE = "trixie"
PIN = r"Package: *\nPin: release n=sid\nPin-Priority: 100\n"
PACKAGES = (
    *("docker.io", "docker-cli", "docker-buildx", "docker-compose"),
    *("iproute2", "iptables", "ca-certificates"),
    # what the stand-ins are made of
    *("odoo-19", "python3-magic", "tzdata-legacy"),
    *("postgresql", "python3-pip", "curl", "nginx"),
)
ADDONS = "/usr/lib/python3/dist-packages/odoo/addons"
LEFT_OUT = (
    *("/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*"),
    *(f"{ADDONS}/l10n_*", f"{ADDONS}/*/i18n/*"),
)
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
#: what the builds install, as they have no network; the simulator's are in
#: docker-compose.yml
WHEELS = "--requirement=/requirements.txt aiohttp trustme"
#: official image -> stage of images/Dockerfile
IMAGES = {
    "postgres:17": "postgres",
    "python:3.12-slim": "python",
    "odoo:19.0": "odoo",
    "nginx:1.28": "nginx",
}
UNSHARE = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOT_COPIED = (".git", ".env", "__pycache__", ".*_cache", ".hypothesis")

#: runs a shell's script in a copy of the checkout; gives its end with what it printed
Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


def has_docker() -> bool:
    """Tell whether this machine has a Docker to use, with compose."""
    return (
        bool(shutil.which("docker"))
        and succeeds(["docker", "info"])
        and succeeds(["docker", "compose", "version"])
    )


def can_be_made() -> bool:
    """Tell whether a machine of Debian's packages can be made and run here."""
    if os.geteuid() or not apt.usable():
        return False
    # what Docker lays images over each other with; without it each would be a copy
    with tempfile.TemporaryDirectory(dir=cache.home()) as folder:
        overlay = (
            "mkdir a b c d; mount -t overlay -o lowerdir=a,upperdir=b,workdir=c o d"
        )
        return succeeds([*UNSHARE, "sh", "-ec", f"cd {folder}; {overlay}"])


def succeeds(command: list[str]) -> bool:
    """Tell whether `command` runs well."""
    return not subprocess.run(command, capture_output=True).returncode


@contextlib.contextmanager
def this() -> Iterator[Shell]:
    """Return a shell on this machine, in a compose project of its own."""
    # not the data of whoever tries su_sms here
    env = os.environ | {"COMPOSE_PROJECT_NAME": "su_sms_test"}
    with tempfile.TemporaryDirectory() as folder:
        checkout = copy_checkout(Path(folder))
        yield lambda script: shell([], script, env=env, cwd=checkout)


@contextlib.contextmanager
def made() -> Iterator[Shell]:
    """Return a shell on a machine of Debian's packages, made first if new."""
    folder = cache.home() / "docker" / cache.key(*describe(), requirements())
    with cache.lock("docker machine"):
        for other in set(folder.parent.glob("*/")) - {folder}:
            shutil.rmtree(other)  # nobody uses it: we have the lock
        root = cache.made(folder, bootstrap) / "root"
        scratch = folder / "srv"  # of one run; a killed one's may still be there
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        copy_checkout(scratch)
        with running(root, scratch) as inside:
            env = {"PATH": PATH, "HOME": "/root", "CI": "true"}
            load(root, inside, env)
            yield lambda script: shell(
                [*inside, "--wdns=/srv/checkout"], script, env=env
            )
        shutil.rmtree(scratch)


def shell(prefix: list[str], script: str, **rest) -> subprocess.CompletedProcess[str]:
    """Run `script` as GitHub runs a step."""
    return subprocess.run(
        [*prefix, "bash", "-e", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **rest,
    )


def copy_checkout(folder: Path) -> Path:
    """Copy the checkout, without what git ignores, to `folder`/checkout."""
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    return shutil.copytree(cache.CHECKOUT, folder / "checkout", ignore=ignored)


def requirements() -> str:
    """Return what the addon needs, as pip takes it."""
    return (cache.CHECKOUT / "requirements.txt").read_text()


def describe() -> list[str]:
    """Return what the machine is made of, as mmdebstrap takes it."""
    return [
        *("--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
        f'--setup-hook=printf "{PIN}" > "$1/etc/apt/preferences.d/sid"',
        # this machine's network may have a CA of its own
        f"--customize-hook=upload {CERTIFICATES} {CERTIFICATES}",
        "--customize-hook=upload requirements.txt /requirements.txt",
        f'--customize-hook=chroot "$1" pip download --dest=/wheels {WHEELS}',
    ]


def bootstrap(folder: Path) -> None:
    """Make the machine's file system in `folder`/root, from this machine's mirror."""
    tool = folder / "mmdebstrap"
    apt.fetch({"mmdebstrap": ""}, tool)
    source = apt.mirror(apt.codename())
    key = source.get("Signed-By", "")
    option = f" [signed-by={key}]" if key.startswith("/") else ""
    settings = folder / "apt.conf"
    with settings.open("wb") as file:
        subprocess.run(["apt-config", "dump", "Acquire"], stdout=file, check=True)
    call(
        ["mmdebstrap", f"--aptopt={settings}", "--aptopt=APT::Sandbox::User root"]
        + [*describe(), RELEASE, folder / "root"]
        + [f"deb{option} {source['URIs']} {suite} main" for suite in (RELEASE, "sid")],
        title="Making a machine with Docker of Debian's packages",
        remedy=apt.REMEDY,
        log=folder.parent / f"{folder.name}.log",
        env=os.environ | {"PATH": f"{tool}/usr/bin:{PATH}"},
        cwd=cache.CHECKOUT,
    )


@contextlib.contextmanager
def running(root: Path, scratch: Path) -> Iterator[list[str]]:
    """Run the machine; return the command that runs another on it."""
    log = cache.home() / "logs" / "docker.log"
    pid = scratch / "pid"
    with log.open("wb") as file:
        process = Process(
            ["sh", "-c", 'echo $$ > "$0"; exec "$@"', pid]
            + [*UNSHARE, "sh", HERE / "machine.sh", root, scratch],
            output=file,
        )
    try:
        known = wait_until(lambda: pid.exists() and pid.read_text(), START_SECONDS)
        assert known, f"no machine: {log} says why"
        outside = pid.read_text().strip()
        inside = ["nsenter", f"--target={outside}", "--mount", "--net", "--root"]
        inside += [f"--pid=/proc/{outside}/ns/pid_for_children"]
        answers = [*inside, "docker", "info"]
        ready = wait_until(lambda: succeeds(answers), START_SECONDS, process=process)
        assert ready, f"Docker does not start: {log} says why"
        yield inside
    finally:
        process.kill()


def load(root: Path, inside: list[str], env: dict[str, str]) -> None:
    """Make the stand-ins of the official images, of the machine's own files."""
    imported = [
        *("docker", "import", "--change=ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels"),
        *("-", "debian"),
    ]
    # from outside: without what the machine has mounted
    with subprocess.Popen(
        ["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE
    ) as tar:
        subprocess.run([*inside, *imported], stdin=tar.stdout, env=env, check=True)
    assert tar.returncode == 0
    for image, stage in IMAGES.items():
        built = shell(
            [*inside, "--wdns=/srv/checkout/tests/compose/images"],
            f"docker build --target {stage} --tag {image} .",
            env=env,
        )
        assert built.returncode == 0, built.stdout
