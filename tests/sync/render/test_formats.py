"""What is shown: no control character, formula or markup of a record gets through, and nothing is a document too."""

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Survivor, Unlink
from connectors.records import Link
from connectors.values import Value, frozen
from hygiene.check import Band, Evidence, Finding
from sync.plan.build import Left
from sync.plan.model import Grade, Group, Step
from sync.render import FORMATS, Sheet, render
from sync.render.mask import mask, plain, reveal
from sync.render.md import escape
from sync.render.plan import describe, markdown
from tests.sync.desk import group, plan_of, ref

HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\x9b31mred",
    "\x1b]0;title\x07",
    "a\rb",
    "a\nb",
    "a\u2028b",
    "\u202egpj.exe",
    "zero\u200bwidth",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "![a](https://x.example/pixel.png)",
    "a | b",
    "`code`",
    "[red]markup[/red]",
    "&lt;script&gt;",
]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def sheet(text: str) -> Sheet:
    return Sheet("", ("name", "count"), [(text, 1)], {"about": text})


def controls(text: str) -> set[str]:
    """What would steer a terminal or turn the reading direction."""
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf") and char not in "\n\xad"}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("format_", ["table", "md"])
def test_no_control_character_reaches_a_person(format_: str, text: str) -> None:
    assert controls(render(sheet(text), format_)) == set()


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1 and plain(shown) == shown
    assert not {char for char in shown if unicodedata.category(char) == "Cc"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(render(sheet(text), "csv"), newline="")))
    assert not rows[1][0].startswith(FORMULA) and rows[1][0].removeprefix("'") == text.replace("\r", "\n")
    assert len(rows) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_programs_get_the_text_as_it_is(text: str) -> None:
    assert json.loads(render(sheet(text), "json"))["rows"] == [{"name": text, "count": 1}]
    assert [json.loads(line) for line in render(sheet(text), "jsonl").split("\n")] == [{"name": text, "count": 1}]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_and_html_read_nothing_in_a_cell(text: str) -> None:
    shown = escape(text)
    assert "<" not in shown
    for char in "`*_[]|~":
        assert shown.count(char) == shown.count(f"\\{char}")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_row_of_a_markdown_table_stays_a_row(text: str) -> None:
    *_, last = render(sheet(text), "md").splitlines()
    assert last.startswith("| ") and last.replace("\\|", "").count("|") == 3


def test_markup_is_shown_and_not_obeyed() -> None:
    assert "[red]markup[/red]" in render(sheet("[red]markup[/red]"), "table")


NOTHING = Sheet("", ("name",), (), {})
EMPTY = {"table": "", "json": '{\n  "rows": []\n}', "jsonl": "", "csv": "name", "md": ""}


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_to_show_is_an_empty_document(format_: str) -> None:
    assert render(NOTHING, format_) == EMPTY[format_]


MASKS: list[tuple[str, Value, str]] = [
    ("name", "Zoë Ångström", "Z… (12 characters)"),
    ("email", "zoe@x.example", "z… (13 characters)"),
    ("name", "  ", "(empty)"),
    ("name", None, "(empty)"),
    ("vip", True, "true"),
    ("email", "\x1b[31m", "3… (5 characters)"),
    ("phone", "+49 30 1", "4… (8 characters)"),
    ("lifecycle_stage", "customer", "customer"),
    ("industry", "\x1b[31mred", "[31mred"),
]


@pytest.mark.parametrize(("name", "value", "shown"), MASKS)
def test_a_masked_value_shows_its_first_letter_and_length_unless_the_field_is_open(
    name: str, value: Value, shown: str
) -> None:
    assert mask(name, value) == shown


def test_a_revealed_value_is_one_line() -> None:
    assert (reveal("name", "a\nb\x1b"), reveal("name", "")) == ("a b", "(empty)")


SECRET = "Zoë Ångström"
PERSON = frozen({"name": SECRET, "email": "zoe@x.example"})
CHANGES: list[Change] = [
    Set(ref("a"), PERSON, frozen({"name": "Zoe " + SECRET})),
    Settle(Survivor("1"), PERSON),
    Merge(ref("a"), (ref("b"),), PERSON),
    Create("memory:local", "contact", "k", PERSON, "revops_key"),
    Connect(ref("a"), Link(ref("p", "contact"), "owner")),
    Unlink(ref("a"), Link(ref("p", "contact"))),
    Archive(ref("b")),
    Restore(ref("b")),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_a_step_names_its_records_and_no_value(change: Change) -> None:
    told = describe(change)
    assert "memory:local" in told or "survivor of step 1" in told
    assert SECRET not in told and "zoe@" not in told


def test_a_plan_in_words_shows_values_only_when_told_to() -> None:
    evidence = (Evidence("name", "equal names", 1.0, (SECRET, SECRET)), Evidence("city", "another town", -1.0))
    steps = (Step("1", CHANGES[0]),)
    one = Group("g-1", "test", "k", "one", Grade.REVERSIBLE, steps, evidence=evidence)
    shy, open_ = markdown(plan_of(one), "0" * 64), markdown(plan_of(one), "0" * 64, reveal=True)
    assert SECRET not in shy and SECRET in open_
    assert "- for: equal names" in shy and "- against: another town" in shy and "0" * 64 in shy


def test_what_cannot_be_undone_stands_last_under_its_own_heading() -> None:
    lasting = group("b", Merge(ref("a"), (ref("b"),))).__class__("g-b", "t", "", "b", Grade.IRREVERSIBLE, ())
    text = markdown(plan_of(lasting, group("a", CHANGES[0])), "0" * 64)
    assert text.index("## Can be undone (1)") < text.index("g-a") < text.index("## Cannot be undone (1)")


def test_an_empty_plan_says_that_there_is_nothing_to_do_and_what_was_left() -> None:
    finding = Finding("duplicate", (ref("a"), ref("b")), "two", band=Band.AUTO)
    text = markdown(plan_of(), "0" * 64, [Left(finding, "why <not>")])
    assert "Nothing to do." in text and "Not in this plan (1)" in text and "why &lt;not>" in text
