"""The dispatchers of this process, which a server that stops waits for."""

from __future__ import annotations

import logging
import threading

from . import process

_logger = logging.getLogger(__name__)

# Longer than a request takes; whoever stops the server may be less patient.
PATIENCE_SECONDS = 80


class Running:
    """Count what runs: ``with`` it; `end` asks it to end and waits."""

    def __init__(self):
        self._changed = threading.Condition()
        self._count = 0
        self._told = False

    @property
    def ending(self):
        """Tell whether nothing more may be claimed, as this process is about to end."""
        return self._told or process.is_ending()

    def __enter__(self):
        with self._changed:
            self._count += 1

    def __exit__(self, *_):
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def end(self, seconds=PATIENCE_SECONDS):
        """Let nothing more be claimed and wait for what is on the wire.

        :param seconds: how long to wait
        :return: whether all has ended
        """
        self._told = True
        with self._changed:
            if self._count:
                _logger.info("Waiting for the SMS that are on the wire")
            return self._changed.wait_for(lambda: not self._count, seconds)


#: those of this process
running = Running()
