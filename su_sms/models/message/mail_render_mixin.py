import re
from urllib.parse import urlsplit

from odoo import api, models

from ...text import links, placeholders


class MailRenderMixin(models.AbstractModel):
    """Texts are read in one pass, and short links end where people see them end.

    Odoo's regular expression for placeholders takes the cube of a text whose braces
    stay open: some hundred characters of an employee's composer stop the server. So
    each placeholder of such a text is given to Odoo on its own, with the same result.
    Its own links end at the first character that is rare in addresses, and take the
    marks behind an address with a query for a part of it.
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
            tracker = self.env["link.tracker"].search_or_create([values])
            if not tracker.sudo().sms_sent:
                tracker.sudo().sms_sent = True
            return tracker.short_url or link

        return links.replaced(content, short)

    @api.model
    def _render_template_inline_template(
        self, template_txt, model, res_ids, add_context=None, options=None
    ):
        render = super()._render_template_inline_template
        text = str(template_txt or "")
        if not placeholders.is_slow(text):
            return render(template_txt, model, res_ids, add_context, options)
        pieces = {res_id: [] for res_id in res_ids}
        for part in placeholders.parse(text):
            filled = {}
            if part.expression:
                source = placeholders.source(part)
                filled = render(source, model, res_ids, add_context, options)
            for res_id in res_ids:
                pieces[res_id] += (part.literal, filled.get(res_id, ""))
        return {res_id: "".join(texts) for res_id, texts in pieces.items()}

    @api.model
    def _has_unsafe_expression_template_inline_template(
        self, template_txt, model, fname=None
    ):
        is_unsafe = super()._has_unsafe_expression_template_inline_template
        text = str(template_txt or "")
        if not placeholders.is_slow(text):
            return is_unsafe(template_txt, model, fname)
        return any(
            is_unsafe(placeholders.source(part), model, fname)
            for part in placeholders.parse(text)
            if part.expression
        )
