"""getUpdated and getDeleted over REST: windows, what they list and what they refuse."""

import pytest

from tests.sandbox.salesforce_org import Org

NOON = "2026-03-01T12:00:00Z"


def asked(org: Org, what: str, start: str, end: str, sobject: str = "Account") -> dict[str, object]:
    """The body of an answer, or its only error."""
    body = org.call("GET", f"/sobjects/{sobject}/{what}/?start={start}&end={end}").json()
    return dict(body[0] if isinstance(body, list) else body)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-03-01T11:59:00Z", "2026-03-01T12:00:59Z", True),
        ("2026-03-01T12:00:59Z", "2026-03-01T12:01:00Z", True),
        ("2026-03-01T13:00:00%2B01:00", "2026-03-01T13:01:00+01:00", True),
        ("2026-03-01T12:01:00Z", "2026-03-01T12:02:00Z", False),
        ("2026-03-01T11:00:00Z", "2026-03-01T11:59:59Z", False),
    ],
)
def test_a_window_counts_whole_minutes_and_both_its_ends(start: str, end: str, found: bool) -> None:
    org = Org()
    account = org.create("Account", Name="A")
    org.advance(300)
    assert asked(org, "updated", start, end)["ids"] == [account] * found


@pytest.mark.parametrize("what", ["updated", "deleted"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOON, NOON),
        (NOON, "2026-03-01T12:00:59Z"),
        (NOON, "2026-03-01T11:00:00Z"),
        ("yesterday", NOON),
        (NOON, ""),
        ("2026-01-29T12:00:00Z", NOON),
    ],
)
def test_a_window_that_is_none_is_refused(what: str, start: str, end: str) -> None:
    assert asked(Org(), what, start, end)["errorCode"] == "INVALID_REPLICATION_DATE"


@pytest.mark.parametrize(("day", "allowed"), [("2026-02-15", True), ("2026-02-14", False)])
def test_deletions_are_kept_as_long_as_the_bin_keeps_them(day: str, allowed: bool) -> None:
    body = asked(Org(), "deleted", f"{day}T00:00:00Z", NOON)
    assert (body.get("earliestDateAvailable") == "2026-02-14T12:00:00.000+0000") is allowed
    assert (body.get("errorCode") == "INVALID_REPLICATION_DATE") is not allowed


def test_what_is_covered_ends_with_the_last_whole_minute() -> None:
    org = Org()
    org.advance(90)
    assert asked(org, "updated", NOON, "2026-03-01T13:00:00Z")["latestDateCovered"] == "2026-03-01T12:01:00.000+0000"


def test_losers_of_merges_are_among_the_deleted_and_what_came_back_is_not() -> None:
    org = Org()
    master, loser, gone = (org.create("Account", Name=name) for name in "ABC")
    org.merge("Account", master, loser)
    org.call("DELETE", f"/sobjects/Account/{gone}")
    org.soap(f"<p:undelete><p:ids>{gone}</p:ids></p:undelete>")
    org.advance(120)
    deleted = asked(org, "deleted", NOON, "2026-03-01T12:01:00Z")
    assert deleted["deletedRecords"] == [{"id": loser, "deletedDate": "2026-03-01T12:00:00.000+0000"}]
    assert asked(org, "updated", NOON, "2026-03-01T12:01:00Z")["ids"] == [master, gone]


def test_types_that_are_not_replicated_are_refused() -> None:
    error = asked(Org(), "updated", NOON, "2026-03-01T12:01:00Z", "OpportunityStage")
    assert error["errorCode"] == "INVALID_TYPE_FOR_OPERATION"
