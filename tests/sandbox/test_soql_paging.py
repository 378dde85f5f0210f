"""What stands around a SELECT's records: columns=true, explain, short pages and the pages of children."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import DATA, HOST, Org


def asked(org: Org, **params: str) -> Any:
    headers = {"Authorization": f"Bearer {org.tokens['writer']}"}
    return org.http.get(f"{HOST}{DATA}/query", params=params, headers=headers).json()


def columns(soql: str) -> Any:
    return asked(Org(), q=soql, columns="true")


def test_columns_describe_fields() -> None:
    body = columns("SELECT Id, NumberOfEmployees, HubSpot_Company_Id__c FROM Account")
    head = {name: body[name] for name in ("entityName", "groupBy", "idSelected", "keyPrefix")}
    assert head == {"entityName": "Account", "groupBy": False, "idSelected": True, "keyPrefix": "001"}
    assert body["columnMetadata"][1] == {
        "aggregate": False, "apexType": "Integer", "booleanType": False, "columnName": "NumberOfEmployees",
        "custom": False, "displayName": "NumberOfEmployees", "foreignKeyName": None, "insertable": True,
        "joinColumns": [], "numberType": True, "textType": False, "updatable": True}  # fmt: skip
    assert body["columnMetadata"][2]["custom"]


def test_columns_nest_parents_and_children() -> None:
    soql = "SELECT Name, Owner.Name, Owner.Email, (SELECT LastName FROM Contacts) FROM Account"
    _, owner, contacts = columns(soql)["columnMetadata"]
    assert (owner["columnName"], owner["aggregate"], owner["foreignKeyName"]) == ("Owner", False, "OwnerId")
    assert [each["columnName"] for each in owner["joinColumns"]] == ["Name", "Email"]
    assert contacts["aggregate"] and [each["columnName"] for each in contacts["joinColumns"]] == ["LastName"]


def test_columns_of_groups_have_their_names() -> None:
    body = columns("SELECT Industry, COUNT(Id), MAX(Name) top FROM Account GROUP BY Industry")
    names = [(each["columnName"], each["displayName"], each["aggregate"]) for each in body["columnMetadata"]]
    assert body["groupBy"] and names == [
        ("Industry", "Industry", False),
        ("expr0", "count", True),
        ("top", "max", True),
    ]


def test_plans_prefer_an_index() -> None:
    org = Org()
    account = org.create("Account", Name="A")
    plans = asked(org, explain=f"SELECT Id FROM Account WHERE Id = '{account}'")["plans"]
    assert [plan["leadingOperationType"] for plan in plans] == ["Index", "TableScan"] and plans[0]["fields"] == ["Id"]
    assert [plan["leadingOperationType"] for plan in asked(org, explain="SELECT Id FROM Lead")["plans"]] == [
        "TableScan"
    ]
    assert asked(org, explain="SELECT Nope FROM")[0]["errorCode"] == "MALFORMED_QUERY"


def test_the_server_may_answer_shorter_pages_than_asked_for() -> None:
    org = Org()
    org.store.set("salesforce", "short_pages", 3)
    for number in range(1, 8):
        org.put("company", number, Name=f"N{number}")
    sizes, page = [], org.query("SELECT Id FROM Account", Sforce_Query_Options="batchSize=200")
    while True:
        sizes.append((len(page["records"]), page["totalSize"], page["done"]))
        if page["done"]:
            break
        page = org.call("GET", page["nextRecordsUrl"]).json()
    assert sizes == [(3, 7, False), (3, 7, False), (1, 7, True)]


def family(children: int) -> Org:
    org = Org()
    account = org.put("company", 1, Name="A")
    for number in range(1, children + 1):
        org.put("contact", number, LastName=f"L{number:03}", AccountId=account)
    return org


def test_children_have_pages_of_their_own() -> None:
    org = family(450)
    soql = "SELECT Name, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName) FROM Account"
    [row] = org.query(soql, Sforce_Query_Options="batchSize=200")["records"]
    page, names = row["Contacts"], []
    assert (page["totalSize"], page["done"]) == (450, False)
    while True:
        names += [each["LastName"] for each in page["records"]]
        if page["done"]:
            break
        page = org.call("GET", page["nextRecordsUrl"]).json()
    assert names == [f"L{number:03}" for number in range(1, 451)] and page["records"][0]["Account"]["Name"] == "A"


@pytest.mark.parametrize(("version", "ok"), [("66.0", True), ("57.0", False)])
def test_grandchildren_came_with_version_58(version: str, ok: bool) -> None:
    soql = "SELECT Name, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts) FROM Account"
    org = family(1)
    headers = {"Authorization": f"Bearer {org.tokens['writer']}"}
    answer = org.http.get(f"{HOST}/services/data/v{version}/query", params={"q": soql}, headers=headers)
    assert answer.ok is ok


def test_limits_tell_what_jobs_used() -> None:
    org = Org()
    org.call("POST", "/jobs/ingest", {"object": "Account", "operation": "insert"})
    org.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Account"})
    limits = org.call("GET", "/limits").json()
    assert limits["DailyBulkApiBatches"]["Remaining"] == 14_999 and limits["DailyBulkV2QueryJobs"]["Remaining"] == 9_999
