from odoo import api, fields, models

from ...dispatch import gate
from ...text import segments


class SmsCampaign(models.Model):
    """What the way to opt out costs, said before the launch.

    It is a link unless people can send a word back: the law wants promotional SMS to
    say how to opt out, and what Africa's Talking may add to a first message nobody
    could confirm.
    """

    _inherit = "sms.campaign"

    optout_note = fields.Char(compute="_compute_optout_note")

    @api.depends(
        "optout",
        "optout_sample",
        "message_class",
        "body",
        "people_count",
        "gateway_id",
        "pace",
    )
    def _compute_optout_note(self):
        for campaign in self:
            notes = []
            if campaign.optout == "link" and campaign.gateway_id:
                notes = campaign._link_notes()
            elif campaign.optout == "none" and campaign.message_class == "promotional":
                notes = [
                    self.env._(
                        "Promotional SMS have to say how to opt out: your own text must"
                        " do it."
                    )
                ]
            campaign.optout_note = " ".join(notes)

    def _link_notes(self):
        """Say what a link of their own for each person costs: parts, and time."""
        notes = []
        sample, gateway = self._optout_sample_text(), self.gateway_id.sudo()
        parts, fewer = (
            segments.count(gate.prepare(text, gateway.sanitise)).parts
            for text in ((self.body or "") + sample, self.body or "")
        )
        if fewer and parts > fewer:
            notes.append(
                self.env._(
                    "With the link an SMS takes %(parts)s parts instead of %(fewer)s.",
                    parts=parts,
                    fewer=fewer,
                )
            )
        shared = self._sending_seconds(personal=self._has_placeholders())
        minutes = round((self._sending_seconds() - shared) / 60)
        if minutes:
            notes.append(
                self.env._(
                    "No two texts are alike with it: sending takes about %s minutes"
                    " longer.",
                    minutes,
                )
            )
        if notes and gateway._optout_word_text():
            notes.append(self.env._("The word to send back costs less."))
        return notes
