"""Constraints and indexes declared in a model's class, named as Odoo 19 names them."""

from odoo.tools import sql


class Constraint:
    """A constraint of a table; an empty definition tells an index's message alone."""

    def __init__(self, definition, message=""):
        self.definition, self.message = definition, message

    def __set_name__(self, owner, name):
        constraints = owner.__dict__.get("_sql_constraints")
        if constraints is None:
            constraints = owner._sql_constraints = []
        constraints.append((name[1:], self.definition, self.message))


class Index:
    """An index of a table, made when the table is."""

    unique = False

    def __init__(self, definition, message=""):
        self.definition, self.message = definition, message

    def __set_name__(self, owner, name):
        self.name = name[1:]
        indexes = owner.__dict__.get("_compat_indexes")
        if indexes is None:
            indexes = owner._compat_indexes = []
            _make_in_init(owner, indexes)
        indexes.append(self)
        if self.message:
            Constraint("", self.message).__set_name__(owner, name)

    def make(self, model):
        """Make this in a model's table, anew if it has changed."""
        cr = model.env.cr
        name = sql.make_identifier(f"{model._table}_{self.name}")
        kind = "UNIQUE INDEX" if self.unique else "INDEX"
        comment = f"{kind} {self.definition}"
        cr.execute(
            "SELECT obj_description(oid) FROM pg_class WHERE relkind = 'i'"
            " AND relname = %s AND relnamespace = current_schema::regnamespace",
            [name],
        )
        if cr.fetchone() == (comment,):
            return
        # Only names and definitions of this addon's source come here.
        # pylint: disable=sql-injection
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')
        cr.execute(f'CREATE {kind} "{name}" ON "{model._table}" {self.definition}')
        cr.execute(f'COMMENT ON INDEX "{name}" IS %s', [comment])


class UniqueIndex(Index):
    """An index that has nothing twice."""

    unique = True


def _make_in_init(owner, indexes):
    own = owner.__dict__.get("init")

    def init(self):
        if own:
            own(self)
        else:
            super(owner, self).init()
        if not self._abstract:
            for index in indexes:
                index.make(self)

    owner.init = init
