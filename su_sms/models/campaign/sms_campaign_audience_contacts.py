from typing import Any, NamedTuple

from odoo import api, models

X2MANY = ("many2many", "one2many")


class Contacts(NamedTuple):
    """The contacts of a record.

    :ivar main: whose number stands for the record's own, the best first
    :ivar others: people of their own, such as those who attend an event
    """

    main: Any
    others: Any

    @property
    def people(self):
        """Give how many people a record has at least."""
        return len(self.others) or 1


class SmsCampaignAudience(models.Model):
    """The contacts of records: whose number stands in, and who are people more."""

    _inherit = "sms.campaign.audience"

    @api.model
    def _contacts(self, records):
        """Give the contacts of each record, by its id.

        :return: {id: Contacts}
        """
        nobody = records.env["res.partner"]
        if records._name == "res.partner":
            return {record.id: Contacts(record, nobody) for record in records}
        fnames = records._mail_get_partner_fields()
        if not fnames:
            return dict.fromkeys(records.ids, Contacts(nobody, nobody))
        several = [fname for fname in fnames if records._fields[fname].type in X2MANY]
        partners, found = records._mail_get_partners(), {}
        for record in records:
            others = nobody.union(*(record[fname] for fname in several))
            found[record.id] = Contacts(partners[record.id] - others, others)
        return found

    def _numbers_of(self, records, contacts):
        """Give the numbers of contacts, by contact: those that all may read.

        What records have of their own comes first, as when Odoo sends to them. Records
        that are contacts themselves have no other.
        """
        if records._name == "res.partner":
            return {}
        found = self.env["res.partner"].union(
            *(partners for record in records for partners in contacts[record.id])
        )
        fnames = self._readable_phones(found)
        for user in self._with_a_say():
            found &= found.with_user(user)._filtered_access("read").with_env(found.env)
        return {
            partner: [number for fname in fnames if (number := partner[fname])]
            for partner in found
        }
