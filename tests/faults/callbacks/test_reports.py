"""Delivery reports in any order, while sending goes on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl

from dev.process import wait_until
from dev.server import OdooServer

from ..system import System, messages
from ..workers import Worker
from .events import (
    deadlocks,
    give_up_waiting,
    path,
    payloads,
    server_errors,
    states,
    until_applied,
)
from .posting import Post, post_all

CONNECTIONS = 6
# Long enough that a report overtakes the answer to the send, and small enough rounds.
LATENCY = 2.0
ROUND = 20
DUPLICATED, EARLY, UNKNOWN = 0.2, 0.1, 0.05
SEND_SECONDS = 900

# Statuses of a message, each with its reason -> its state and failure at the end.
HISTORIES = [
    (["Success"], ("sent", None)),
    (["Sent", "Success"], ("sent", None)),
    (["Sent", "Submitted", "Buffered"], ("pending", None)),
    (["Submitted"], ("pending", None)),
    (["Buffered", "Failed UserInBlackList"], ("error", "sms_blocked")),
    (["Failed DeliveryFailure"], ("error", "sms_not_delivered")),
    (["Sent", "Rejected"], ("error", "sms_rejected")),
    (["AbsentSubscriber", "Success"], ("sent", None)),
    (["AbsentSubscriber"], ("error", "sms_not_delivered")),
    (["Expired", "Sent"], ("error", "sms_expired")),
]
REPORTS_EACH = sum(len(statuses) for statuses, _end in HISTORIES) / len(HISTORIES)


def test_reports_shuffled_duplicated_early_and_unknown_while_sending_goes_on(
    system: System, worker: Worker, server: OdooServer, rng: random.Random, long: bool
) -> None:
    reports = 20_000 if long else 2_000
    unknown = int(reports * UNKNOWN)
    count = round(reports * (1 - DUPLICATED - UNKNOWN) / REPORTS_EACH)
    system.admin.settings(latency_ms=LATENCY * 1000)
    worker.queue(messages(count, body="Exams begin on Monday."))
    server.start()
    provider = Provider(system, rng, count, unknown)

    assert wait_until(lambda: provider.post_some(server.url), SEND_SECONDS, every=0)

    assert Counter(provider.statuses) == {200: len(provider.posted)}
    assert len(provider.posted) >= 0.95 * reports
    stored = Counter(
        json.dumps(parse_qsl(post.body.decode())) for post in provider.posted
    )
    assert payloads(system) == stored
    until_applied(system)
    give_up_waiting(system)
    until_applied(system, waiting=True)

    assert states(system) == {
        "applied": len(provider.posted) - unknown,
        "unmatched": unknown,
    }
    rows = system.sql("SELECT number, state, failure_type FROM sms_sms")
    wrong = [row for row in rows if row[1:] != provider.ends[row[0]]]
    assert len(rows) == count and not wrong, wrong[:5]
    assert system.admin.summary()["most_repeated"] == 1
    # else it told nothing
    assert provider.early(system) >= 0.5 * EARLY * reports
    server.stop()
    assert deadlocks(system) == 0
    errors = server_errors(server)
    assert not errors, errors[:3]


class Provider:
    """Reports on what the simulator accepts, in rounds.

    :ivar posted: what was posted, with the answers' ``statuses``
    :ivar ends: by number, what is to become of its message
    """

    def __init__(
        self, system: System, rng: random.Random, count: int, unknown: int
    ) -> None:
        self._system = system
        self._rng = rng
        self._count = count
        self._path = path(system)
        self._accepted: dict[str, list[Post]] = {}
        self._seen = 0
        self._pool = [
            self._post(f"ATXid_unknown_{n}", "+254711099999", "Success")
            for n in range(unknown)
        ]
        self.posted: list[Post] = []
        self.statuses: list[int] = []
        self.ends: dict[str, tuple[str, str | None]] = {}

    def post_some(self, url: str) -> bool:
        """Post a round; tell whether it was the last."""
        now = list(self._just_accepted())
        self._pool += self._recorded()
        self._rng.shuffle(self._pool)
        done = self._seen == self._count and not self._accepted
        taken = len(self._pool) if done else min(ROUND, len(self._pool) // 2)
        now += [self._pool.pop() for _ in range(taken)]
        self.statuses += post_all(url, now, CONNECTIONS)
        self.posted += now
        return done

    def early(self, system: System) -> int:
        """Count the reports that came before their message was recorded."""
        [(count,)] = system.sql(
            "SELECT count(*) FROM sms_gateway_event e JOIN sms_sms s ON s.id = e.sms_id"
            " WHERE e.create_date < s.accepted_at"
        )
        return count

    def _just_accepted(self) -> Iterator[Post]:
        """Return reports on messages whose sender does not know yet that they left."""
        new = self._system.admin.ledger(offset=self._seen)
        self._seen += len(new)
        for entry in new:
            statuses, self.ends[entry["number"]] = self._rng.choice(HISTORIES)
            reports = [self._post(entry["id"], entry["number"], s) for s in statuses]
            for report in reports:
                if self._rng.random() < DUPLICATED / (1 - DUPLICATED):
                    self._pool.append(report)
                if self._rng.random() < EARLY / (1 - DUPLICATED):
                    yield report
                else:
                    self._accepted.setdefault(entry["id"], []).append(report)

    def _recorded(self) -> Iterator[Post]:
        """Return the other reports on messages that are on record now."""
        rows = self._system.sql(
            "SELECT provider_message_id FROM sms_sms"
            " WHERE provider_message_id = ANY(%s)",
            [list(self._accepted)],
        )
        for (message_id,) in rows:
            yield from self._accepted.pop(message_id)

    def _post(self, message_id: str, number: str, status: str) -> Post:
        word, _, reason = status.partition(" ")
        fields = {"phoneNumber": number, "id": message_id, "status": word}
        return Post.form(self._path, **fields, **{"failureReason": reason or "-"})
