"""Every check against the cases of its file, and every check has one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.changes import Merge, Set, verb
from connectors.records import Link, Past, Pipeline, Record, Ref, Stage
from connectors.values import Value, frozen
from hygiene.check import Finding, all_checks, run
from hygiene.view import Agreed, Judgement
from tests.book import NOON, Book
from tests.hygiene.pipelines import HUBSPOT, SALESFORCE

FOLDER = Path(__file__).parent / "cases"
CASES = [(file.stem, name) for file in sorted(FOLDER.glob("*.yaml")) for name in YAML(typ="safe").load(file)]
STAGES = (
    Stage("new", "New"),
    Stage("qualifiedtobuy", "Qualified to buy"),
    Stage("presentationscheduled", "Presentation"),
    Stage("contract", "Contract sent"),
    Stage("won", "Closed won", closed=True, won=True),
    Stage("lost", "Closed lost", closed=True),
)
SPACE = "hubspot:1"
REAL = {"hubspot": HUBSPOT, "salesforce": SALESFORCE}
ASIDE = {"kind", "id", "crm", "was"}


def value(given: Any) -> Value:
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return Decimal(str(given)) if number else given


def ref(row: Mapping[str, Any], kind: str = "", key: str = "") -> Ref:
    return Ref(f"{row['crm']}:1" if "crm" in row else SPACE, kind or row["kind"], key or row["id"])


def record(row: Mapping[str, Any]) -> Record:
    ties = {kind: ids for kind, ids in row.items() if isinstance(ids, list)}
    links = tuple(Link(ref(row, kind, to)) for kind, ids in ties.items() for to in ids)
    fields = {name: value(item) for name, item in row.items() if name not in {*ASIDE, *ties}}
    return Record(ref(row), frozen(fields), links)


def ties(row: Mapping[str, Any]) -> Iterator[Record]:
    yield from (Record(ref(row, kind, to)) for kind in ("contact", "company") for to in row.get(kind, ()))


def past(row: Mapping[str, Any]) -> Iterator[Past]:
    """What a row `was`: field -> [when, value, who]."""
    for name, entries in row.get("was", {}).items():
        for at, given, *who in entries:
            yield Past(ref(row), name, datetime.fromisoformat(f"{at}+00:00"), value(given), *who)


def view(case: Mapping[str, Any]) -> Book:
    rows = case["records"]
    kinds = {row["kind"] for row in rows}
    said = {
        (Ref(SPACE, kind, a), Ref(SPACE, kind, b)): Judgement(word)
        for word, pairs in case.get("judgements", {}).items()
        for a, b in pairs
        for kind in kinds
    }
    pipelines = [REAL.get(n) or Pipeline(SPACE, "deal", n, n.title(), STAGES) for n in case.get("pipelines", ())]
    known = {kind: frozenset(case["known"]) for kind in kinds} if "known" in case else None
    records = [*(tie for row in rows for tie in ties(row) if row["kind"] == "deal"), *map(record, rows)]
    as_of = datetime.fromisoformat(f"{case['as_of']}+00:00") if "as_of" in case else NOON
    book = Book(records, pipelines, said, as_of, known).told(*(item for row in rows for item in past(row)))
    return paired(book, case)


def paired(book: Book, case: Mapping[str, Any]) -> Book:
    """Twins as `[HubSpot's kind and id, Salesforce's, what they agreed on]`: field -> [HubSpot's, Salesforce's]."""
    for one, other, *told in case.get("twins", ()):
        pair = tuple(Ref(f"{crm}:1", *text.split()) for crm, text in (("hubspot", one), ("salesforce", other)))
        book.memory.pairs.append((pair[0], pair[1]))
        for name, (here, there) in dict(*told).items():
            agreed = Agreed(value(here), value(there), book.as_of - timedelta(days=1), turns(case, name, book.as_of))
            book.memory.agreed.setdefault((pair[0], pair[1]), {})[name] = agreed
    return book


def turns(case: Mapping[str, Any], name: str, now: datetime) -> tuple[tuple[datetime, Value], ...]:
    """HubSpot's agreed values of a field, the newest first, one a day."""
    told = case.get("turns", {}).get(name, ())
    return tuple((now - timedelta(days=at), value(item)) for at, item in enumerate(told, 1))


def told(finding: Finding, asked: Sequence[str]) -> dict[str, Any]:
    """What a case may ask of a finding."""
    merges = [change for change in finding.changes if isinstance(change, Merge)]
    facts = {
        "ids": [ref.id for ref in finding.refs],
        "band": str(finding.band),
        "severity": str(finding.severity),
        "message": finding.message,
        "carry": dict(merges[0].carry) if merges else {},
        "values": [text for item in finding.evidence for text in item.values],
        "sets": {
            name: item for change in finding.changes if isinstance(change, Set) for name, item in change.after.items()
        },
        "does": [verb(change) for change in finding.changes],
    }
    return {name: facts[name] for name in asked}


@pytest.mark.parametrize(("check", "name"), CASES)
def test_a_check_finds_what_its_case_says(check: str, name: str) -> None:
    case = YAML(typ="safe").load(FOLDER / f"{check}.yaml")[name]
    asked = all_checks()[check].model_validate(case.get("options", {}))
    found = list(run([asked], view(case)))
    assert len(found) == len(case["finds"]), [finding.message for finding in found]
    assert [told(f, list(find)) for f, find in zip(found, case["finds"], strict=True)] == case["finds"]
    assert len({finding.key for finding in found}) == len(found)


@pytest.mark.parametrize("check", sorted(all_checks()))
def test_a_check_is_cased_and_documented(check: str) -> None:
    doc = all_checks()[check].__doc__ or ""
    assert (FOLDER / f"{check}.yaml").exists() and "\n    Why: " in doc and "\n    Proposes: " in doc


@pytest.mark.parametrize("check", sorted(all_checks()))
def test_a_check_has_a_record_that_passes_and_one_that_fails_in_both_crms(check: str) -> None:
    failed, passed = set[str](), set[str]()
    for case in YAML(typ="safe").load(FOLDER / f"{check}.yaml").values():
        found = run([all_checks()[check].model_validate(case.get("options", {}))], view(case))
        named = {one for finding in found for one in finding.refs}
        failed |= {one.crm for one in named}
        passed |= {ref(row).crm for row in case["records"] if ref(row) not in named}
    assert failed == passed == set(REAL)
