"""Why a message waits: decided here for message, campaign, dashboard and composer.

It asks the lanes that claims go by, so that what is said is what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .lanes import lanes, paced_until
from .timing import pace

# In the order in which they stop a message; a hold's own reason has a list of its own.
REASONS = (
    "paused_campaign",
    "preparing",
    "hold",
    "balance",
    "window",
    "budget",
    "day_budget",
    "pace",
    "hour_limit",
    "next_try",
    "nobody",
    "next",
)
# What could go leaves within seconds, and Odoo's jobs run every ten minutes: what
# nobody has touched for this long stands still.
STILL = timedelta(minutes=15)


@dataclass(frozen=True)
class Why:
    """Why messages of a gateway wait, as it was a moment ago.

    :ivar held: nothing leaves through the gateway
    :ivar closed: {(class, campaign id or 0): why its lane is closed}
    :ivar without: {the same: ids of companies whose daily budget is spent}
    :ivar paced: the gateway's own pace is reached
    :ivar nobody: no dispatcher has run for long
    """

    held: bool
    closed: dict
    without: dict
    paced: bool
    nobody: bool = False

    def reason(self, message_class, campaign, company_id, own):
        """Return one of REASONS.

        :param campaign: id of its campaign (0: none) and this campaign's state
        :param own: what only this message waits for: "hour_limit", "next_try" or "next"
        """
        campaign_id, state = campaign
        if state == "paused":
            return "paused_campaign"
        if state == "preparing":
            return "preparing"
        if self.held:
            return "hold"
        lane = (message_class, campaign_id)
        if lane in self.closed:
            return self.closed[lane]
        if company_id in self.without.get(lane, ()):
            return "day_budget"
        if own != "next":
            return own
        if self.paced:
            return "pace"
        return "nobody" if self.nobody else "next"


def why(cr, gateway, held, now):
    """Look why messages of a gateway wait.

    :param gateway: its ``outbox.Gateway``
    :param held: whether nothing leaves through it now
    """
    found = lanes(cr, gateway, now)
    until = paced_until(cr, gateway, 0) if gateway.pace else None
    return Why(
        held=bool(held),
        closed={
            (lane.message_class, lane.campaign): lane.reason
            for lane in found
            if lane.room < 1
        },
        without={(lane.message_class, lane.campaign): lane.without for lane in found},
        paced=bool(gateway.pace) and not pace.room(until, gateway.pace, now),
        nobody=_nobody_runs(cr, now),
    )


def _nobody_runs(cr, now):
    """Tell whether the last run of a dispatcher is long ago.

    Where none has ever run, as just after the installation, the first is waited for.
    """
    cr.execute("SELECT at FROM sms_run WHERE job = 'dispatch'")
    found = cr.fetchone()
    return bool(found) and found[0] < now - STILL
