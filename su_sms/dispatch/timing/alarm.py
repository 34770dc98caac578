"""An alarm of this process: what is due in a while is done when it is due.

Odoo looks for due jobs once a minute, and at once only where a NOTIFY reaches it, which
it does not through every pooler.
"""

from __future__ import annotations

import threading
import time


class Alarm:
    """Rings once for a key, at the earliest of the times for which it was set."""

    def __init__(self):
        self._changed = threading.Condition()
        self._at = {}

    def set(self, key, seconds, ring):
        """Call ``ring()`` in a thread in so many seconds, or sooner if asked again.

        :param ring: must not raise; that of who asked first is called
        :raises RuntimeError: there is no thread to be had
        """
        at = time.monotonic() + seconds
        with self._changed:
            if key in self._at:
                self._at[key] = min(at, self._at[key])
                self._changed.notify_all()
                return
            self._at[key] = at
        # A daemon: a process that ends waits for no alarm.
        thread = threading.Thread(
            target=self._wait, args=(key, ring), name="su_sms.alarm", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            with self._changed:
                del self._at[key]
            raise

    def _wait(self, key, ring):
        with self._changed:
            while (left := self._at[key] - time.monotonic()) > 0:
                self._changed.wait(left)
            del self._at[key]
        ring()
