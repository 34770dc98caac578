from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.transactions import utcnow

HOUR = timedelta(hours=1)
# The first key of the advisory locks of whose turn it is; the second is a user's id.
TURN = 1_297_303_379
# How a note that goes by SMS came about. Objects, which no request contains.
POSTED, CAUSED = object(), object()


class SmsSms(models.Model):
    """How much one user may send in an hour.

    A brake on mistakes and on stolen passwords. What somebody sends from a composer is
    refused if it is more; what Odoo sends by itself while they work, such as automation
    rules, waits for its hour, as its record has to be saved all the same. What somebody
    posts themselves counts with what they send from composers, and waits as well.
    However much is sent side by side, one transaction of a user waits for the other.
    """

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.sms"

    from_composer = fields.Boolean(
        readonly=True, copy=False, help="Sent manually, not automatically by Odoo."
    )
    hour_parts = fields.Integer(
        readonly=True, copy=False, help="What it counts towards the hourly limit."
    )
    held_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the sender's hourly limit allows it to be sent.",
    )

    _held_idx = models.Index(
        "(gateway_id, create_uid, held_until) WHERE held_until IS NOT NULL"
    )

    @api.model
    def _within_hour(self, vals_list):
        """Return values of which no more leave in an hour than their gateway lets.

        Jobs are no user, and who is no employee sends nothing by hand: what they cause,
        such as a confirmation, is the site's.

        :param vals_list: values of messages, routed
        :raise UserError: if somebody sends more from a composer
        """
        if self.env.uid == SUPERUSER_ID or not self.env.user._is_internal():
            return vals_list
        by_gateway = defaultdict(list)
        vals_list = list(vals_list)
        for place, vals in enumerate(vals_list):
            single = not (vals.get("campaign_id") or vals.get("mailing_id"))
            if vals.get("gateway_id") and single:
                by_gateway[vals["gateway_id"]].append(place)
        composed = self.env.context.get("sms_from_composer") is True
        by_hand = composed or self.env.context.get("sms_posted") is POSTED
        gateways = self.env["sms.gateway.config"].sudo().browse(by_gateway)
        for gateway in gateways:
            places, limit = by_gateway[gateway.id], gateway.hour_limit
            sent = limit and self._sent_within(HOUR, gateway, by_hand)
            for place in places:
                vals = vals_list[place]
                sent += self._weight(vals)
                held = {}
                if limit and sent > limit:
                    if composed:
                        raise UserError(
                            self.env._(
                                "You can send at most %(limit)s SMS per hour"
                                " manually. Nothing was sent: send fewer, wait, or"
                                " create a campaign.",
                                limit=limit,
                            )
                        )
                    until = fields.Datetime.now() + HOUR * ((sent - 1) // limit)
                    held = {"held_until": until, "not_before": until}
                vals_list[place] = {**vals, "from_composer": by_hand, **held}
        return vals_list

    @api.model
    def _weight(self, vals):
        """Return how much a message counts for the limit: its parts, which are paid."""
        return vals.get("hour_parts") or 1

    @api.model
    def _sent_within(self, time, gateway, by_hand):
        """Count what this user has sent lately, what waits for its hour included.

        :param by_hand: count what they sent from composers and posted, or else what
            they caused
        """
        self.flush_model()
        lately = SQL(
            """
            SELECT id, greatest(hour_parts, 1) AS parts FROM sms_sms
             WHERE create_uid = %(user)s AND gateway_id = %(gateway)s
               AND (create_date > %(since)s OR held_until > %(since)s)
               AND coalesce(from_composer, FALSE) = %(by_hand)s
               AND campaign_id IS NULL AND mailing_id IS NULL
            """,
            user=self.env.uid,
            gateway=gateway.id,
            since=utcnow() - time,
            by_hand=by_hand,
        )
        # Whoever comes next waits, and sees what this one has sent: not by its own
        # snapshot, which may be older.
        self.env.execute_query(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", TURN, self.env.uid)
        )
        sent = dict(self.env.execute_query(lately))
        with self.env.registry.cursor() as cr:
            cr.execute(lately)
            sent |= dict(cr.fetchall())
        return sum(sent.values())

    @api.model
    def _hold_anew(self, gateways):
        """Let what waits for its hour go when the gateways' limits of now allow."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE sms_sms s
                   SET held_until = v.until, not_before = v.until
                  FROM (SELECT held.id,
                               CASE WHEN limits.most > 0
                                     AND sum(greatest(hour_parts, 1)) OVER mine
                                         > limits.most
                                    THEN %(now)s + %(hour)s
                                         * floor((sum(greatest(hour_parts, 1)) OVER mine
                                                  - 1) / limits.most)
                               END AS until
                          FROM sms_sms held
                          JOIN (SELECT id, hour_limit AS most FROM sms_gateway_config)
                               AS limits ON limits.id = held.gateway_id
                         WHERE held.gateway_id = ANY(%(gateways)s)
                           AND held.state = 'outgoing' AND held.held_until > %(now)s
                        WINDOW mine AS (PARTITION BY held.gateway_id, held.create_uid
                                            ORDER BY held.id)) AS v
                 WHERE s.id = v.id
                RETURNING s.id
                """,
                now=utcnow(),
                hour=HOUR,
                gateways=gateways.ids,
            )
        )
        self.invalidate_model(["held_until", "not_before"])
        self._trigger_dispatch()
