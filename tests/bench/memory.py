"""How much a process grows while it prepares a campaign.

`python -m tests.bench.memory DATABASE CAMPAIGN PEOPLE` launches the campaign and prints
the megabytes and seconds as JSON.
"""

from __future__ import annotations

import argparse
import json

from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

from tests import memory

from . import people


def main() -> None:
    """Prepare the campaign that the command line names, and tell."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.memory")
    options.add_argument("database")
    options.add_argument("campaign", type=int)
    options.add_argument("people", type=int)
    options.add_argument("--config")
    given = options.parse_args()
    arguments = ["--no-http", "--max-cron-threads=0"]
    arguments += ["--log-handler=:WARNING", "--log-handler=py.warnings:ERROR"]
    arguments += ["--config", given.config] if given.config else []
    config.parse_config(arguments, setup_logging=True)
    server.load_server_wide_modules()
    registry = Registry(given.database)
    before = memory.watch()
    seconds = people.prepare(registry, given.campaign, given.people)
    print(json.dumps({"mb": memory.peak() - before, "seconds": seconds}))


if __name__ == "__main__":
    main()
