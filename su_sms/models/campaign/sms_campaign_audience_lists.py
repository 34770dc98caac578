from odoo import api, models


class SmsCampaignAudience(models.Model):
    """Mailing lists: Email Marketing gives them, and SMS: User does not."""

    _inherit = "sms.campaign.audience"

    def _shown_lists(self):
        """Return the lists, whose names whoever sees the campaign may know.

        But not those that one who has a say may not see, nor those of a form.
        """
        if self.env["mailing.list"].has_access("read"):
            return self.list_ids
        lists = self.sudo().list_ids if self.id else self.env["mailing.list"]
        users = self._with_a_say()
        seen = all(lists.with_user(user).has_access("read") for user in users)
        return lists if users and seen else lists.browse()

    @api.model
    def _default_kind(self):
        return "list" if self.env["mailing.list"].has_access("read") else "model"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Offer mailing lists to those who may see them: Email Marketing gives them."""
        found = super().fields_get(allfields, attributes)
        if "selection" in found.get("kind", {}) and self._default_kind() != "list":
            kinds = found["kind"]["selection"]
            found["kind"]["selection"] = [each for each in kinds if each[0] != "list"]
        return found

    def copy_data(self, default=None):
        """Leave lists that the user may not see to ``copy``."""
        if self.env["mailing.list"].has_access("read"):
            return super().copy_data(default)
        given = {"list_ids": False, **(default or {})}
        vals_list = super().copy_data(given)
        if not given["list_ids"]:
            for vals in vals_list:
                del vals["list_ids"]
        return vals_list

    def _copy_lists_of(self, audience):
        """Copy lists, though the user may not see them: they stay their author's."""
        if self._list_ids() != audience._list_ids():
            self.sudo().list_ids = audience.sudo().list_ids

    def _list_ids(self):
        """Return the ids of the stored lists; what is found in them is asked elsewhere.

        Who sees a campaign may not see lists, and yet its people are counted.
        """
        return self.sudo().list_ids._origin.ids

    def _opted_out_of_lists(self, contacts):
        """Give the ids of contacts that opted out of all of these lists they are on.

        Who is on a list twice, with one number, has opted out with both.
        """
        self.env["mailing.subscription"].flush_model()
        self.env["mailing.contact"].flush_model(["phone_sanitized"])
        self.env.cr.execute(
            """
            WITH said_no AS MATERIALIZED (
                SELECT contact.id, contact.phone_sanitized
                  FROM mailing_subscription mine
                  JOIN mailing_contact contact ON contact.id = mine.contact_id
                 WHERE mine.list_id = ANY(%(lists)s) AND mine.opt_out
                   AND NOT EXISTS (SELECT FROM mailing_subscription other
                                    WHERE other.contact_id = mine.contact_id
                                      AND other.list_id = ANY(%(lists)s)
                                      AND other.opt_out IS NOT TRUE)
            )
            SELECT id FROM mailing_contact
             WHERE id = ANY(%(contacts)s)
               AND (id IN (SELECT id FROM said_no)
                    OR phone_sanitized IN (SELECT phone_sanitized FROM said_no))
            """,
            {"lists": self._list_ids(), "contacts": contacts.ids},
        )
        return {contact_id for (contact_id,) in self.env.cr.fetchall()}
