"""What tests of campaigns start from."""

import base64
from datetime import datetime

from ..tools import transactions
from .common import GatewayCase

NOON = datetime(2026, 3, 2, 9)  # in Nairobi
NIGHT = datetime(2026, 3, 2, 19)


class CampaignCase(GatewayCase):
    """A gateway to the simulator, and ways to make campaigns in a line."""

    def campaign(self, *audiences, as_user=None, **values):
        """Create a campaign to these audiences, by default the administrator's."""
        author = as_user or self.env.ref("base.user_admin")
        campaigns = self.env["sms.campaign"].with_user(author)
        return campaigns.create(
            {
                "name": "Exams",
                "body": "Exams begin on Monday.",
                "gateway_id": self.gateway.id,
                "optout": "none",
                "audience_ids": [(0, 0, audience) for audience in audiences],
                **values,
            }
        ).with_env(self.env)

    def contacts(self, *phones):
        """Create contacts with these numbers."""
        return self.env["res.partner"].create(
            [{"name": f"Person {n}", "phone": phone} for n, phone in enumerate(phones)]
        )

    def numbers(self, text):
        """Return an audience of pasted numbers."""
        return {"kind": "numbers", "numbers": text}

    def records(self, records):
        """Return an audience of records."""
        return {
            "kind": "model",
            "model_id": self.env["ir.model"]._get_id(records._name),
            "domain": repr([("id", "in", records.ids)]),
        }

    def file(self, content, name="people.csv"):
        """Return an audience of an uploaded file."""
        if isinstance(content, str):
            content = content.encode()
        return {
            "kind": "file",
            "file": base64.b64encode(content),
            "file_name": name,
        }

    def left_out(self, campaign):
        """Return how many are left out, by reason."""
        return {each.reason: each.count for each in campaign.left_out_ids}

    def run_campaign(self, campaign):
        """Launch a campaign and let the jobs run to its end."""
        campaign._launch()
        self.work()
        self.assertEqual(campaign.state, "done")

    def work(self):
        """Let the jobs run: prepare, dispatch, end."""
        self.env["sms.campaign"]._work()
        self.env["sms.sms"]._process_outbox()
        self.env["sms.campaign"]._work()
        self.env.invalidate_all()


class RunCase(CampaignCase):
    """Campaigns to numbers, run at a given time."""

    def many(self, count, **values):
        text = "\n".join(f"+2547120{n:05d}" for n in range(count))
        return self.campaign(self.numbers(text), **values)

    def at(self, moment):
        """Let it be this time for what decides when a message may go."""
        self.patch(transactions, "_now", lambda: moment)
