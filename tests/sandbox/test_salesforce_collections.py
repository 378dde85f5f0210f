"""Many records or requests in one call: results in order, partial saves, roll-back, references."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import DATA, Org

URL = "/composite/sobjects"


def rows(*names: str | None) -> list[dict[str, Any]]:
    return [{"attributes": {"type": "Account"}, "Name": name} for name in names]


@pytest.mark.parametrize(("all_or_none", "saved"), [(False, [True, False, True]), (True, [False, False, False])])
def test_rows_are_saved_one_by_one_or_all_together(all_or_none: bool, saved: list[bool]) -> None:
    org = Org()
    body = {"allOrNone": all_or_none, "records": rows("A", None, "B")}
    results = org.call("POST", URL, body).json()
    assert [result["success"] for result in results] == saved
    assert len(org.ids("SELECT Id FROM Account")) == len(org.notes()) == sum(saved)


def test_failed_rows_have_a_status_code_and_no_id() -> None:
    results = Org().call("POST", URL, {"allOrNone": True, "records": rows("A", None)}).json()
    assert [result["errors"][0]["statusCode"] for result in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]  # fmt: skip
    assert all("id" not in result for result in results)


def test_update_and_delete_answer_every_row_in_order() -> None:
    org = Org()
    first, second = (org.create("Account", Name=name) for name in "AB")
    org.call("DELETE", f"/sobjects/Account/{second}")
    records = [{**row, "id": each} for row, each in zip(rows("C", "D", "E"), (second, first, "nonsense"), strict=True)]
    results = org.call("PATCH", URL, {"records": records}).json()
    assert results[1] == {"id": first, "success": True, "errors": []}
    codes = [result["errors"][0]["statusCode"] for result in (results[0], results[2])]
    assert codes == ["ENTITY_IS_DELETED", "MALFORMED_ID"]
    gone = org.call("DELETE", f"{URL}?ids={first[:15]},{second}&allOrNone=false").json()
    assert [result["success"] for result in gone] == [True, False]


def test_upsert_says_which_rows_were_made() -> None:
    org = Org()
    known = org.create("Contact", LastName="L", Email="a@b.example")
    records = [{"LastName": "M", "Email": email} for email in ("A@b.example", "c@d.example")]
    results = org.call("PATCH", f"{URL}/Contact/Email", {"records": records}).json()
    assert [result["created"] for result in results] == [False, True] and results[0]["id"] == known


def test_reading_answers_null_for_what_is_not_there() -> None:
    org = Org()
    first, second = (org.create("Account", Name=name) for name in "AB")
    org.call("DELETE", f"/sobjects/Account/{second}")
    found = org.call("POST", f"{URL}/Account", {"ids": [second, first, "001SB00000000zz"], "fields": ["Name"]}).json()
    assert [record and record["Name"] for record in found] == [None, "A", None]


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", URL, {"records": rows(*["A"] * 201)}),
        ("POST", f"{URL}/Account", {"ids": ["001SB0000000001"] * 2001, "fields": ["Name"]}),
        ("POST", URL, {"records": [{"attributes": {"type": kind}} for kind in ["Account", "Contact"] * 6]}),
        ("POST", URL, {"records": 7}),
    ],
)
def test_too_much_is_refused_whole(method: str, url: str, body: object) -> None:
    org = Org()
    assert org.call(method, url, body).status_code == 400 and org.notes() == []


def part(name: str, method: str, url: str, body: object = None, **headers: str) -> dict[str, Any]:
    spec = {"referenceId": name, "method": method, "url": DATA + url, "body": body}
    return {**spec, "httpHeaders": {key.replace("_", "-"): value for key, value in headers.items()}}


def statuses(org: Org, *parts: dict[str, Any], all_or_none: bool = False) -> list[int]:
    answer = org.call("POST", "/composite", {"allOrNone": all_or_none, "compositeRequest": list(parts)}).json()
    return [each["httpStatusCode"] for each in answer["compositeResponse"]]


def test_parts_refer_to_earlier_ones() -> None:
    org = Org()
    account = part("acc", "POST", "/sobjects/Account", {"Name": "Acme"})
    contact = part("con", "POST", "/sobjects/Contact", {"LastName": "L", "AccountId": "@{acc.id}"})
    query = part("q", "GET", "/query?q=SELECT+Name+FROM+Contact+WHERE+AccountId='@{acc.id}'")
    assert statuses(org, account, contact, query) == [201, 201, 200]
    assert len(org.ids("SELECT Id FROM Contact WHERE Account.Name = 'acme'")) == 1


def test_a_guarded_update_fails_alone_or_takes_the_others_back() -> None:
    org = Org()
    ids = [org.create("Account", Name=name) for name in "AB"]
    stale, fresh = "Sun, 01 Mar 2026 11:00:00 GMT", "Sun, 01 Mar 2026 12:00:00 GMT"
    parts = [
        part(f"r{number}", "PATCH", f"/sobjects/Account/{each}", {"Phone": "1"}, If_Unmodified_Since=when)
        for number, (each, when) in enumerate(zip(ids, (fresh, stale), strict=True))
    ]
    assert statuses(org, *parts, all_or_none=True) == [400, 412]
    assert org.get("Account", ids[0])["Phone"] is None
    assert statuses(org, *parts) == [204, 412]
    assert [org.get("Account", each)["Phone"] for each in ids] == ["1", None]


def test_a_part_that_hangs_on_a_failed_one_is_halted() -> None:
    account = part("acc", "POST", "/sobjects/Account", {})
    contact = part("con", "POST", "/sobjects/Contact", {"LastName": "L", "AccountId": "@{acc.id}"})
    assert statuses(Org(), account, contact) == [400, 400]


@pytest.mark.parametrize(
    "parts", [[], [part("a", "GET", "/limits")] * 2, [part(f"n{n}", "GET", "/limits") for n in range(26)]]
)
def test_ill_formed_composites_are_refused_whole(parts: list[dict[str, Any]]) -> None:
    assert Org().call("POST", "/composite", {"compositeRequest": parts}).status_code == 400


def test_a_batch_goes_on_or_halts_after_an_error() -> None:
    org = Org()
    parts = [{"method": "GET", "url": f"v66.0/{path}"} for path in ("limits", "nowhere", "limits")]
    for halt, expected in ((False, [200, 404, 200]), (True, [200, 404, 412])):
        body = org.call("POST", "/composite/batch", {"haltOnError": halt, "batchRequests": parts}).json()
        assert (body["hasErrors"], [item["statusCode"] for item in body["results"]]) == (True, expected)
