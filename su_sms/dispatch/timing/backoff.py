"""Waiting for a database that is away."""

from __future__ import annotations

import logging
import time

_logger = logging.getLogger(__name__)

# Seconds for which a database that is away is waited for.
DATABASE_SECONDS = 120


class Backoff:
    """Wait between tries, ever longer, but not for ever.

    :param what: what waits meanwhile, for the log
    """

    def __init__(self, what):
        self._what = what
        self._until = time.monotonic() + DATABASE_SECONDS
        self._pause = 0.05

    def wait(self, error):
        """Wait before the next try; raise ``error`` if this has lasted too long."""
        if time.monotonic() > self._until:
            raise error
        name = type(error).__name__
        _logger.warning("The database is away (%s): %s", name, self._what)
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, 2.0)
