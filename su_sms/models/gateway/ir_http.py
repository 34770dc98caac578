from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Return a route that asks for it the parameters of its path only.

        Odoo passes a form's fields as Python arguments, and fails where one of them is
        called ``self``. Posts to callbacks come from outside and may have anything.
        """
        if names := endpoint.routing.get("path_params"):
            request.params = {name: request.params[name] for name in names}
        return super()._dispatch(endpoint)
