"""Whose rights count for what a stored record says.

What somebody has said, a text or an audience, is carried out with their rights. Who
changes a part of it says that part; who copies it says all of it as well. Neither takes
the rights of those who said the rest, nor lends them any: what counts is what all of
them may.
"""

from odoo import SUPERUSER_ID, Command


def of_change(user, record, kept, author, coauthors):
    """Return the values of who has a say after a change.

    :param user: who changed it
    :param kept: whether something of what was said before has stayed
    :param author, coauthors: the fields' names
    """
    others = _all(record, author, coauthors) if kept else user.browse()
    return {author: user.id, coauthors: [Command.set((others - user).ids)]}


def of_copy(user, record, author, coauthors):
    """Return the values of who has a say in a copy."""
    others = (_all(record, author, coauthors) | user) - record[author]
    return {author: record[author].id, coauthors: [Command.set(others.ids)]}


def with_a_say(record, author, coauthors):
    """Return the people who have a say in a stored record."""
    return people(_all(record.sudo(), author, coauthors)).with_env(record.env)


def _all(record, author, coauthors):
    """Return who has a say, those who have left as well: their words have stayed."""
    record = record.with_context(active_test=False)
    return record[author] | record[coauthors]


def people(users):
    """Return users without Odoo's own superuser, who may everything and is nobody."""
    return users.filtered(lambda user: user.id != SUPERUSER_ID)


def covers(user, other):
    """Tell whether a user may do everything that another may."""
    user, other = user.sudo(), other.sudo()
    return user.id in (other.id, SUPERUSER_ID) or (
        other.all_group_ids <= user.all_group_ids
        and other.company_ids <= user.company_ids
    )
