"""What people and workflows do shows up like everything else: time stamps, history, ledger."""

import pytest

from sandbox.salesforce import edit
from tests.sandbox.salesforce_org import NOW, Org


def test_a_person_moves_a_deal_and_the_history_shows_it() -> None:
    org = Org()
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-01")
    edit(org.store, NOW + 60_000, {"kind": "deal", "id": deal, "fields": {"StageName": "Closed Lost"}})
    rows = org.query("SELECT StageName FROM OpportunityHistory ORDER BY CreatedDate")["records"]
    assert [row["StageName"] for row in rows] == ["Prospecting", "Closed Lost"]
    assert org.get("Opportunity", deal)["IsClosed"] is True
    assert list(org.store.ledger())[-1]["detail"]["actor"] == "person"


def test_a_person_deletes_and_merges() -> None:
    org = Org()
    master, loser, gone = (org.create("Account", Name=name) for name in "ABC")
    edit(org.store, NOW, {"kind": "company", "id": master, "merge": loser})
    edit(org.store, NOW, {"kind": "company", "id": gone, "archive": True})
    assert org.ids("SELECT Id FROM Account") == [master]


def test_a_record_that_is_not_there_cannot_be_edited() -> None:
    with pytest.raises(KeyError, match="no salesforce company"):
        edit(Org().store, NOW, {"kind": "company", "id": "001", "fields": {}})
