from ast import literal_eval
from typing import Any, NamedTuple

import psycopg2
from odoo import api, models
from odoo.exceptions import UserError

from .sms_campaign_person import Person

# Where Odoo itself looks for no number: employees have it beside their mobile.
MORE_PHONES = ("work_phone",)
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
        """Return how many people a record has at least."""
        return len(self.others) or 1


class SmsCampaignAudience(models.Model):
    """Audiences of records and lists, as all who have a say in them see them."""

    # A subject of its own. pylint: disable=consider-merging-classes-inherited
    _inherit = "sms.campaign.audience"

    def _records(self, user=None):
        """Return the model of the records, as somebody sees them.

        :param user: by default the first of those who have a say
        """
        self.ensure_one()
        if self.kind == "list":
            name = "mailing.contact"
        else:
            name = self.model_id.sudo().model
        if not name or name not in self.env:
            raise UserError(self.env._("Choose the records of the audience."))
        if not self._may_have(self.env[name]):
            raise UserError(self._no_numbers_text())
        user = user or self._with_a_say()[:1]
        if not user:
            raise UserError(
                self.env._(
                    "Nobody with suitable access rights has chosen the audience"
                    " “%s”. Add it again.",
                    self.name,
                )
            )
        campaign = self.campaign_id
        # Nothing else of the context: the caller's would say what is found.
        context = {
            "allowed_company_ids": campaign.company_id.ids,
            "lang": campaign._language(),
        }
        return self.env[name].with_env(self.env(user=user, context=context, su=False))

    def _seen_by_all(self, domain):
        """Return the domain of the records that all who have a say see and find."""
        for user in self._with_a_say()[1:]:
            found = self._records(user)._search(domain)
            domain = [*domain, ("id", "in", found)]
        return domain

    def _record_domain(self):
        self.ensure_one()
        if self.kind == "list":
            return self._seen_by_all([("list_ids", "in", self._list_ids())])
        try:
            domain = literal_eval(self.domain or "[]")
            # PostgreSQL has a word in it, too.
            with self.env.cr.savepoint():
                self._records()._search(domain, limit=1).get_result_ids()
        except (UserError, psycopg2.OperationalError):
            raise
        except Exception as error:
            raise UserError(
                self.env._(
                    "The filter of the audience “%(name)s” is no longer valid:"
                    " %(error)s",
                    name=self.name,
                    error=(str(error) or type(error).__name__).splitlines()[0],
                )
            ) from None
        return self._seen_by_all(domain)

    def _no_numbers_text(self):
        return self.env._(
            "%s have no phone numbers. Choose records with a phone number, or that"
            " belong to a contact.",
            self.model_id.sudo().name,
        )

    @api.model
    def _may_have(self, model):
        """Tell whether an audience may consist of these records.

        The same as the domain of ``model_id``, which only a form goes by.
        """
        return (
            isinstance(model, self.pool["mail.thread"])
            and not (model._abstract or model._transient)
            and not model._name.startswith("ir.")
            and bool(self._number_sources(model))
        )

    @api.model
    def _number_sources(self, model):
        """Return the fields of a model that lead to a number."""
        fnames = [
            name
            for name in model._phone_get_number_fields()
            if name in model._fields and model._fields[name].store
        ]
        return fnames + model._mail_get_partner_fields()

    def _page_of_records(self, limit):
        domain = [*self._record_domain(), ("id", ">", self.position)]
        model = self._records()
        # In one query, and only what is looked at.
        fnames = [self._name_field(model), *self._readable_phones(model)]
        records = model.search_fetch(domain, fnames, order="id", limit=limit)
        if not records:
            return [], self.position
        contacts, count = self._contacts(records), 0
        for place, record in enumerate(records, 1):
            count += contacts[record.id].people
            if count >= limit:
                # Records of many contacts: the rest is another page.
                records = records[:place]
                break
        return self._from_records(records, contacts), records[-1].id

    def _from_records(self, records, contacts=None):
        """Return a ``Person`` for each of the people of records of this audience.

        A record is one person, whose number is its own or that of a contact it has,
        and besides each of the contacts in a field of several.

        :param contacts: what ``_contacts`` gives of them, where that is known
        """
        opted_out = self._opted_out_of_lists(records) if self.kind == "list" else set()
        name, fnames = self._name_field(records), self._readable_phones(records)
        contacts = contacts or self._contacts(records)
        numbers = self._numbers_of(records, contacts)
        people = []
        for record in records:
            own = [number for fname in fnames if (number := record[fname])]
            main, others = contacts[record.id]
            if own or main or not others:
                # Of a record with one contact after another, the next best number.
                more = [number for each in main for number in numbers.get(each, ())]
                people.append(
                    Person(
                        name=record[name] or "",
                        numbers=own + more,
                        record=record,
                        partner=main[:1],
                        opted_out=record.id in opted_out,
                    )
                )
            people += [
                Person(
                    name=(other in numbers and other.name) or "",
                    numbers=numbers.get(other, []),
                    record=record,
                    partner=other,
                    of_contact=True,
                )
                for other in others
            ]
            if people:
                people[-1].place = record.id
        return people

    @api.model
    def _name_field(self, model):
        name = model._rec_name
        is_text = name in model._fields and model._fields[name].type == "char"
        return name if is_text else "display_name"

    @api.model
    def _phone_fields(self, model):
        fnames = ("phone_sanitized", *model._phone_get_number_fields(), *MORE_PHONES)
        return [fname for fname in fnames if fname in model._fields]

    def _readable_phones(self, model):
        """Return the fields with numbers that all who have a say may read."""
        seen_by = [model.with_user(user) for user in self._with_a_say()]
        return [
            fname
            for fname in self._phone_fields(model)
            if all(
                each._has_field_access(model._fields[fname], "read") for each in seen_by
            )
        ]

    # ------------------------------------------------------------
    # A record's contacts
    # ------------------------------------------------------------
    # The contacts of records: whose number stands in, and who are people more.

    @api.model
    def _contacts(self, records):
        """Return the contacts of each record, by its id.

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
        """Return the numbers of contacts, by contact: those that all may read.

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

    # ------------------------------------------------------------
    # Mailing lists
    # ------------------------------------------------------------
    # Mailing lists: Email Marketing gives them, and SMS: User does not.

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
        """Return the ids of contacts that opted out of all of these lists they are on.

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
