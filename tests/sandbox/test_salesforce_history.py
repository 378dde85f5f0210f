"""Field histories: which rows a change leaves, and in which form."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org

TRACKED = {"Account": ["Name", "OwnerId", "Description", "AnnualRevenue"], "Opportunity": ["StageName", "Amount"]}


def tracking() -> Org:
    """An organization that tracks some fields."""
    org = Org()
    org.store.set("salesforce", "tracked_fields", TRACKED)
    return org


def rows(org: Org, sobject: str) -> list[tuple[Any, ...]]:
    """(Field, DataType, OldValue, NewValue) of every row."""
    found = org.query(f"SELECT Field, DataType, OldValue, NewValue FROM {sobject} ORDER BY CreatedDate")["records"]
    return [tuple(list(row.values())[1:]) for row in found]


def test_a_record_starts_with_a_row_that_says_created() -> None:
    org = tracking()
    account = org.create("Account", Name="A")
    assert rows(org, "AccountHistory") == [("created", "Text", None, None)]
    [row] = org.query("SELECT AccountId, Account.Name, CreatedById FROM AccountHistory")["records"]
    assert (row["AccountId"], row["Account"]["Name"]) == (account, "A")


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"Name": "B"}, [("Name", "Text", "A", "B")]),
        ({"AnnualRevenue": 5}, [("AnnualRevenue", "Currency", None, 5.0)]),
        ({"Description": "long"}, [("Description", "Text", None, None)]),
        ({"Phone": "1"}, []),
    ],
)
def test_a_change_of_a_tracked_field_leaves_a_row(change: dict[str, Any], row: list[tuple[Any, ...]]) -> None:
    org = tracking()
    account = org.create("Account", Name="A")
    org.advance(60)
    org.call("PATCH", f"/sobjects/Account/{account}", change)
    assert rows(org, "AccountHistory")[1:] == row


def test_a_reference_leaves_a_row_with_names_and_one_with_ids() -> None:
    org = tracking()
    account = org.create("Account", Name="A")
    other = org.put("user", 7, FirstName="Ann", LastName="B", IsActive=True)
    before = org.get("Account", account)["OwnerId"]
    org.advance(60)
    org.call("PATCH", f"/sobjects/Account/{account}", {"OwnerId": other})
    assert rows(org, "AccountHistory")[1:] == [
        ("Owner", "Text", "Robot", "Ann B"), ("Owner", "EntityId", before, other)]  # fmt: skip


def test_a_stage_change_is_in_both_histories() -> None:
    org = tracking()
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-01")
    org.advance(60)
    org.call("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won"})
    assert rows(org, "OpportunityFieldHistory")[1:] == [("StageName", "DynamicEnum", "Prospecting", "Closed Won")]
    assert len(org.ids("SELECT Id FROM OpportunityHistory")) == 2


def test_histories_stay_with_their_own_record_in_a_merge() -> None:
    org = tracking()
    master, loser = org.create("Account", Name="A"), org.create("Account", Name="B")
    org.merge("Account", master, loser)
    found = org.query("SELECT AccountId, Field FROM AccountHistory")["records"]
    assert [(row["AccountId"], row["Field"]) for row in found] == [
        (master, "created"), (loser, "created"), (master, "accountMerged")]  # fmt: skip


def test_nothing_is_tracked_until_it_is_turned_on_and_nothing_can_be_written() -> None:
    org = Org()
    org.create("Account", Name="A")
    assert rows(org, "AccountHistory") == []
    error = org.call("POST", "/sobjects/AccountHistory", {"Field": "Name"}).json()[0]
    assert error["message"] == "entity type cannot be inserted: Account History"


def test_old_and_new_values_are_of_any_type_and_cannot_be_searched() -> None:
    org = tracking()
    fields = {field["name"]: field for field in org.call("GET", "/sobjects/AccountHistory/describe").json()["fields"]}
    facts = [fields["OldValue"][name] for name in ("type", "soapType", "filterable", "sortable", "groupable")]
    assert facts == ["anyType", "xsd:anyType", False, True, False]
    refused = org.query("SELECT Id FROM AccountHistory WHERE OldValue = 'A'")[0]
    assert (refused["errorCode"], "can not be filtered" in refused["message"]) == ("INVALID_FIELD", True)
