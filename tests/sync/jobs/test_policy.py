"""The policy of the scheduled job: nothing without a rule, never more than a rule says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Set
from connectors.values import frozen
from hygiene.check import Band, Finding
from sync.jobs.policy import GRADES, Rule, divide
from sync.plan.model import Grade, Group, Step
from tests.sync.desk import ref

CHECKS = ("duplicate:company", "required_field")


def change(key: str) -> Set:
    return Set(ref(key), frozen({"name": "b"}), frozen({"name": "a"}))


def finding(key: str, check: str = "required_field", score: float = 1.0, band: Band = Band.AUTO) -> Finding:
    return Finding(check, (ref(key),), "m", changes=(change(key),), score=score, band=band)


def proposed(key: str, check: str = "required_field", grade: Grade = Grade.REVERSIBLE, after: str = "") -> Group:
    names = tuple(after.split())
    return Group(f"g-{key}", check, key, key, grade, (Step("1", change(key)),), after=names)


def names(groups: tuple[Group, ...]) -> list[str]:
    return [group.id for group in groups]


RULE = Rule(check="required_field", most=9)
LAX = RULE.model_copy(update={"grade": Grade.IRREVERSIBLE})
rules = st.builds(
    Rule,
    check=st.sampled_from(("duplicate", "required_field")),
    kind=st.sampled_from(("", "company", "contact")),
    band=st.sampled_from(Band),
    grade=st.sampled_from(Grade),
    score=st.sampled_from((0.0, 0.5, 1.0)),
    most=st.integers(0, 3),
)
shapes = st.lists(
    st.tuples(
        st.sampled_from((*CHECKS, "+".join(CHECKS))),
        st.sampled_from(Grade),
        st.sampled_from((0.2, 0.7, 1.0)),
        st.sampled_from(Band),
        st.sets(st.integers(0, 7), max_size=2),
    ),
    max_size=8,
)


@given(shapes, st.lists(rules, max_size=4))
def test_what_is_allowed_never_exceeds_the_rules(shape: list[tuple], policy: list[Rule]) -> None:
    groups = [
        proposed(str(at), check, grade, " ".join(f"g-{other}" for other in after if other != at))
        for at, (check, grade, _, _, after) in enumerate(shape)
    ]
    found = [
        finding(str(at), label, score, band)
        for at, (check, _, score, band, _) in enumerate(shape)
        for label in check.split("+")
    ]
    allowed, waiting = divide(groups, policy, found)
    assert sorted([*allowed, *waiting], key=groups.index) == groups
    for at, group in ((groups.index(item), item) for item in allowed):
        assert set(group.after) <= set(names(allowed))
        for label in group.check.split("+"):
            fits = [rule for rule in policy if rule.check == label.partition(":")[0] and rule.kind in ("", "company")]
            assert any(GRADES.index(group.grade) <= GRADES.index(rule.grade) for rule in fits)
            assert any(
                rule.score <= shape[at][2] and (shape[at][3] is Band.AUTO or rule.band is Band.REVIEW) for rule in fits
            )
    for check in ("duplicate", "required_field"):
        most = sum(rule.most for rule in policy if rule.check == check)
        assert sum(check in group.check for group in allowed) <= most


def test_without_rules_nothing_is_allowed() -> None:
    groups = [proposed("1"), proposed("2", CHECKS[0])]
    assert divide(groups, (), [finding("1"), finding("2", CHECKS[0])]) == ((), tuple(groups))


@pytest.mark.parametrize(
    ("rule", "group", "found", "allowed"),
    [
        (RULE, proposed("1"), finding("1"), True),
        (RULE, proposed("1"), finding("2"), False),
        (RULE, proposed("1", grade=Grade.NEW_ID), finding("1"), False),
        (LAX, proposed("1", grade=Grade.NEW_ID), finding("1"), True),
        (RULE, proposed("1"), finding("1", band=Band.REVIEW), False),
        (RULE.model_copy(update={"score": 0.9}), proposed("1"), finding("1", score=0.8), False),
        (RULE.model_copy(update={"kind": "contact"}), proposed("1"), finding("1"), False),
        (RULE.model_copy(update={"most": 0}), proposed("1"), finding("1"), False),
        (RULE, proposed("1", "required_field+stage_skip"), finding("1"), False),
        (RULE, proposed("1", after="g-9"), finding("1"), False),
    ],
)
def test_one_group_is_allowed_or_waits(rule: Rule, group: Group, found: Finding, allowed: bool) -> None:
    assert bool(divide([group], [rule], [found])[0]) is allowed


def test_a_group_waits_with_the_one_it_depends_on_and_the_order_does_not_matter() -> None:
    first, second = proposed("1", grade=Grade.IRREVERSIBLE), proposed("2", after="g-1")
    found = [finding("1"), finding("2")]
    assert names(divide([second, first], [RULE], found)[1]) == ["g-2", "g-1"]
    assert names(divide([second, replace(first, grade=Grade.REVERSIBLE)], [RULE], found)[0]) == ["g-2", "g-1"]
