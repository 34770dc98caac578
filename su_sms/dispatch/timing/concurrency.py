"""How many requests a gateway may have under way, and how dispatchers share them.

Nobody publishes how much a provider takes, and what it takes changes. So a gateway
begins with few requests and finds out: it adds more while they take about as long as
when there were few, takes back what only waits in a queue over there (FAST TCP: Wei,
Jin, Low, Hegde 2006), and halves when it is refused or hears nothing (AIMD). Now and
then it goes down to half for a moment, to see how long a request takes that does not
wait (as BBR does: Cardwell et al. 2016).

Pure: all is in one state, a dict as JSON has it, which belongs to a gateway and is
changed by one dispatcher at a time. Times are seconds of one clock for all, the
database's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

# Requests at once of a gateway of which nothing is known.
BEGIN = 8
# Seconds after which nothing is known any more.
FORGET = 300.0
# A request may take this much longer than alone, and so many may wait over there.
TOLERANCE = 1.2
QUEUE = 4.0
# Seconds between two looks, at the beginning and later. At the beginning it grows by
# this at each; then it goes half of the way.
SOON, LATER = 0.2, 0.5
GROWTH = 1.5
STEP = 0.5
# Looks at fewer requests than this tell nothing.
ENOUGH = 4
# How often it is measured how long a request takes that waits for no other, and how
# long that lasts at least.
MEASURE_EVERY = 30.0
MEASURE = 1.0
# What the provider says, or does not say, when it has too much to do.
TOO_MUCH = frozenset({"throttled", "busy", "timeout"})
# A dispatcher that has not said for so long that it lives has none any more.
LEASE = 20.0


class Seen(NamedTuple):
    """One request: for how many numbers, how many seconds it took, why it failed."""

    numbers: int
    seconds: float
    reason: str | None = None


State = dict[str, Any]


def new(most: int, now: float) -> State:
    """Return the state of a gateway of which nothing is known."""
    return {
        "limit": float(min(BEGIN, most)),
        "starting": True,
        "best": {},
        "cut_at": 0.0,
        "measured_at": now,
        "measuring_since": None,
        "alive_at": 0.0,
        "at": now,
        "shares": [],
    }


# ------------------------------------------------------------
# How many
# ------------------------------------------------------------


def known(state: State | None, most: int, now: float) -> State:
    """Return a state that may be trusted now, at most ``most`` at once."""
    if not state or now < state["at"] - LEASE:
        # Nothing, or of a clock that has been put back, or of another database's: all
        # who live say so again.
        return new(most, now)
    if now - state["at"] > FORGET:
        return {**new(most, now), "shares": state["shares"]}
    return {**state, "limit": min(state["limit"], float(most)), "at": now}


def total(state: State) -> int:
    """Return how many requests may be under way at once, 1 or more."""
    limit = state["limit"]
    return max(int(limit / 2 if state["measuring_since"] is not None else limit), 1)


def pause(state: State) -> float:
    """Return after how many seconds a dispatcher looks again at the latest."""
    return SOON if state["starting"] else LATER


def learn(
    state: State,
    seen: Sequence[Seen],
    most: int,
    now: float,
    *,
    full: bool = True,
    part: float = 1.0,
) -> State | None:
    """Return the state after some requests, which are all since the last look.

    :param full: whether there was work for more; else nothing grows
    :param part: which part of all requests under way these are of
    :return: the state, or None if they are too few to tell anything
    """
    if any(each.reason in TOO_MUCH for each in seen):
        return _cut(state, seen, now)
    means = _means(each for each in seen if each.reason is None)
    if sum(count for count, _mean in means.values()) < ENOUGH:
        return None
    if state["measuring_since"] is not None:
        return _measured(state, means, now)
    best = {size: mean for size, (_count, mean) in means.items()}
    for size, mean in state["best"].items():
        best[size] = min(mean, best.get(size, mean))
    state = {**state, "best": best}
    state = _grown(state, _ease(best, means), full, part, most)
    if now - state["measured_at"] >= MEASURE_EVERY:
        state["measuring_since"] = now
    return state


def _cut(state, seen, now):
    """Halve, once for all that was under way when the first was refused."""
    longest = max(each.seconds for each in seen)
    if now - state["cut_at"] < max(longest, MEASURE):
        return state
    limit = max(state["limit"] / 2, 1.0)
    return {**state, "limit": limit, "starting": False, "cut_at": now}


def _measured(state, means, now):
    """End the measuring when what was under way before it has come back."""
    slowest = max(mean for _count, mean in means.values())
    if now - state["measuring_since"] < max(MEASURE, 2 * slowest):
        return state
    best = {size: mean for size, (_count, mean) in means.items()}
    return {
        **state,
        "best": {**state["best"], **best},
        "measured_at": now,
        "measuring_since": None,
    }


def _grown(state, ease, full, part, most):
    limit, starting = state["limit"], state["starting"]
    starting = starting and ease == 1.0
    if starting:
        wanted = limit * GROWTH**part
    else:
        wanted = limit + STEP * part * (limit * ease + QUEUE - limit)
    if wanted > limit and not full:
        wanted = limit
    wanted = min(max(wanted, 1.0), float(most))
    return {**state, "limit": wanted, "starting": starting and wanted < most}


def _ease(best, means):
    """Return which share of requests would not wait over there: 1.0 is all."""
    count = sum(count for count, _mean in means.values())
    ease = sum(count * best[size] / mean for size, (count, mean) in means.items())
    return min(TOLERANCE * ease / count, 1.0)


def _means(seen: Iterable[Seen]):
    """Return {size: (how many, mean seconds)}; like sizes are compared only."""
    seconds = defaultdict(list)
    for each in seen:
        # JSON's keys are text.
        seconds[str(each.numbers.bit_length())].append(max(each.seconds, 1e-3))
    return {size: (len(all_), sum(all_) / len(all_)) for size, all_ in seconds.items()}


# ------------------------------------------------------------
# Whose
# ------------------------------------------------------------


def share(
    state: State,
    key: str,
    wanted: int,
    busy: int,
    now: float,
    ended: Callable[[str], bool] = lambda _key: False,
) -> tuple[State, int, int]:
    """Give a dispatcher its share of a gateway's requests.

    Whoever has more than their share gives back what returns, at their next look;
    who has less gets what is free meanwhile. So there are never more than ``total``.

    :param wanted: how many it could use, ``busy`` of which are under way
    :param ended: whether the dispatcher of a key has certainly ended
    :return: the state, how many it may have under way now, and how many as soon as
        others have given back
    """
    shares = [
        one
        for one in state["shares"]
        if one[0] == key or (now - one[3] < LEASE and not ended(one[0]))
    ]
    if all(one[0] != key for one in shares):
        shares.append([key, 0, 0, now])
    most = total(state)
    wants = [max(wanted, busy) if one[0] == key else one[1] for one in shares]
    place = next(i for i, one in enumerate(shares) if one[0] == key)
    fair = divide(most, wants)[place]
    others = sum(one[2] for one in shares if one[0] != key)
    slots = max(min(fair, most - others), 0)
    shares[place] = [key, wants[place], max(slots, busy), now]
    return {**state, "shares": shares}, slots, fair


def leave(state: State, key: str) -> State:
    """Return the state without a dispatcher that has ended."""
    return {**state, "shares": [one for one in state["shares"] if one[0] != key]}


def divide(count: int, wants: Sequence[int]) -> list[int]:
    """Divide so that nobody has more than they want, and else nobody more than others.

    What can't be divided goes to the first.
    """
    given = [0] * len(wants)
    hungry = [place for place, wanted in enumerate(wants) if wanted]
    while count and hungry:
        each = max(count // len(hungry), 1)
        for place in hungry[:count]:
            more = min(each, wants[place] - given[place])
            given[place] += more
            count -= more
        hungry = [place for place in hungry if given[place] < wants[place]]
    return given
