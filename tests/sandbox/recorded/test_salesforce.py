"""States are derived from interactions of any kind, and answers that are not the sandbox's are seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.sandbox.recorded.recording import Recording, read
from tests.sandbox.recorded.verdict import judge
from tests.sandbox.salesforce_org import Org

CASES: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("salesforce_cases.yaml").read_text("utf-8"))
JSON, CSV = {"Content-Type": "application/json;charset=UTF-8"}, {"Content-Type": "text/csv"}


def recording(case: dict[str, Any]) -> Recording:
    """A case as a recording."""
    method, path = case["request"].split()
    request = {"method": method, "path": path, "query": case.get("query", {}), "body": case.get("sent")}
    response = {"status": case["status"], "headers": CSV if case.get("csv") else JSON, "body": case["answer"]}
    return read({"kind": "documented", "category": "made", "request": request, "response": response}, "made.json")


@pytest.mark.parametrize("name", CASES)
def test_the_presumed_state_gives_the_recorded_answer(name: str) -> None:
    found = judge(recording(CASES[name]))
    assert (found.word, found.why) == ("matched", ())


def drop(name: str) -> Callable[[Any], None]:
    return lambda record: record.pop(name)


def put(name: str, value: Any) -> Callable[[Any], None]:
    return lambda record: record.update({name: value})


ALTERED = [
    ("a record of a package with a masked id", lambda answer: answer, put("acme__Extra__c", {"a": 1})),
    ("groups that are counted", lambda answer: answer, drop("done")),
    ("groups that are counted", lambda answer: answer["records"][0], put("cnt", "3")),
    ("a column that is none", lambda answer: answer[0], put("errorCode", "INVALID_TYPE")),
    ("a duplicate", lambda answer: answer[0]["duplicateResut"], put("allowed", True)),
    ("deleted and not there", lambda answer: answer[1]["errors"][0], put("statusCode", "DELETE_FAILED")),
    ("a reference within a composite", lambda answer: answer["compositeResponse"][0], put("httpStatusCode", 200)),
    ("a job at work", lambda answer: answer, drop("retries")),
]


@pytest.mark.parametrize(("name", "at", "change"), ALTERED)
def test_an_altered_answer_is_seen(name: str, at: Callable[[Any], Any], change: Callable[[Any], None]) -> None:
    case = YAML(typ="safe").load(Path(__file__).with_name("salesforce_cases.yaml").read_text("utf-8"))[name]
    change(at(case["answer"]))
    assert judge(recording(case)).word == "mismatched"


@pytest.mark.parametrize("status", [201, 404])
def test_another_status_is_seen(status: int) -> None:
    assert judge(recording({**CASES["a search"], "status": status})).word == "mismatched"


@pytest.mark.parametrize(
    "path",
    ["/services/async/60.0/job", "/services/data/v60.0/tooling/query", "/services/data/v60.0/connect/communities"],
)
def test_other_interfaces_are_not_served(path: str) -> None:
    assert judge(recording({"request": f"GET {path}", "status": 200, "answer": {}})).word == "not served"


def test_a_refusal_of_a_type_is_worded_as_recorded() -> None:
    path = "/services/data/v66.0/query/?q=select count() from XYZZY"
    body = {"compositeRequest": [{"referenceId": "one", "method": "GET", "url": path}]}
    [part] = Org().call("POST", "/composite", body).json()["compositeResponse"]
    words = "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not"
    assert part["body"][0]["message"].startswith(words)


def test_a_custom_object_without_a_name_is_named_by_its_id() -> None:
    org = Org()
    org.store.set("salesforce", "custom_objects", {"Thing__c": {"prefix": "a07", "fields": []}})
    id18 = org.create("Thing__c")
    assert org.get("Thing__c", id18)["Name"] == id18[:15]
