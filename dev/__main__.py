"""`python3 -m dev COMMAND`: what a developer of su_sms does, from a bare machine."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import cache
from .problem import Problem

#: commands whose arguments belong to the program they run
PASSING = ("odoo", "psql", "simulator", "bench")


def odoo(options: argparse.Namespace) -> int:
    """Run any command of Odoo's in this environment."""
    from .environment import environment

    env = environment()
    command = env.odoo_command(*options.arguments)
    env.postgres.keep()
    os.execve(command[0], command, env.env)


def psql(options: argparse.Namespace) -> int:
    """Open psql on this environment's server."""
    from .environment import environment

    env = environment()
    command = env.postgres.psql(*options.arguments)
    env.postgres.keep()
    os.execve(command[0], command, {"PGDATABASE": "postgres"} | env.env)


def simulator(options: argparse.Namespace) -> int:
    """Run the Africa's Talking simulator alone."""
    from .environment import environment

    env = environment()
    command = [str(env.python), "-m", "tests.simulator", *options.arguments]
    os.chdir(cache.CHECKOUT)
    os.execve(command[0], command, env.env)


def run(options: argparse.Namespace) -> int:
    """Set up, start Odoo and the simulator, send the demo's SMS, stay until Ctrl-C."""
    from . import run

    return run.run(options.port, keep=options.keep_data, check=options.check)


def demo(options: argparse.Namespace) -> int:
    """Send the demo's SMS through an Odoo that runs somewhere."""
    from . import demo
    from .rpc import Rpc

    odoo = Rpc(options.url, options.db, options.login, options.password)
    return 0 if demo.show(odoo, options.simulator, options.api_key) else 1


def test(options: argparse.Namespace) -> int:
    """Run the tests: all kinds, those named, or the named tests of one kind."""
    from .testing.kinds import chosen, test

    kinds, names = chosen(options.words)
    return test(kinds, names, long=options.long, seed=options.seed)


def lint(options: argparse.Namespace) -> int:
    """Check how the code is written."""
    from .checks.lint import lint

    return lint()


def bench(options: argparse.Namespace) -> int:
    """Measure speed against Odoo's own ways of sending."""
    from . import bench

    return bench.bench(options.arguments)


def screenshots(options: argparse.Namespace) -> int:
    """Take the README's pictures from the running system."""
    from .environment import environment
    from .install import browser
    from .testing.kinds import BROWSER

    path = browser.chromium()
    if not path:
        raise Problem(f"no browser; {browser.HOW}")
    env = environment()
    command = [str(env.python), "-m", "tests.e2e.screenshots"]
    variables = env.env | {BROWSER: path}
    return subprocess.call(command, cwd=cache.CHECKOUT, env=variables)


def describe(options: argparse.Namespace) -> int:
    """Describe models, methods, rights, jobs and views, to compare another time."""
    from .checks import describe

    return describe.describe(options.output)


def terms(options: argparse.Namespace) -> int:
    """Write what can be translated into su_sms.pot."""
    from .checks import terms

    return terms.terms(check=options.check)


def port(options: argparse.Namespace) -> int:
    """Write the addon for an older series of Odoo."""
    from .port import write

    write.write(options.series, options.to)
    print(options.to / write.ADDON)
    return 0


def createdb(options: argparse.Namespace) -> int:
    """Make a database anew from the template."""
    from . import database
    from .environment import environment

    env = environment()
    modules = database.SUITES if options.suites else database.BASE
    source = database.template(env, modules, addon=options.addon)
    print(database.copy(env, source, options.name))
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    from .port.rule import SERIES
    from .testing.kinds import KINDS

    top = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    top.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(function: Callable, *rest: str) -> argparse.ArgumentParser:
        help_text = function.__doc__.splitlines()[0]
        added = commands.add_parser(function.__name__, help=help_text)
        added.set_defaults(function=function)
        return added

    start = command(run)
    start.add_argument("--check", action="store_true", help="leave when all is sent")
    start.add_argument("--port", type=int, help="for Odoo, 8069 unless given")
    data = start.add_mutually_exclusive_group()
    data.add_argument(
        "--keep-data", action="store_true", help="go on with the last run's database"
    )
    data.add_argument(
        "--fresh", action="store_true", help="begin with a new database (the default)"
    )
    tests = command(test)
    tests.add_argument(
        "words",
        nargs="*",
        metavar="KIND|NAME",
        help=f"kinds: {', '.join(KINDS)}; after one kind, tests of it: TestClass, "
        "TestClass.test_method or test_method inside Odoo, else a path or what "
        "pytest's -k takes",
    )
    tests.add_argument("--long", action="store_true", help="faults in their long form")
    tests.add_argument("--seed", type=int, help="for what the faults do at random")
    command(lint)
    command(bench)
    command(screenshots)
    command(simulator)
    command(odoo)
    command(psql)
    show = command(demo)
    show.add_argument("--url", default="http://localhost:8069", help="Odoo's address")
    show.add_argument("--db", default="su_sms")
    show.add_argument("--login", default="admin")
    show.add_argument("--password", default="admin")
    show.add_argument(
        "--simulator",
        default="http://localhost:8090",
        help="the simulator's address as Odoo sees it",
    )
    show.add_argument("--api-key", default="atsk_simulator")
    told = command(describe)
    told.add_argument("output", nargs="?", metavar="FILE", help="printed unless given")
    words = command(terms)
    words.add_argument("--check", action="store_true", help="only tell if it is stale")
    older = command(port)
    older.add_argument("series", choices=SERIES)
    older.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="where su_sms is put"
    )
    create = command(createdb)
    create.add_argument("name")
    create.add_argument("--addon", action="store_true", help="with su_sms installed")
    create.add_argument("--suites", action="store_true", help="for Odoo's SMS suites")
    return top


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Part what is for us from what a command in PASSING hands on, `--` or not."""
    for index, argument in enumerate(arguments, 1):
        if argument in PASSING:
            rest = arguments[index:]
            return arguments[:index], rest[1:] if rest[:1] == ["--"] else rest
        if not argument.startswith("-"):
            break
    return arguments, []


def main() -> int:
    """Run the command that the command line names; gives the exit status."""
    ours, theirs = split(sys.argv[1:])
    options = parser().parse_args(ours)
    options.arguments = theirs
    # all of these unwind like Ctrl-C, so that everything started is stopped; a shell
    # that starts us in the background has SIGINT ignored
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return options.function(options)
    except Problem as problem:
        if options.debug:
            raise
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
