from odoo import models

from ...text import links


class SmsSms(models.Model):
    """Short links of mailings, each with whose it is; see mail_render_mixin."""

    _inherit = "sms.sms"

    def _update_body_short_links(self):
        routed = self.filtered("gateway_id")
        bodies = super(SmsSms, self - routed)._update_body_short_links()
        for sms in routed:
            body, ours = sms.body or "", f"{sms.get_base_url()}/r/"
            if sms.mailing_id:
                end = f"/s/{sms.id}"
                body = links.replaced(
                    body,
                    lambda link, ours=ours, end=end: (
                        f"{link}{end}" if link.startswith(ours) else link
                    ),
                )
            bodies[sms.id] = body
        return bodies
