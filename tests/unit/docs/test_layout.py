"""Files are of a size to read, folders of a size to look through."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from .test_claims import ROOT

PRODUCTION_LINES = 450
TEST_LINES = 400
MODEL_FILES = 7
OF_MODEL = re.compile(r'^    _(name|inherit) = "([\w.]+)"', re.M)
FOLDER_FILES = 16
SHORT_LINES = 30
CODE = {".py", ".js", ".xml"}
#: file that is longer -> why
LONG = {"su_sms/data/sms_optout_words.xml": "data: a record for each word"}
#: where a file may be short -> why
SHORT_FOLDERS = {
    "su_sms/models": "a model, or what is added to one, is in a file with its name",
    "su_sms/views": "so are its views",
    "su_sms/wizard": "and those of a dialog",
    "su_sms/data": "a kind of data each",
    "su_sms/migrations": "Odoo runs a file for each step",
    "su_sms/static": "a component, or its template",
    "dev/port/overlay": "what a series lacks, where the code looks for it",
}
#: file that is shorter -> why
SHORT = {
    "dev/bench.py": "a command",
    "dev/install/libmagic.py": "one thing that is got",
    "dev/port/manifest.py": "the rules for one kind of files",
    "dev/problem.py": "raised by what can't import each other",
    "su_sms/africastalking/clients.py": "what is open, shared by all threads",
    "su_sms/controllers/headers.py": "sent by several controllers",
    "su_sms/controllers/thread.py": "an address of Odoo's own",
    "su_sms/text/table/cell.py": "what both kinds of files are read as",
    "su_sms/tools/count_later.py": "used by models that don't know each other",
    "tests/bench/environment.py": "shared by the benchmarks and their servers",
    "tests/conftest.py": "pytest's",
    "tests/faults/preload.py": "run by its name",
    "tests/unit/port/samples.py": "shared by the tests of rules",
    "tests/unit/simulator/test_alone.py": "its own subject",
    "tests/unit/dispatch/test_gaps.py": "tests one module",
}


def files() -> list[str]:
    """Return the files of code, but for what only makes packages."""
    return [
        str(path.relative_to(ROOT))
        for folder in ("su_sms", "dev", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in CODE and path.stem not in ("__init__", "__manifest__")
    ]


def lines(path: str) -> int:
    return len((ROOT / path).read_text().splitlines())


def is_test(path: str) -> bool:
    return path.startswith(("tests/", "su_sms/tests/"))


def test_no_file_is_long():
    limits = {
        path: TEST_LINES if is_test(path) else PRODUCTION_LINES for path in files()
    }
    assert {path for path in limits if lines(path) > limits[path]} == set(LONG)


def test_no_folder_is_crowded():
    held = Counter(str(Path(path).parent) for path in files())
    assert {folder: n for folder, n in held.items() if n > FOLDER_FILES} == {}


def test_no_file_is_short_without_a_reason():
    short = {
        path
        for path in files()
        if lines(path) < SHORT_LINES
        and not path.startswith(tuple(f"{folder}/" for folder in SHORT_FOLDERS))
    }
    assert short == set(SHORT)


def test_a_model_stands_in_few_files_of_its_domain():
    owners, held = {}, Counter()
    for path in files():
        if not path.startswith("su_sms/models/"):
            continue
        folder, text = Path(path).parent.name, (ROOT / path).read_text()
        for kind, model in OF_MODEL.findall(text):
            held[folder, model] += 1
            if kind == "name":
                owners[model] = folder
    crowded = {
        model: count
        for (folder, model), count in held.items()
        if owners.get(model, folder) == folder and count > MODEL_FILES
    }
    assert crowded == {}
