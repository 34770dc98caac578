"""What tests of opt-outs start from."""

from ..common import GatewayCase

NUMBER = "+254712345678"


class BlacklistCase(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phones = cls.env["phone.blacklist"]
        cls.blacklist = cls.env["sms.blacklist"]
        cls.consents = cls.env["sms.consent"]

    def entry(self, number=NUMBER):
        """Return the entry of a number, on the list or off it."""
        return self.blacklist.with_context(active_test=False).search(
            [("number", "=", number)]
        )

    def history(self, number=NUMBER):
        """Return (kind, reason, channel) of what is on record, oldest first."""
        lines = self.consents.search([("number", "=", number)], order="id")
        return [(line.kind, line.reason, line.channel) for line in lines]

    def receive(self, kind, **given):
        """Store an event as the controller does, and apply it."""
        events = self.env["sms.gateway.event"]
        events._receive(self.gateway.id, kind, list(given.items()))
        events._apply_inbox()
        return events.search([], limit=1)

    def promote(self, *numbers):
        """Queue promotional messages, dispatch, and give them."""
        messages = self.queue(*numbers, message_class="promotional")
        self.env["sms.sms"]._process_outbox()
        return messages
