import re
from urllib.parse import urlsplit

from odoo import api, models

from ..text import links


class MailRenderMixin(models.AbstractModel):
    """Short links for texts that leave by a gateway: a comma neither ends nor joins.

    Odoo's own end at the first character that is rare in addresses, and take the marks
    behind an address with a query for a part of it.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _shorten_links_text(
        self, content, link_tracker_vals, blacklist=None, base_url=None
    ):
        if not (content and self.env["sms.gateway.config"]._default_ids()):
            return super()._shorten_links_text(
                content, link_tracker_vals, blacklist, base_url
            )
        base = base_url or self.get_base_url()
        ours = tuple(f"{base}/{path}/" for path in ("r", "sms", "o"))

        def stays(link):
            path = urlsplit(link).path
            return (
                link.startswith(ours)
                # Another one for each recipient.
                or "{{" in link
                or any(re.search(f"{each}([#?/]|$)", path) for each in blacklist or ())
            )

        def short(link):
            if stays(link):
                return link
            values = dict(link_tracker_vals, url=link.replace("&amp;", "&"))
            return self.env["link.tracker"].search_or_create([values]).short_url or link

        return links.replaced(content, short)
