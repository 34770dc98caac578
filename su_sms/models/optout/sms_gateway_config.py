import hmac
import logging
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...text import optout
from ...tools.acts import Act
from ...tools.transactions import utcnow

_logger = logging.getLogger(__name__)

KEYWORD = re.compile(r"[^\W_]{1,20}")
SHORT_CODE = re.compile(r"[0-9]{3,8}")
# So many blocked messages, and more than half of those that were tried in this time,
# say that the network takes the sender ID for a promotional one or has none of that
# name. AT answers "UserInBlacklist" for every number of some new applications
# (docs/africastalking.md, "Blocked numbers").
SUSPECT_COUNT = 20
SUSPECT_SHARE = 0.5
SUSPECT_TIME = timedelta(hours=24)
ACTIVITY = "su_sms.mail_activity_type_sender"


class SmsGatewayConfig(models.Model):
    """What a gateway does about opt-outs, and when it doubts its sender ID."""

    # What optout adds to it. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.gateway.config"

    block_transactional = fields.Boolean(
        "Also Block Transactional SMS",
        tracking=True,
        help="Block transactional SMS to people who opted out as well, even what"
        " they need to know. Off: an opt-out only blocks promotional SMS.",
    )
    optout_text = fields.Char(
        "Answer to STOP",
        tracking=True,
        help="Sent once to anyone who opts out by SMS. Standard SMS charges apply."
        " Empty: no reply.",
    )
    optin_text = fields.Char(
        "Answer to START",
        tracking=True,
        help="Sent once to anyone who opts in by SMS. Empty: no reply.",
    )
    optout_short_code = fields.Char(
        "STOP Short Code",
        tracking=True,
        help="The short code to which people send STOP, shown at the end of"
        " campaigns. Empty: the sender ID, if it is a short code.",
    )
    keyword = fields.Char(
        "Our Keyword",
        tracking=True,
        help="On a shared short code, the word that people write first, such as"
        " STRATH in “STRATH STOP”. Empty: the short code is not shared.",
    )
    sender_suspect_at = fields.Datetime(
        "Sender ID in Doubt Since", readonly=True, copy=False
    )
    sender_watched_from = fields.Datetime(readonly=True, copy=False)

    @api.constrains("optout_short_code")
    def _check_optout_short_code(self):
        for gateway in self.filtered("optout_short_code"):
            if not SHORT_CODE.fullmatch(gateway.optout_short_code):
                raise ValidationError(
                    self.env._("A short code has 3 to 8 digits, and nothing else.")
                )

    @api.constrains("keyword")
    def _check_keyword(self):
        for gateway in self.filtered("keyword"):
            if not KEYWORD.fullmatch(gateway.keyword):
                raise ValidationError(
                    self.env._(
                        "A keyword is a single word of letters and digits, exactly"
                        " as registered."
                    )
                )
            if self.env["sms.optout.word"]._kind_of(gateway.keyword, gateway):
                raise ValidationError(
                    self.env._(
                        "“%s” is an opt-out word and can't be used as a keyword.",
                        gateway.keyword,
                    )
                )

    def _settings(self):
        return (
            super()
            ._settings()
            ._replace(block_transactional=bool(self.block_transactional))
        )

    def _check_knows_who_said_no(self):
        """Let nothing leave where a no holds for every message and can't be looked up.

        :raises ValueError: so it is
        """
        if self.block_transactional and not self.env["sms.suppression"]._is_usable():
            raise ValueError("nobody knows who said no")

    def _optout_word_text(self):
        """Return “STOP to 12345” for the end of a message; empty without a short code.

        Of no gateway as well: a form that is not saved yet may have none.
        """
        return self._word_text("stop")

    def _optin_word_text(self):
        """Return “START to 12345”, or nothing without a short code."""
        return self._word_text("start")

    def _word_text(self, kind):
        code = self._short_code()
        word = self.env["sms.optout.word"]._word(kind, self.env.lang, self)
        if not word or not code:
            return ""
        word = " ".join(filter(None, (self.keyword, word)))
        return self.env._("%(word)s to %(short_code)s", word=word, short_code=code)

    def _short_code(self):
        """Return the short code to which people write, or nothing if there is none."""
        code = self.optout_short_code or self.sender_id or ""
        return code if SHORT_CODE.fullmatch(code) else ""

    def _meant_by(self, short_code, text):
        """Return the gateway that a message is for: of several on a code, by keyword.

        The provider posts what comes to a code to one address of an account. What
        begins with nobody's keyword is for the one whose address it is. Anybody can
        name an account: another company's gateway gets what is posted to this one only
        if it has the account's key.
        """
        known = self.sudo().search(
            [
                ("active", "=", True),
                ("keyword", "!=", False),
                ("username", "=", self.username),
                ("environment", "=", self.environment),
            ]
        )
        meant = known.filtered(
            lambda each: (
                each._short_code() == short_code
                and optout.begins_with(text, each.keyword)
                and (each.company_id == self.company_id or each._has_key_of(self))
            )
        )
        return self if self in meant else meant[:1].with_env(self.env) or self

    def _has_key_of(self, other):
        """Tell whether two gateways send with the same key."""
        keys = [each.sudo()._get_secret("api_key") or "" for each in (self, other)]
        return all(keys) and hmac.compare_digest(*(key.encode() for key in keys))

    # ------------------------------------------------------------
    # The sender ID in doubt
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "sender_id" in vals:
            self.filtered("sender_suspect_at").action_watch_sender()
        return result

    def action_watch_sender(self):
        """Forget what was blocked until now, and look at what comes."""
        self.check_access("write")
        self.sudo().write({"sender_suspect_at": False, "sender_watched_from": utcnow()})
        self.sudo().activity_unlink([ACTIVITY])

    def _tell_administrators(self):
        result = super()._tell_administrators()
        self._check_senders()
        return result

    @api.model
    def _check_senders(self):
        """Doubt the sender ID where most messages are blocked, and say so once."""
        for gateway, since, blocked, tried in self._blocked_shares():
            if gateway.sender_suspect_at or blocked <= SUSPECT_SHARE * tried:
                continue
            _logger.warning(
                "Gateway %s: %d of %d messages were blocked", gateway.id, blocked, tried
            )
            gateway.sender_suspect_at = utcnow()
            gateway._schedule_for_administrators(
                ACTIVITY,
                self.env._(
                    "%(blocked)s of %(tried)s SMS were blocked",
                    blocked=blocked,
                    tried=tried,
                ),
                self.env._(
                    "This many people can't have opted out at once: the network"
                    " treats the sender ID as promotional, or does not know it. Ask"
                    " Africa's Talking how “%s” is registered.",
                    gateway.sender_id or self.env._("their own sender ID"),
                ),
            )
            gateway._lift_blocks(since)

    @api.model
    def _blocked_shares(self):
        """Count blocked and tried messages where many were blocked lately.

        By gateway and class: what people must know may use the same sender ID. Counts
        the latest only, and no more than tell that the share is small.

        :return: [(gateway, since, blocked, tried)]
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH many AS (
                SELECT g.id, s.message_class, count(*) AS blocked,
                       greatest(%(since)s, g.sender_watched_from) AS since
                  FROM sms_sms s
                  JOIN sms_gateway_config g ON g.id = s.gateway_id
                 WHERE s.failure_type = 'sms_blocked'
                   AND g.sender_suspect_at IS NULL
                   AND s.dispatched_at > greatest(%(since)s, g.sender_watched_from)
              GROUP BY g.id, s.message_class HAVING count(*) >= %(count)s
            )
            SELECT many.id, many.since, many.blocked, count(*)
              FROM many, LATERAL (
                   SELECT FROM sms_sms s
                    WHERE s.gateway_id = many.id
                      AND s.message_class = many.message_class
                      AND s.dispatched_at > many.since
                      AND s.state IN ('pending', 'sent', 'error')
                 ORDER BY s.id DESC
                    LIMIT ceil(many.blocked / %(share)s)) AS tried
          GROUP BY many.id, many.since, many.blocked, many.message_class
          ORDER BY many.id
            """,
            {
                "since": utcnow() - SUSPECT_TIME,
                "count": SUSPECT_COUNT,
                "share": SUSPECT_SHARE,
            },
        )
        return [
            (self.sudo().browse(gateway), since, blocked, tried)
            for gateway, since, blocked, tried in self.env.cr.fetchall()
        ]

    def _lift_blocks(self, since):
        """Take back what reports said about people: the sender ID is at fault."""
        entries = self.env["sms.blacklist"].sudo()
        entries = entries.search(
            [
                ("reason", "=", "operator"),
                ("consent_id.gateway_id", "=", self.id),
                ("consent_id.create_date", ">=", since),
            ]
        )
        act = Act("sender", "report", company_id=self.company_id.id, gateway_id=self.id)
        entries._opt_in(entries.mapped("number"), act)
