from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def _phone_format(
        self,
        fname=False,
        number=False,
        country=False,
        force_format="E164",
        raise_exception=False,
    ):
        """Read local numbers as everything that goes through a gateway does.

        Where nobody has a country Odoo would take none of them for a number.
        """
        return super()._phone_format(
            fname,
            number,
            country or self._sms_country(number),
            force_format,
            raise_exception,
        )

    def _sms_country(self, number):
        """Return the country by which Odoo should read a number, or False.

        Of the user Odoo asks only to have something to ask: a number that is given is
        anybody's.
        """
        gateways = self.env["sms.gateway.config"]
        if not gateways._gateway_of(self.env.company):
            return False
        asked = len(self) == 1 and not (number and self == self.env.user)
        own = asked and self._phone_get_country().get(self.id)
        return own or gateways._country_of_numbers(self.env.company)
