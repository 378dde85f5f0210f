"""What a rep reads of a deal that was stopped: the rule, what it saw, since when, and what to do."""

import pytest

from connectors.errors import UsageError
from sync.jobs.explain import explain
from sync.jobs.pull import pull_all
from sync.web.rules import judge
from sync.web.worker import Worker
from tests.sync.web.conftest import floor, prepared_stage  # noqa: F401 - fixtures
from tests.sync.web.floor import AMOUNT, FORWARD, READER, Floor


def rows(floor: Floor, crm: str, stage: str = "", reveal: bool = True) -> list[tuple[str, str]]:  # noqa: F811
    with floor.stage.opened(**READER) as session:
        return explain(session, str(floor.deals[crm]), reveal, stage)[1]


def emptied(floor: Floor, crm: str) -> None:  # noqa: F811
    """The deal without an amount, as the mirror has it."""
    floor.move(crm, floor.stood[crm], **{AMOUNT[crm]: {"hubspot": "", "salesforce": None}[crm]})
    with floor.stage.opened() as session:
        pull_all(session)


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_each_rule_says_what_it_misses_and_what_to_do(floor: Floor, crm: str) -> None:  # noqa: F811
    emptied(floor, crm)
    said = rows(floor, crm, FORWARD[crm])
    at = [name for name, _ in said].index("rule required_field")
    assert "  amount" in [name for name, _ in said[at:]] and "  to do" in [name for name, _ in said[at:]]
    assert {"rule stage_skip", "rule exit_criteria"} <= {name for name, _ in said}


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_what_the_gate_did_is_told_with_its_rules(floor: Floor, crm: str) -> None:  # noqa: F811
    emptied(floor, crm)
    floor.move(crm)
    floor.tell(crm)
    with floor.stage.opened(**READER) as session:
        Worker(session, judge(session)).step()
    ((when, text),) = [row for row in rows(floor, crm) if row[0].startswith("gate ")]
    assert "alert" in text and "required_field" in text and " -> " in text and when[5:].strip()


def test_only_a_deal_can_be_moved(floor: Floor) -> None:  # noqa: F811
    with floor.stage.opened(**READER) as session:
        company = next(iter(session.mirror().records("company"))).ref
        with pytest.raises(UsageError, match="is no deal"):
            explain(session, str(company), False, "won")
