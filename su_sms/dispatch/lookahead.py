"""What goes next, in chunks: looked up a little ahead of the room there is for it."""

from __future__ import annotations

import json
import time
from collections import deque

# Seconds for which a look is good: what has become urgent meanwhile waits this long.
GOOD_FOR = 0.1
# Chunks that are kept of a look: more than a wire is wide.
PREFETCH = 64
OF_LANE = ("message_class", "campaign", "sender", "room", "without")

LOOK = """
    WITH lanes AS (
        SELECT * FROM json_to_recordset(%(lanes)s)
               AS l(message_class text, campaign int, sender text, room int,
                    without int[])
    ), head AS MATERIALIZED (
        SELECT picked.*, lanes.sender
          FROM lanes
    CROSS JOIN LATERAL (
                SELECT id, priority, number, attempts,
                       -- with a link of its own it shares a request with no other
                       md5(CASE WHEN optout_link THEN id::text
                                ELSE body END)::uuid AS text
                  FROM sms_sms
                 WHERE state = 'outgoing'
                   AND gateway_id = %(gateway)s
                   AND message_class = lanes.message_class
                   AND coalesce(campaign_id, 0) = lanes.campaign
                   AND coalesce(company_id, 0) <> ALL(lanes.without)
                   AND to_delete IS NOT TRUE
                   AND (not_before IS NULL OR not_before <= %(now)s)
                   AND (%(ids)s IS NULL OR id = ANY(%(ids)s))
              -- a probe is the message tried least: none can block all others
              ORDER BY CASE WHEN %(probing)s THEN coalesce(attempts, 0) END,
                       priority DESC, id
                 LIMIT lanes.room
               ) AS picked
      ORDER BY CASE WHEN %(probing)s THEN coalesce(attempts, 0) END,
               priority DESC, id
         LIMIT %(most)s
    ), copies AS (
        -- a number may stand only once in a request: AT answers by number
        SELECT *, row_number() OVER (
                   PARTITION BY priority, text, sender, number ORDER BY id) AS copy
          FROM head
    ), places AS (
        SELECT *, (row_number() OVER (
                   PARTITION BY priority, text, sender, copy ORDER BY id) - 1)
                   / %(size)s AS nth
          FROM copies
    )
    SELECT array_agg(id ORDER BY id)
      FROM places
  GROUP BY priority, text, sender, copy, nth
  ORDER BY priority DESC, min(id)
     LIMIT %(chunks)s
"""


class LookAhead:
    """The next chunks of a gateway's queue, as they were a moment ago.

    A look costs what the messages cost that it looks at, though a chunk of its own
    text may hold but one. So what is left of it serves the next claims, for a moment.
    Nothing is reserved: whoever takes a chunk checks each of its messages.

    :param ids: only these messages (a list), or None for any
    """

    def __init__(self, ids=None):
        self._ids = ids
        self._chunks = deque()
        self._good_until = 0.0

    @property
    def is_stale(self):
        """Tell whether there is nothing left, or it is too old."""
        return not self._chunks or time.monotonic() >= self._good_until

    def refill(self, cr, gateway, lanes, now, most, chunks):
        """See what is next now: urgent before normal before bulk, then oldest first.

        :param lanes: those that are open
        :param most: look at so many messages at most
        :param chunks: see so many chunks at most
        """
        lanes = [{name: getattr(lane, name) for name in OF_LANE} for lane in lanes]
        cr.execute(
            LOOK,
            {
                "lanes": json.dumps(lanes),
                "gateway": gateway.id,
                "probing": gateway.probing,
                "now": now,
                "ids": self._ids,
                "most": most,
                "size": gateway.chunk_size,
                "chunks": chunks,
            },
        )
        self._chunks = deque(chunk for (chunk,) in cr.fetchall())
        self._good_until = time.monotonic() + GOOD_FOR

    def pop(self, count):
        """Return the next chunks, so many at most, as lists of messages' ids."""
        count = min(count, len(self._chunks))
        return [self._chunks.popleft() for _nth in range(count)]
