"""`config/match.yaml` mirrors the defaults in code, and a wrong table is refused."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

from hygiene.match.table import TABLES, Table

FILE = Path(__file__).parents[2] / "config" / "match.yaml"
TABLE = TypeAdapter(dict[str, Table])


def test_the_file_says_what_the_code_says() -> None:
    assert TABLE.validate_python(YAML(typ="safe").load(FILE)) == TABLES


@pytest.mark.parametrize("wrong", [{"shape": "ghost"}, {"auto": 1, "review": 2}, {"cap": 1}, {"nose": 1}])
def test_a_wrong_table_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Table.model_validate(TABLES["company"].model_dump() | wrong)
