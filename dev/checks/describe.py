"""Describe what su_sms makes of a database: models, methods, rights, jobs and views.

Two descriptions, from before and after files have moved, differ in nothing but what was
changed on purpose; and a next series of Odoo shows what it changes under us.  The first
half runs on a bare machine; as `python -m dev.checks.describe --database NAME` the
second runs within Odoo.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import cache, database

#: what says of a field how it behaves
ATTRIBUTES = (
    "type string help required readonly store copy index translate company_dependent"
    " groups related comodel_name inverse_name relation ondelete selection size digits"
    " currency_field tracking aggregator default_export_compatible"
).split()


def describe(output: str | None) -> int:
    """Write the description of a database where su_sms is installed anew."""
    from ..environment import environment

    env = environment()
    source = database.template(env, addon=True)
    with database.temporary(env, "describe", source) as name:
        command = [str(env.python), "-m", "dev.checks.describe", f"--database={name}"]
        done = subprocess.run(
            command, cwd=cache.CHECKOUT, env=env.env, stdout=subprocess.PIPE, text=True
        )
    if done.returncode == 0:
        if output:
            Path(output).write_text(done.stdout)
        else:
            print(done.stdout, end="")
    return done.returncode


# What follows runs within Odoo.


def lines(env: Any, module: str) -> Iterator[str]:
    """Return a line for each fact, in an order that depends on names alone."""
    models = sorted(name for name in env.registry if _is_ours(env[name], module))
    for model in models:
        yield from _model(env[model], module)
    for model, fields in (
        ("ir.model.access", "model_id group_id perm_read perm_write perm_create"),
        ("ir.rule", "model_id groups domain_force perm_read perm_write perm_create"),
        ("ir.cron", "model_id code interval_number interval_type user_id priority"),
        ("ir.ui.menu", "parent_id name sequence action group_ids"),
        ("ir.actions.act_window", "name res_model view_mode domain context"),
        ("ir.actions.server", "name model_id state code group_ids"),
        ("res.groups", "name implied_ids privilege_id sequence"),
        ("ir.config_parameter", "key"),
    ):
        yield from _records(env, module, model, fields.split())
    yield from _views(env, models)


def _is_ours(model: Any, module: str) -> bool:
    return any(f".{module}." in owner.__module__ for owner in type(model).__mro__)


def _model(model: Any, module: str) -> Iterator[str]:
    for name, field in sorted(model._fields.items()):
        said = {key: getattr(field, key, None) for key in ATTRIBUTES}
        said["compute"] = _named(field.compute)
        said["search"], said["inverse"] = _named(field.search), _named(field.inverse)
        said["depends"] = sorted(model.pool.field_depends.get(field, ()))
        said["context"] = sorted(model.pool.field_depends_context.get(field, ()))
        kept = {key: _plain(value) for key, value in said.items() if value}
        yield f"field {model._name}.{name} {json.dumps(kept, sort_keys=True)}"
    for name in sorted(dir(type(model))):
        owners = [
            f"{owner.__module__.removeprefix('odoo.addons.')}"
            for owner in type(model).__mro__
            if name in vars(owner)
        ]
        if any(owner.startswith(f"{module}.") for owner in owners) and callable(
            getattr(type(model), name, None)
        ):
            yield f"method {model._name}.{name} {' < '.join(owners)}"
    for name, made in sorted(model._table_objects.items()):
        yield f"table {model._name} {name} {_flat(made.get_definition(model.pool))}"
    yield f"order {model._name} {model._order}; name {model._rec_name}"


def _records(env: Any, module: str, model: str, fields: list[str]) -> Iterator[str]:
    known = env["ir.model.data"].search(
        [("module", "=", module), ("model", "=", model)]
    )
    for each in known.sorted("name"):
        record = env[model].browse(each.res_id)
        said = {name: _plain(record[name]) for name in fields if name in record._fields}
        yield f"{model} {each.name} {json.dumps(said, sort_keys=True)}"


def _views(env: Any, models: list[str]) -> Iterator[str]:
    """Return each whole view of these models, a line for each element."""
    domain = [("model", "in", models), ("inherit_id", "=", False)]
    views = env["ir.ui.view"].search([*domain, ("type", "!=", "qweb")])
    names = views.get_external_id()
    for view in views.sorted(lambda each: (each.model, each.type, names[each.id])):
        tree = env[view.model].get_view(view.id, view.type)["arch"]
        for element in _flat_tree(tree):
            yield f"view {view.model} {view.type} {names[view.id]} {element}"


def _flat_tree(arch: str) -> Iterator[str]:
    from lxml import etree

    for element in etree.fromstring(arch).iter(etree.Element):
        depth = len(list(element.iterancestors()))
        said = " ".join(f"{key}={value!r}" for key, value in sorted(element.items()))
        yield f"{'.' * depth}{element.tag} {_flat(said)} {_flat(element.text or '')}"


def _named(function: Any) -> str:
    return function if isinstance(function, str) else "yes" if function else ""


def _plain(value: Any) -> Any:
    """Return a value that prints the same each time."""
    if hasattr(value, "_name"):
        return sorted(value.mapped("display_name"))
    if callable(value):
        return "computed"
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    name = parser.parse_args().database

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config([f"--database={name}"])
    with Registry(name).cursor() as cursor:
        environment = api.Environment(cursor, SUPERUSER_ID, {"lang": "en_US"})
        for line in lines(environment, database.ADDON):
            print(line)
    sys.exit()
