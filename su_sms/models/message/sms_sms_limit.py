from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

from ...tools.transactions import utcnow

HOUR = timedelta(hours=1)
# The first key of the advisory locks of whose turn it is, one more for what is sent by
# hand; the second is a user's id.
TURN = 1_297_303_379
# How a note that goes by SMS came about. Objects, which no request contains.
POSTED, CAUSED = object(), object()


def is_single(vals):
    """Tell whether a message is of no campaign and no mailing, which have their own."""
    return not (vals.get("campaign_id") or vals.get("mailing_id"))


class SmsSms(models.Model):
    """How much one user may send in an hour.

    A brake on mistakes and on stolen passwords. What somebody sends from a composer is
    refused if it is more; what Odoo sends by itself while they work, such as automation
    rules, waits for its hour, as its record has to be saved all the same. So does what
    a job sends about what they have made, such as reminders. What somebody posts
    themselves counts with what they send from composers, and waits as well.
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
    def _within_hour(self, vals_list, authors):
        """Return values of which no more leave in an hour than their gateway lets.

        Nobody's, such as what visitors of the site cause, is not counted.

        :param vals_list: values of messages, routed
        :param authors: the Author of each: see ``_authors``
        :raise UserError: if somebody sends more from a composer
        """
        vals_list = list(vals_list)
        composed = self.env.context.get("sms_from_composer") is True
        for author, gateway_id, places in self._by_hour(vals_list, authors):
            gateway = self.env["sms.gateway.config"].sudo().browse(gateway_id)
            limit = gateway.hour_limit
            sent = limit and self._sent_within(HOUR, gateway, author)
            for place in places:
                vals = vals_list[place]
                sent += self._weight(vals)
                held = {}
                if limit and sent > limit:
                    if composed and author.user == self.env.user:
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
                vals_list[place] = {**vals, "from_composer": author.by_hand, **held}
        return vals_list

    @api.model
    def _by_hour(self, vals_list, authors):
        """Return [(author, gateway's id, places)] of the messages that are limited.

        In an order that is everybody's, so that no two wait for each other.
        """
        places = defaultdict(list)
        for place, (vals, author) in enumerate(zip(vals_list, authors, strict=True)):
            if author.user and vals.get("gateway_id") and is_single(vals):
                places[author, vals["gateway_id"]].append(place)
        order = sorted(places, key=lambda key: (key[0].user.id, key[0].by_hand, key[1]))
        return [(author, gateway, places[author, gateway]) for author, gateway in order]

    @api.model
    def _weight(self, vals):
        """Return how much a message counts for the limit: its parts, which are paid."""
        return vals.get("hour_parts") or 1

    @api.model
    def _sent_within(self, time, gateway, author):
        """Count what an author has sent lately, what waits for its hour included.

        What they sent from composers and posted, or else what they caused.
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
            user=author.user.id,
            gateway=gateway.id,
            since=utcnow() - time,
            by_hand=author.by_hand,
        )
        # Whoever comes next waits, and sees what this one has sent: not by its own
        # snapshot, which may be older. Jobs and visitors of the site send for others,
        # in any order: they wait for nobody.
        lock = SQL("pg_try_advisory_xact_lock")
        if author.user.id in (self.env.uid, request and request.env.uid):
            lock = SQL("pg_advisory_xact_lock")
        turn = TURN + author.by_hand
        self.env.execute_query(SQL("SELECT %s(%s, %s)", lock, turn, author.user.id))
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
