"""The leak report at the command line, by source and by record."""

import json

from tests.sync.cli.terminal import Terminal


def test_a_report_and_its_records_agree(at: Terminal) -> None:
    table = json.loads(at("leaks", "--weeks", "520", "--format", "json").out)
    shown = json.loads(at("leaks", "--weeks", "520", "--ids", "--format", "json").out)
    rows = table["rows"]
    assert rows and all(row["there already"] for row in rows)
    assert sum(row["there already"] for row in rows) == table["made again"] == len(shown["rows"])


def test_a_kind_may_be_named_and_quiet_sources_shown(at: Terminal) -> None:
    rows = json.loads(at("leaks", "--kind", "lead", "--weeks", "520", "--all", "--format", "json").out)["rows"]
    assert {row["kind"] for row in rows} == {"lead"} and any(not row["there already"] for row in rows)
