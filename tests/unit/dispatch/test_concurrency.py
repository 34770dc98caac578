"""How many requests a gateway finds out to be right, and how dispatchers share them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from su_sms.dispatch.timing import concurrency
from su_sms.dispatch.timing.concurrency import BEGIN, LEASE, Seen

MOST = 64
LATENCY = 0.2


@dataclass
class World:
    """A provider, dispatchers that have always work, and a clock of their own.

    :ivar capacity: requests that the provider works on in a second; 0: any number
    :ivar queue: how many more may wait before it refuses
    :ivar latency: seconds that a request takes alone, by the time
    """

    dispatchers: int = 1
    capacity: float = 0
    queue: float = 40
    latency: Callable[[float], float] = lambda _now: LATENCY
    now: float = 0.0
    done: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    peak: int = 0

    def __post_init__(self) -> None:
        self.state = concurrency.new(MOST, 0.0)
        self._free_at = 0.0
        self._way: list[tuple[float, int, float, str | None]] = []

    def run(self, seconds: float) -> World:
        """Let so much time pass."""
        many = range(self.dispatchers)
        looks = [0.2 * each / self.dispatchers for each in many]
        slots, busy = [0 for _ in many], [0 for _ in many]
        seen: list[list[Seen]] = [[] for _ in many]
        while self.now < seconds:
            for each in many:
                if looks[each] <= self.now:
                    looks[each] += concurrency.pause(self.state)
                    slots[each] = self._look(each, seen[each], slots[each], busy[each])
                while busy[each] < slots[each]:
                    busy[each] += 1
                    self._send(each)
            self.peak = max(self.peak, len(self._way))
            self.now = min([*looks, *(at for at, *_rest in self._way[:1])])
            while self._way and self._way[0][0] <= self.now:
                _at, each, begun, reason = heapq.heappop(self._way)
                busy[each] -= 1
                seen[each].append(Seen(1, self.now - begun, reason))
                (self.refused if reason else self.done).append(self.now)
        return self

    def rate(self, since: float, until: float) -> float:
        """Return how many requests a second were taken."""
        return sum(since <= at < until for at in self.done) / (until - since)

    def _look(self, each: int, seen: list[Seen], slots: int, busy: int) -> int:
        state = concurrency.known(self.state, MOST, self.now)
        part = min(slots / concurrency.total(state), 1.0)
        if learnt := concurrency.learn(state, seen, MOST, self.now, part=part):
            state = learnt
            seen.clear()
        state, slots, _fair = concurrency.share(state, str(each), MOST, busy, self.now)
        self.state = state
        held = sum(one[2] for one in state["shares"])
        assert slots == 0 or held <= MOST
        return slots

    def _send(self, each: int) -> None:
        took, reason = self.latency(self.now), None
        if self.capacity:
            wait = max(self._free_at - self.now, 0.0)
            if wait * self.capacity > self.queue:
                reason = "throttled"
            else:
                self._free_at = self.now + wait + 1 / self.capacity
                took += wait
        heapq.heappush(self._way, (self.now + took, each, self.now, reason))


@pytest.mark.parametrize("dispatchers", [1, 2, 4])
@pytest.mark.parametrize("queue", [15, 40, 1000])
def test_what_a_provider_takes_is_found_out(dispatchers, queue):
    world = World(dispatchers, capacity=150, queue=queue).run(60)

    assert world.rate(10, 60) >= 0.9 * 150
    assert len(world.refused) <= 0.01 * len(world.done)


@pytest.mark.parametrize("dispatchers", [1, 2, 4])
def test_where_there_is_no_limit_all_are_used_soon(dispatchers):
    world = World(dispatchers).run(20)

    assert world.rate(5, 20) >= 0.95 * MOST / LATENCY
    assert world.peak == MOST


def test_a_provider_that_gets_slow_is_not_pushed_over():
    world = World(latency=lambda now: LATENCY if now < 10 else 3 * LATENCY)
    world.run(20)
    assert concurrency.total(world.state) <= BEGIN + 2


def test_what_has_become_the_usual_is_found_out_too():
    world = World(latency=lambda now: LATENCY if now < 10 else 3 * LATENCY)
    world.run(80)
    assert world.rate(60, 80) >= 0.9 * MOST / (3 * LATENCY)


def test_it_does_not_creep_up_on_a_provider_at_its_limit():
    world = World(capacity=150, queue=1000).run(300)
    assert concurrency.total(world.state) < 2 * 150 * LATENCY
    assert world.rate(10, 300) >= 0.95 * 150


def test_requests_for_many_numbers_are_compared_with_their_like():
    state = concurrency.new(MOST, 0.0)
    for now in range(1, 20):
        seen = [Seen(1, 0.2), Seen(1, 0.2), Seen(500, 2.0), Seen(500, 2.0)]
        state = concurrency.learn(state, seen, MOST, float(now))
    assert concurrency.total(state) == MOST


@pytest.mark.parametrize("reason", ["throttled", "busy", "timeout"])
def test_a_wave_that_is_refused_halves_once(reason):
    state = {**concurrency.new(MOST, 0.0), "limit": 40.0}
    for now in (100.0, 100.2, 100.4):
        state = concurrency.learn(state, [Seen(1, 0.5, reason)] * 9, MOST, now)
    assert concurrency.total(state) == 20
    state = concurrency.learn(state, [Seen(1, 0.5, reason)], MOST, 102.0)
    assert concurrency.total(state) == 10


@pytest.mark.parametrize("reason", ["auth", "down", "tls"])
def test_what_is_no_matter_of_how_many_changes_nothing(reason):
    state = concurrency.new(MOST, 0.0)
    assert concurrency.learn(state, [Seen(1, 0.5, reason)] * 9, MOST, 9.0) is None


def test_without_work_nothing_grows():
    state = concurrency.new(MOST, 0.0)
    seen = [Seen(1, 0.2)] * 9
    for now in range(1, 20):
        state = concurrency.learn(state, seen, MOST, float(now), full=False)
    assert concurrency.total(state) == BEGIN


def test_after_a_while_nothing_is_known_any_more():
    state = {**concurrency.new(MOST, 0.0), "limit": 64.0}
    assert concurrency.total(concurrency.known(state, MOST, 299.0)) == 64
    assert concurrency.total(concurrency.known(state, MOST, 301.0)) == BEGIN
    assert concurrency.total(concurrency.known(state, 5, 299.0)) == 5
    assert concurrency.total(concurrency.known(None, 5, 0.0)) == 5


def test_a_clock_that_is_put_back_leaves_nobody_waiting_for_it():
    state = {**concurrency.new(8, 5000.0), "cut_at": 5000.0}
    state, _slots, _fair = concurrency.share(state, "a", 8, 8, 5000.0)
    state = concurrency.known(state, 8, 1000.0)
    state, slots, _fair = concurrency.share(state, "b", 8, 0, 1000.0)
    assert slots == 8
    refused = concurrency.learn(state, [Seen(1, 0.5, "busy")], 8, 1001.0)
    assert concurrency.total(refused) == 4


def test_who_comes_later_gets_what_others_give_back():
    state = concurrency.new(8, 0.0)
    state, slots, _fair = concurrency.share(state, "a", 8, 0, 0.0)
    assert slots == 8
    state, slots, fair = concurrency.share(state, "b", 8, 0, 0.1)
    assert (slots, fair) == (0, 4)
    state, slots, _fair = concurrency.share(state, "a", 8, 7, 0.5)
    assert slots == 4
    state, slots, _fair = concurrency.share(state, "b", 8, 0, 0.6)
    assert slots == 1
    state, _slots, _fair = concurrency.share(state, "a", 8, 4, 1.0)
    state, slots, _fair = concurrency.share(state, "b", 8, 1, 1.1)
    assert slots == 4


@pytest.mark.parametrize("known_to_have_ended", [True, False])
def test_what_one_had_who_was_killed_is_free_again(known_to_have_ended):
    state, _slots, _fair = concurrency.share(concurrency.new(8, 0.0), "a", 8, 8, 0.0)
    later = 0.1 if known_to_have_ended else LEASE + 0.1
    _state, slots, _fair = concurrency.share(
        state, "b", 8, 0, later, lambda key: known_to_have_ended and key == "a"
    )
    assert slots == 8


def test_who_has_ended_leaves_nothing():
    state, _slots, _fair = concurrency.share(concurrency.new(8, 0.0), "a", 8, 0, 0.0)
    assert concurrency.leave(state, "a")["shares"] == []


@given(st.integers(0, 100), st.lists(st.integers(0, 70), max_size=9))
def test_division_is_fair_and_leaves_nothing_that_somebody_wants(count, wants):
    given_ = concurrency.divide(count, wants)
    assert all(got <= wanted for got, wanted in zip(given_, wants, strict=True))
    assert sum(given_) == min(count, sum(wants))
    pairs = itertools.permutations(zip(given_, wants, strict=True), 2)
    for (got, wanted), (other, _) in pairs:
        assert got == wanted or got >= other - 1


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 64), st.floats(0.1, 5.0)),
        max_size=60,
    )
)
def test_together_they_have_never_more_than_there_are(looks):
    state, now = concurrency.new(16, 0.0), 0.0
    busy = dict.fromkeys(range(5), 0)
    for each, wanted, pause in looks:
        now += pause
        state = concurrency.known(state, 16, now)
        state, slots, _fair = concurrency.share(
            state, str(each), wanted, busy[each], now
        )
        before = sum(busy.values())
        busy[each] = max(busy[each], slots)
        alive = {one[0] for one in state["shares"]}
        for gone in set(busy) - {int(key) for key in alive}:
            busy[gone] = 0
        after = sum(busy.values())
        assert after <= max(before, concurrency.total(state))
        # Some of it comes back.
        busy[each] = busy[each] // 2
