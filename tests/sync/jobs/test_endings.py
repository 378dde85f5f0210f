"""What will break is told with its month, and as a warning when it is near."""

from datetime import date

import pytest

from connectors.base import Identity
from sync.environment import Environment
from sync.jobs.doctor import examine
from sync.jobs.endings import endings
from tests.sync.stage import Stage

NONE = Environment()


def told(crm: str, version: str, today: date, env: Environment = NONE) -> list[tuple[str, str]]:
    return [item.said(today) for item in endings(Identity(f"{crm}:1", "", True, version), env)]


@pytest.mark.parametrize(
    ("crm", "version", "month"),
    [
        ("hubspot", "2026-03", "until October 2027"),
        ("hubspot", "2026-06", "until January 2028"),
        ("hubspot", "2026-09", "until April 2028"),
        ("salesforce", "66.0", "until February 2029"),
        ("salesforce", "v65.0", "until October 2028"),
        ("salesforce", "68.0", "until October 2029"),
    ],
)
def test_a_version_is_promised_for_its_time(crm: str, version: str, month: str) -> None:
    assert any(month in text for _, text in told(crm, version, date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("today", "state", "words"),
    [
        (date(2027, 3, 1), "ok", "214 days"),
        (date(2027, 4, 1), "warning", "183 days"),
        (date(2027, 10, 1), "warning", "no more since October 2027"),
    ],
)
def test_what_is_near_is_a_warning_and_never_an_error(today: date, state: str, words: str) -> None:
    (line,) = [item for item in told("hubspot", "2026-03", today) if "API 2026-03" in item[1]]
    assert line[0] == state and words in line[1]


def test_a_private_apps_token_ends_and_is_not_shown() -> None:
    env = Environment.model_validate({"hubspot_access_token": "pat-na1-0123"})
    lines = told("hubspot", "2026-03", date(2026, 11, 22), env)
    assert [text for _, text in lines if "private app" in text and "service key" in text]
    assert "0123" not in str(lines) and len(lines) == len(told("hubspot", "2026-03", date(2026, 11, 22))) + 1


def test_doctor_tells_it_of_each_account(stage: Stage) -> None:
    with stage.opened() as session:
        lines = [(where, text) for where, _, text in examine(session) if "promised" in text]
    assert {where.partition(":")[0] for where, _ in lines} == {"hubspot", "salesforce"}
