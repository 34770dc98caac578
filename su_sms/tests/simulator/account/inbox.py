"""Messages that phones sent to the account."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any


@dataclass
class Incoming:
    """One message from a phone to a short code."""

    number: int
    sender: str
    to: str
    text: str
    time: float = field(default_factory=time.time)
    link: str = field(default_factory=lambda: uuid.uuid4().hex)

    def fetched(self) -> dict[str, Any]:
        """Return the message as AT's fetch lists it; the id is a cursor."""
        milliseconds = f"{self._moment.microsecond // 1000:03}"
        return {
            "linkId": self.link,
            "text": self.text,
            "to": self.to,
            "id": self.number,
            "date": f"{self._moment:%Y-%m-%dT%H:%M:%S}.{milliseconds}Z",
            "from": self.sender,
        }

    def posted(self) -> dict[str, str]:
        """Return the message as AT posts it; the id is opaque."""
        return {
            "linkId": self.link,
            "text": self.text,
            "to": self.to,
            "id": str(uuid.uuid4()),
            "date": f"{self._moment:%Y-%m-%dT%H:%M:%SZ}",
            "from": self.sender,
        }

    @property
    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.time, timezone.utc)
