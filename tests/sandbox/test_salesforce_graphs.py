"""Composite graphs and sObject trees: all or nothing, with references, limits and the vendor's answers."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import DATA, Org

Spec = dict[str, Any]


def node(reference: str, sobject: str, method: str = "POST", key: str = "", **body: Any) -> Spec:
    spec = {"method": method, "url": f"{DATA}/sobjects/{sobject}{key}", "referenceId": reference}
    return {**spec, "body": body} if body else spec


def graph(name: str, *nodes: Spec) -> Spec:
    return {"graphId": name, "compositeRequest": list(nodes)}


def run(org: Org, *graphs: Spec) -> list[Spec]:
    answer = org.call("POST", "/composite/graph", {"graphs": list(graphs)})
    assert answer.status_code == 200, answer.text
    found: list[Spec] = answer.json()["graphs"]
    return found


def statuses(result: Spec) -> list[int]:
    return [part["httpStatusCode"] for part in result["graphResponse"]["compositeResponse"]]


def test_nodes_run_after_those_they_refer_to() -> None:
    org = Org()
    contact = node("c", "Contact", LastName="L", AccountId="@{a.id}")
    [result] = run(org, graph("g1", contact, node("a", "Account", name="Acme")))
    assert (result["graphId"], result["isSuccessful"], statuses(result)) == ("g1", True, [201, 201])
    assert org.query("SELECT Account.Name FROM Contact")["records"][0]["Account"]["Name"] == "Acme"


def test_a_refused_node_undoes_its_graph_and_no_other() -> None:
    org = Org()
    bad = graph("bad", node("a", "Account", Name="A"), node("b", "Account", Nope="B"))
    first, second = run(org, bad, graph("good", node("c", "Account", Name="C")))
    assert (first["isSuccessful"], second["isSuccessful"], statuses(first)) == (False, True, [400, 400])
    errors = [part["body"][0]["errorCode"] for part in first["graphResponse"]["compositeResponse"]]
    assert errors == ["PROCESSING_HALTED", "INVALID_FIELD"]
    assert [each["Name"] for each in org.query("SELECT Name FROM Account")["records"]] == ["C"]


def test_after_fifteen_failed_graphs_the_rest_is_not_tried() -> None:
    org = Org()
    results = run(org, *(graph(f"g{n}", node("x", "Account", Nope="1")) for n in range(15)), graph(
        "last", node("a", "Account", Name="A")))  # fmt: skip
    assert not any(result["isSuccessful"] for result in results) and org.ids("SELECT Id FROM Account") == []
    assert results[-1]["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"] == "PROCESSING_HALTED"


REFUSED = [
    ([graph("a.b", node("x", "Account", Name="A"))], "graphId"),
    ([graph("g", node("x", "Account", Name="A"))] * 2, "graphId of its own"),
    ([graph("g", node("x", "Account", Name="A"), node("x", "Account", Name="B"))], "referenceId"),
    ([graph("g", {"method": "GET", "url": f"{DATA}/query?q=x", "referenceId": "x"})], "do not support GET"),
    ([graph("g", node("x", "Account", Name="@{y.id}"), node("y", "Account", Name="@{x.id}"))], "circular"),
    ([graph(f"g{n}", node("x", "Account", Name="A")) for n in range(76)], "at most 75 graphs"),
    ([graph("g", *(node(f"n{n}", "Account", Name="A") for n in range(501)))], "at most 500 nodes"),
    ([graph("g", *(node(f"n{n}", f"Type{n}", Name="A") for n in range(16)))], "at most 15 different nodes"),
]


@pytest.mark.parametrize(("graphs", "message"), REFUSED)
def test_graphs_have_limits(graphs: list[Spec], message: str) -> None:
    answer = Org().call("POST", "/composite/graph", {"graphs": graphs})
    assert answer.status_code == 400 and message in answer.json()[0]["message"]


def record(kind: str, reference: str, **fields: Any) -> Spec:
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


def plant(org: Org, *records: Spec) -> tuple[int, Any]:
    answer = org.call("POST", "/composite/tree/Account", {"records": list(records)})
    return answer.status_code, answer.json()


def test_a_tree_is_created_level_by_level() -> None:
    org = Org()
    contacts = {"records": [record("Contact", "c1", LastName="L"), record("Contact", "c2", LastName="M")]}
    status, body = plant(org, record("Account", "a1", Name="A", Contacts=contacts), record("Account", "a2", Name="B"))
    assert (status, body["hasErrors"]) == (201, False)
    assert [each["referenceId"] for each in body["results"]] == ["a1", "a2", "c1", "c2"]
    account = body["results"][0]["id"]
    assert {each["AccountId"] for each in org.query("SELECT AccountId FROM Contact")["records"]} == {account}


def test_a_refused_record_undoes_the_trees_and_is_shown_alone() -> None:
    org = Org()
    contacts = {"records": [record("Contact", "c1", LastName="L", Email="nope")]}
    status, body = plant(org, record("Account", "a1", Name="A", Contacts=contacts))
    error = {
        "statusCode": "INVALID_EMAIL_ADDRESS",
        "message": "Email: invalid email address: nope",
        "fields": ["Email"],
    }
    assert (status, body) == (400, {"hasErrors": True, "results": [{"referenceId": "c1", "errors": [error]}]})
    assert org.ids("SELECT Id FROM Account") == []


TREES = [
    ([record("Account", f"r{n}", Name="A") for n in range(201)], "record limit reached"),
    ([record("Account", "r", Name="A"), record("Account", "r", Name="B")], "Duplicate ReferenceId"),
    ([record("Contact", "r", LastName="A")], "must be of type Account"),
    ([record("Account", "", Name="A")], "referenceId"),
    ([record("Account", "r", Name="A", Nopes={"records": [record("Contact", "c", LastName="L")]})], "No such column"),
]


@pytest.mark.parametrize(("records", "message"), TREES)
def test_trees_have_limits(records: list[Spec], message: str) -> None:
    status, body = plant(Org(), *records)
    assert status == 400 and message in body[0]["message"]
