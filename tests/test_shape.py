"""The limits that keep the code readable are measured."""

import ast
import re
from statistics import median

import pytest
from importlinter.cli import lint_imports

from tests.tree import PACKAGES, ROOT, Function, files, functions, modules, tree

LONG_FILES = {"tests/sandbox/test_seed.py": "one table of everything that the seed promises"}
LONG_FUNCTIONS = {
    "sync/ledger/migrations/versions/0001_the_first_schema.py upgrade": "a schema in one piece, as Alembic writes it",
    "sync/mirror/migrations/versions/0001_the_first_schema.py upgrade": "a schema in one piece, as Alembic writes it",
}
MANY_PARAMETERS = {
    "sandbox/seed/__init__.py seed": "one size for each kind, as the command line names them",
    "sandbox/seed/listing.py load_csv": "one line of a loader's call: where to, from where, which columns",
    "sandbox/store.py note": "the columns of the ledger",
    "sync/cli/apply.py command": "click passes each option by its name",
    "sync/jobs/apply.py _tools": "gathers them into the value that apply takes",
    "tests/adapter.py send": "the signature of a requests adapter",
}
TWO_SENTENCES = {
    "sync/ledger/tables.py": "the second gives the unit of every moment in the tables",
    "sync/mirror/tables.py": "the second gives the unit of every moment in the tables",
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "misc"}
SENTENCE_END = re.compile(r"[.?!](?=\s|$)")
PLACE = re.compile(r"(?<![\w.%-])/(?:work|root|home|Users)/[\w.]")
REGISTRY = re.compile(
    r"py(?:pi)\.(?:org|python)|python(?:hosted)\.|/simple/?['\"\s]|--(?:extra-)?index-url|\bnpm(?:js)\."
)


def test_a_file_is_short() -> None:
    lines = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in modules()}
    assert [name for name, count in lines.items() if count > (400 if name in LONG_FILES else 300)] == []


def test_a_function_is_short() -> None:
    long = {f"{name} {node.name}" for name in modules() for node in functions(name) if _lines(node) > 50}
    assert long - LONG_FUNCTIONS.keys() == set()


def test_most_functions_are_shorter_than_that() -> None:
    ours = [name for name in modules() if name.startswith(PACKAGES)]
    assert median(_lines(node) for name in ours for node in functions(name)) <= 10


def test_a_function_takes_five_parameters_at_most() -> None:
    many = {f"{name} {node.name}" for name in modules() for node in functions(name) if len(_parameters(node)) > 5}
    assert many - MANY_PARAMETERS.keys() == set()


def test_a_module_says_in_one_sentence_what_it_is_for() -> None:
    said = {name: _summary(name) for name in modules()}
    wrong = {name for name, text in said.items() if not text.endswith(".") or len(SENTENCE_END.findall(text)) != 1}
    assert wrong - TWO_SENTENCES.keys() == set()


def test_a_name_says_what_is_in_the_file() -> None:
    words = {name: set(re.split(r"[_\W]+", name.lower())) for name in files()}
    assert [name for name, found in words.items() if found & VAGUE] == []


def test_a_file_names_no_place_of_a_machine_and_no_registry() -> None:
    texts = {name: (ROOT / name).read_bytes().decode("utf-8", "replace") for name in files()}
    assert [name for name, text in texts.items() if PLACE.search(text) or REGISTRY.search(text)] == []


def test_imports_run_one_way(capfd: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert not failed, capfd.readouterr().out


def test_no_exception_outlives_its_file() -> None:
    named = [*LONG_FILES, *LONG_FUNCTIONS, *MANY_PARAMETERS, *TWO_SENTENCES]
    assert {entry.split()[0] for entry in named} <= set(modules())


def _summary(name: str) -> str:
    """The first paragraph of a module's docstring; an invariant that the file keeps may follow it."""
    return (ast.get_docstring(tree(name)) or "").partition("\n\n")[0].replace("\n", " ")


def _lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _parameters(node: Function) -> list[str]:
    found = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return [item.arg for item in found if item.arg not in {"self", "cls"}]
