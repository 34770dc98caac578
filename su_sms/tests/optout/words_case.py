"""What tests of incoming words start from."""

from datetime import datetime, timedelta

from .blacklist_case import NUMBER, BlacklistCase

SHORT_CODE = "21512"


class WordsCase(BlacklistCase):
    """Somebody who writes to a short code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.words = cls.env["sms.optout.word"]
        cls.now = datetime(2026, 3, 2, 9, 0)
        cls.sent = 0

    def write_in(self, text, minutes=0, number=NUMBER):
        """Let somebody write to the short code; return the event."""
        type(self).sent += 1
        date = self.now + timedelta(minutes=minutes)
        return self.receive(
            "incoming",
            id=f"in-{self.sent}",
            **{"from": number},
            to=SHORT_CODE,
            text=text,
            date=date.strftime("%Y-%m-%d %H:%M:%S"),
        )
