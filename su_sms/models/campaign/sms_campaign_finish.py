from typing import Any, NamedTuple

from odoo import api, fields, models

from ...text import links


class Finish(NamedTuple):
    """What is done to texts besides filling them in.

    :ivar short: gives a text with short links
    :ivar endings: gives {number: what its text ends with} for E.164 numbers and the
        language of the people who have them
    """

    short: Any
    endings: Any


class SmsCampaign(models.Model):
    """Short links, and how to opt out."""

    _inherit = "sms.campaign"

    optout = fields.Selection(
        [
            ("link", "A link"),
            ("word", "The word to send back"),
            ("none", "Nothing"),
        ],
        "How to Opt Out",
        compute="_compute_optout",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
        help="Each text ends with it. Promotional SMS must tell how to opt out: choose"
        " nothing only if the text says it. A link is another one for each person, so"
        " no two texts share a request: for thousands of people the word is faster.",
    )
    optout_sample = fields.Char(compute="_compute_optout_sample")

    @api.depends("message_class", "gateway_id")
    def _compute_optout(self):
        for campaign in self:
            if campaign.message_class != "promotional":
                campaign.optout = "none"
            elif campaign.gateway_id.sudo()._optout_word_text():
                campaign.optout = "word"
            else:
                # Slower, but no default may leave people without a way to say no.
                campaign.optout = "link"

    @api.depends("optout", "gateway_id", "company_id")
    def _compute_optout_sample(self):
        for campaign in self:
            written = campaign.with_context(lang=campaign._language())
            campaign.optout_sample = written._optout_sample_text().strip()

    # ------------------------------------------------------------
    # For the check and for the messages
    # ------------------------------------------------------------

    def _finished(self):
        """Give what is done to the texts that are sent."""
        return Finish(self._shortener(), self._optouts)

    def _as_if_finished(self):
        """Give what makes texts as long as they will be, and leaves no trace."""

        def endings(numbers, lang):
            sample = self.with_context(lang=lang)._optout_sample_text()
            return dict.fromkeys(numbers, sample)

        return Finish(self._as_if_short(), endings)

    def _shortener(self):
        if not self.shorten_links:
            return _as_it_is
        self.source_id = self.source_id or self.env["utm.source"].sudo().create(
            {"name": self.name}
        )
        values = {
            "source_id": self.source_id.id,
            "medium_id": self.env.ref("mass_mailing_sms.utm_medium_sms").id,
            # Odoo would else fetch the page for its title: whatever address is typed.
            "title": self.name,
        }
        render = self.env["mail.render.mixin"].sudo()

        return lambda text: render._shorten_links_text(text, values)

    def _as_if_short(self):
        if not self.shorten_links:
            return _as_it_is
        stand_in = f"{self.get_base_url()}/r/xxxx"

        def stand_in_for(link):
            # A link with a placeholder in it is another one for each recipient.
            return link if "{{" in link else stand_in

        return lambda text: links.replaced(text, stand_in_for)

    def _optouts(self, numbers, lang):
        """Give {number: what its text ends with}: a link has its blank until it leaves.

        Who has said no already needs no way to say it, and gets no link.
        """
        ending = self.with_context(lang=lang)._optout_sample_text()
        endings = dict.fromkeys(numbers, ending)
        if self.optout == "link":
            self.env["phone.blacklist"].flush_model(["number", "active"])
            said_no = self.env["sms.blacklist"].sudo()._opted_out(numbers)
            links = self.env["sms.optout.link"].sudo()
            links._make(endings.keys() - said_no, self.company_id)
            endings |= dict.fromkeys(said_no, "")
        return endings

    def _link_endings(self):
        """Give each ending with a link, in whatever language: a tuple.

        Nothing but such an ending is filled in. A blank within what somebody wrote
        stays one.
        """
        if self.optout != "link":
            return ()
        codes = {code for code, _name in self.env["res.lang"].get_installed()}
        return tuple(
            self.with_context(lang=code)._optout_sample_text()
            for code in codes | {self._language()}
        )

    def _optout_sample_text(self):
        """Give an ending as long as each person's."""
        text = ""
        if self.optout == "link":
            text = self.env["sms.optout.link"].sudo()._blank_text(self.company_id)
        elif self.optout == "word":
            text = self.gateway_id.sudo()._optout_word_text()
        return text and f"\n{text}"


def _as_it_is(text):
    return text
