"""How many of very many are gone through before the clock is looked at again."""

import time

#: the first are few: what one takes is not known yet
FIRST = 200
#: how many there are at most, since the next may take longer than those before
MOST = 1000
#: how fast the number grows, how long these should take, and when they are given up
GROWTH, SECONDS, SLOW = 4, 0.5, 1.0


class Slices:
    """Go through many within so many seconds, some at a time.

    :param seconds: about how long it all may take
    :param clock: gives seconds
    """

    def __init__(self, seconds, clock=time.monotonic):
        self._clock = clock
        self._began = clock()
        self._until = self._began + seconds
        self._some = 0

    @property
    def is_over(self):
        """Tell whether the time is up."""
        return self._clock() >= self._until

    @property
    def is_slow(self):
        """Tell whether the last ones take far longer than they should."""
        return self._clock() - self._began >= SLOW

    def only(self, count):
        """Note that fewer of the last ones were gone through, at least one."""
        self._some = count

    def some(self, most):
        """Return how many to go through next, by what those before have taken.

        :param most: how many there may be
        """
        now = self._clock()
        if self._some:
            took = max(now - self._began, 1e-3)
            left = min(SECONDS, max(self._until - now, 0))
            grown = min(self._some * GROWTH, int(self._some * left / took))
            self._some = max(FIRST // GROWTH, min(grown, MOST))
        else:
            self._some = FIRST
        self._began = now
        self._some = min(self._some, most)
        return self._some
