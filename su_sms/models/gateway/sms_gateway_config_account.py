import logging
from urllib.parse import quote

from odoo import api, models

from ...africastalking import clients
from ...africastalking.account import Account
from ...africastalking.trust import Trust
from ...dispatch import outbox

_logger = logging.getLogger(__name__)

BASE_URL = "su_sms.base_url"


class SmsGatewayConfig(models.Model):
    """A gateway as the connector and the outbox see it, free of the ORM."""

    _inherit = "sms.gateway.config"

    @api.model
    def _is_neutralized(self):
        return bool(self._parameters(["database.is_neutralized"]))

    @api.model
    def _parameters(self, keys):
        """Give {key: value} of system parameters on record, past Odoo's cache.

        The cache is emptied when a parameter is written. What reads it before that is
        committed fills it with the old value again, which then stays: a key that was
        replaced would be used until the server stops.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        found = parameters.search_fetch([("key", "in", keys)], ["key", "value"])
        return {each.key: each.value for each in found if each.value}

    def _account(self):
        """Give the connector's account.

        The address can only be changed by the system parameter ``su_sms.base_url``,
        for the simulator or an internal relay: a form must not send keys elsewhere.
        """
        self.ensure_one()
        proxy = self.proxy_url or ""
        if proxy and self.proxy_username:
            scheme, _sep, rest = proxy.partition("://")
            user = quote(self.proxy_username, safe="")
            password = quote(self._get_secret("proxy_password"), safe="")
            proxy = f"{scheme}://{user}:{password}@{rest}"
        return Account(
            username=self.account_username or "",
            api_key=self._api_key(),
            environment=self.environment,
            base_url=self._parameters([BASE_URL]).get(BASE_URL, ""),
            trust=Trust(self.trust, self.ca_certificate or ""),
            proxy=proxy,
            connect_timeout=float(self.connect_timeout),
            read_timeout=float(self.read_timeout),
            attempts=self.attempts,
            concurrency=self.concurrency,
        )

    def _client(self):
        """Give the gateway's client; its connections outlive the transaction."""
        self.ensure_one()
        return clients.get((self.env.cr.dbname, self.id), self._account())

    def _settings(self):
        """Give what the outbox needs to know, free of the ORM."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return outbox.Gateway(
            id=self.id,
            chunk_size=self.chunk_size,
            concurrency=self.concurrency,
            max_attempts=self.message_attempts,
            sender=self.sender_id or "",
            sanitise=self.sanitise,
            max_parts=self.max_parts,
            country=self.country_id.code or self._country(company),
            promotional=self._lets_promotional_go(),
            useful_hours=self.useful_hours,
            company_id=self.company_id.id or 0,
            window=self._window(),
            zone=self.window_zone,
            pace=self.pace,
            day_budget=self.day_budget,
            line_version=self.line_version,
        )

    @api.model
    def _countries(self):
        """Give {company id: ISO code} of the companies that have a country."""
        companies = self.env["res.company"].sudo()
        found = companies.search([("partner_id.country_id", "!=", False)])
        return {company.id: company.country_id.code for company in found}

    def _lets_promotional_go(self):
        """Tell whether promotional messages may go, but for the hours."""
        if not self.env["sms.suppression"]._is_usable():
            _logger.error("Gateway %s: nobody knows who said no", self.id)
            return False
        return self.balance_state != "floor"
