"""Hypothesis strategies for everything that a plan may hold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from hypothesis import strategies as st

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Survivor, Target, Unlink
from connectors.records import Link, Record, Ref
from connectors.values import Fields, Value, frozen
from hygiene.check import Evidence
from sync.plan.model import About, Expectation, Grade, Group, Impact, Plan, Step, Workspace

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IDS = st.text("abcXYZ019_-", min_size=1, max_size=6)
NAMES = st.sampled_from(["name", "phone", "city", "amount", "tags", "twin", "créé", "a b"])
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda distance: START + distance)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e12"), max_value=Decimal("1e12"))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), WORDS, st.booleans(), NUMBERS, st.dates(), MOMENTS, st.lists(WORDS, max_size=3).map(tuple)
)
FIELDS: st.SearchStrategy[Fields] = st.dictionaries(NAMES, VALUES, max_size=4).map(frozen)
WORKSPACES = st.sampled_from(["hubspot:123", "salesforce:00DSB0000000001EAA"])
REFS = st.builds(Ref, WORKSPACES, st.sampled_from(["company", "contact", "lead", "deal"]), IDS)
LINKS = st.builds(Link, REFS, st.sampled_from(["", "primary", "a/b"]), st.sampled_from(["out", "in", "both"]))
TARGETS: st.SearchStrategy[Target] = st.one_of(REFS, st.builds(Survivor, st.sampled_from(["1", "2"])))
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Set, TARGETS, FIELDS, FIELDS),
    st.builds(Settle, TARGETS, FIELDS),
    st.builds(Merge, TARGETS, st.lists(REFS, min_size=1, max_size=3).map(tuple), FIELDS),
    st.builds(Create, WORKSPACES, st.just("task"), IDS, FIELDS, st.just("revops_key")),
    st.builds(Connect, TARGETS, LINKS),
    st.builds(Unlink, TARGETS, LINKS),
    st.builds(Archive, REFS),
    st.builds(Restore, REFS),
)
EVIDENCE = st.builds(
    Evidence, WORDS, WORDS, st.floats(-9, 9).filter(lambda x: x == x), st.lists(WORDS, max_size=2).map(tuple)
)
TIES = st.dictionaries(st.just("contact"), st.lists(IDS, max_size=2).map(tuple), max_size=1).map(MappingProxyType)
EXPECTATIONS = st.builds(Expectation, REFS, FIELDS, TIES)
WHY = st.dictionaries(NAMES, WORDS, max_size=2).map(MappingProxyType)

IMPACTS = st.builds(
    Impact,
    st.sampled_from(list(About)),
    NAMES,
    VALUES,
    VALUES,
    st.integers(0, 99),
    st.booleans(),
    st.lists(REFS, max_size=2).map(tuple),
)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """A group of up to four numbered steps."""
    changes = draw(st.lists(CHANGES, min_size=1, max_size=4))
    return Group(
        id=f"g-{draw(IDS)}",
        check=draw(WORDS),
        finding=draw(WORDS),
        title=draw(WORDS),
        grade=draw(st.sampled_from(list(Grade))),
        steps=tuple(Step(str(place), change) for place, change in enumerate(changes, 1)),
        expects=tuple(draw(st.lists(EXPECTATIONS, max_size=2))),
        evidence=tuple(draw(st.lists(EVIDENCE, max_size=2))),
        why=draw(WHY),
        after=tuple(draw(st.lists(IDS, max_size=2))),
        impact=tuple(draw(st.lists(IMPACTS, max_size=2))),
    )


COUNTS = st.dictionaries(WORDS, st.integers(0, 99), max_size=2).map(MappingProxyType)
PULLED = st.dictionaries(WORDS, MOMENTS, max_size=2).map(MappingProxyType)
SCHEMAS = st.dictionaries(WORDS, WORDS, max_size=2).map(MappingProxyType)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of up to three groups for up to two accounts."""
    names = draw(st.lists(WORKSPACES, unique=True, max_size=2))
    spaces = {
        name: Workspace(name, draw(st.booleans()), "1", draw(SCHEMAS), draw(PULLED), draw(COUNTS)) for name in names
    }
    made, expires = draw(MOMENTS), draw(MOMENTS)
    found = tuple(draw(st.lists(groups(), max_size=3)))
    return Plan(draw(WORDS), made, expires, draw(WORDS), MappingProxyType(spaces), found, draw(WORDS))


def records(
    workspace: str = "hubspot:1", kinds: tuple[str, ...] = ("company", "contact")
) -> st.SearchStrategy[list[Record]]:
    """Records of a few kinds in one account, each tied to some of the others or to one that is not there."""
    ids = st.sampled_from("abcdef")
    refs = st.builds(Ref, st.just(workspace), st.sampled_from(kinds), ids)
    links = st.builds(Link, refs, st.sampled_from(["", "primary"]), st.sampled_from(["out", "both"]))
    made = st.builds(Record, refs, FIELDS, st.lists(links, max_size=3, unique=True).map(tuple))
    return st.lists(made, max_size=8, unique_by=lambda item: item.ref)
