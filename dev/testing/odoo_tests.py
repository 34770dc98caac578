"""Run tests inside Odoo: su_sms's own, and Odoo's own SMS suites with su_sms there."""

from collections.abc import Sequence
from pathlib import Path

from .. import cache, database
from ..environment import Environment
from ..process import follow
from ..server import HOST, free_port
from . import odoo_log
from .results import Results

SUITES = (
    "sms",
    "mass_mailing_sms",
    "test_mail_sms",
    "test_mail_full",
    "test_mass_mailing",
    "sms_twilio",
)
#: errors in the log that say nothing about su_sms: Debian leaves this file of Odoo out
HARMLESS = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
BASELINE = cache.CHECKOUT / "tests" / "odoo19-baseline-failures.txt"


def own(env: Environment, names: Sequence[str] = ()) -> Results:
    """Run the tests of su_sms on a database where it is installed anew.

    All of them, or those of `names`. Apps are there whose records campaigns may go to;
    the other kinds do without. An error logged outside a test counts as a failure.
    """
    tags = [f"--init={database.ADDON}", f"--test-tags={selected(names)}"]
    source = database.template(env, more=database.RECORDS)
    results, errors, log = run(env, "odoo", source, tags)
    explain(log, results.failed + errors)
    results.failed += [f"logged: {error}" for error in errors]
    return results


def bridges(env: Environment, names: Sequence[str] = ()) -> Results:
    """Run the tests of su_sms beside every addon of Odoo's that sends SMS."""
    source = database.template(env, more=database.BRIDGES, addon=True)
    tags = [f"--test-tags={selected(names, 'bridges')}"]
    results, errors, log = run(env, "bridges", source, tags)
    explain(log, results.failed + errors)
    results.failed += [f"logged: {error}" for error in errors]
    return results


def suites(env: Environment) -> Results:
    """Run Odoo's own SMS suites with su_sms installed, against the baseline list.

    What fails without su_sms too is told, not counted.
    """
    tags = ",".join(f"/{module}" for module in SUITES)
    source = database.template(env, database.SUITES, addon=True)
    results, errors, log = run(env, "suites", source, [f"--test-tags={tags}"])
    known = set(BASELINE.read_text().split("\n")) - {""}
    failed = set(results.failed)
    results.failed = sorted(failed - known)
    explain(log, results.failed + errors)
    print(f"{len(failed & known)} fail as they do without su_sms ({BASELINE.name})")
    for name in sorted(known - failed):
        print(f"  passes now, though it is on that list: {name}")
    results.failed += [f"logged: {error}" for error in errors]
    return results


def selected(names: Sequence[str], tag: str = "") -> str:
    """Return Odoo's test tags for classes and methods of su_sms, for all if none."""
    ours = f"{tag}/{database.ADDON}"
    return (
        ",".join(
            ours + ("." if name.startswith("test_") else ":") + name for name in names
        )
        or ours
    )


def run(
    env: Environment, kind: str, source: str, arguments: list[str]
) -> tuple[Results, list[str], Path]:
    """Run Odoo with `arguments` on a copy of the database `source`.

    Gives what its tests gave, the errors logged outside of them, and the log's path.
    """
    log = cache.home() / "logs" / f"test-{kind}.log"
    with database.temporary(env, kind, source) as name:
        command = [
            str(env.python),
            "-m",
            "dev.testing.late_tests",
            f"--database={name}",
            "--stop-after-init",
            "--max-cron-threads=0",
            f"--http-interface={HOST}",
            f"--http-port={free_port()}",
            *arguments,
        ]
        status = follow(
            command,
            title=f"Tests: {kind}",
            log=log,
            env=env.env,
            detail=odoo_log.started,
        )
    with log.open(errors="replace") as lines:
        results, errors = odoo_log.read(lines)
    errors = [error for error in errors if not any(one in error for one in HARMLESS)]
    if not results.seconds:
        results.failed.append(f"no test was run: see {log}")
    elif status and not results.failed and not errors:
        results.failed.append(f"Odoo ended with status {status}: see {log}")
    return results, errors, log


def explain(log: Path, failed: list[str]) -> None:
    """Print what the log says of each failed test, and where the rest is."""
    for name in failed:
        with log.open(errors="replace") as lines:
            print("\n".join(["", *odoo_log.excerpt(lines, name)]))
    if failed:
        print(f"All of it: {log}")
