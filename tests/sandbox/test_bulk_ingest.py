"""Bulk API 2.0 ingest on the wire: states, dialects, results and refusals."""

import json
from typing import Any

import pytest
import requests

from tests.sandbox.salesforce_org import DATA, HOST, Org

CSV = {"Content-Type": "text/csv"}
Shown = dict[str, Any]


def send(org: Org, method: str, path: str, data: bytes, **headers: str) -> requests.Response:
    own = {"Authorization": f"Bearer {org.tokens['writer']}", **headers}
    return org.http.request(method, HOST + DATA + path, data=data, headers=own)


def made(org: Org, **order: str) -> str:
    answer = org.call("POST", "/jobs/ingest", {"object": "Account", "operation": "insert", **order})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def run(org: Org, data: bytes, **order: str) -> tuple[str, Shown]:
    job = made(org, **order)
    assert send(org, "PUT", f"/jobs/ingest/{job}/batches", data, **CSV).status_code == 201
    assert org.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"}).status_code == 200
    org.advance(1)
    return job, org.call("GET", f"/jobs/ingest/{job}").json()


def part(org: Org, job: str, name: str) -> str:
    answer = org.call("GET", f"/jobs/ingest/{job}/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv")
    return answer.text


def refused(answer: requests.Response) -> tuple[int, str, str]:
    [error] = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


def test_a_new_job_is_shown_as_the_vendor_shows_it() -> None:
    answer = Org().call("POST", "/jobs/ingest", {"object": "account", "operation": "insert"}).json()
    job = answer.pop("id")
    assert answer.pop("createdDate") == answer.pop("systemModstamp") == "2026-03-01T12:00:00.000+0000"
    assert job.startswith("750") and answer == {
        "operation": "insert", "object": "Account", "createdById": "005SB0000000001YAA", "state": "Open",
        "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": 66.0, "lineEnding": "LF",
        "contentUrl": f"services/data/v66.0/jobs/ingest/{job}/batches", "columnDelimiter": "COMMA"}  # fmt: skip


def test_states_move_with_the_clock() -> None:
    org = Org()
    org.store.set("salesforce", "bulk_seconds", 10)
    job = made(org)
    states = [org.call("GET", f"/jobs/ingest/{job}").json()["state"]]
    send(org, "PUT", f"/jobs/ingest/{job}/batches", b"Name\nA\n", **CSV)
    states.append(org.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"}).json()["state"])
    for _ in range(3):
        org.advance(4)
        states.append(org.call("GET", f"/jobs/ingest/{job}").json()["state"])
    assert states == ["Open", "UploadComplete", "UploadComplete", "InProgress", "JobComplete"]


def test_work_is_done_when_it_is_due_even_if_nobody_asks_for_the_job() -> None:
    org = Org()
    org.store.set("salesforce", "bulk_seconds", 60)
    job = made(org)
    send(org, "PUT", f"/jobs/ingest/{job}/batches", b"Name\nA\n", **CSV)
    org.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    assert org.ids("SELECT Id FROM Account") == []
    org.advance(600)
    [record] = org.query("SELECT CreatedDate FROM Account")["records"]
    assert record["CreatedDate"] == "2026-03-01T12:01:00.000+0000"


def test_a_large_job_goes_on_from_call_to_call() -> None:
    org = Org()
    org.store.set("salesforce", "bulk_rows", 3)
    job, info = run(org, b"Name\nA\nB\nC\n#N/A\nE\n")
    assert (info["state"], info["numberRecordsProcessed"]) == ("InProgress", 3)
    info = org.call("GET", f"/jobs/ingest/{job}").json()
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("JobComplete", 5, 1)
    assert part(org, job, "successfulResults").count("\n") == 5 and part(org, job, "failedResults").count("\n") == 2


def test_a_job_that_is_aborted_at_work_keeps_what_is_done() -> None:
    org = Org()
    org.store.set("salesforce", "bulk_rows", 1)
    job, _ = run(org, b"Name\nA\nB\nC\n")
    assert org.call("PATCH", f"/jobs/ingest/{job}", {"state": "Aborted"}).json()["state"] == "Aborted"
    assert part(org, job, "unprocessedrecords") == 'Name\n"C"\n' and len(org.ids("SELECT Id FROM Account")) == 2


def test_results_are_csv_with_the_header_as_uploaded() -> None:
    org = Org()
    job, info = run(org, b'"Name",Site\n"A, Inc.",\n,S\n')
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("JobComplete", 2, 1)
    [account] = org.ids("SELECT Id FROM Account")
    row = f'"{account}","true","A, Inc.",""'
    assert part(org, job, "successfulResults") == f'"sf__Id","sf__Created","Name",Site\n{row}\n'
    error = "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    assert part(org, job, "failedResults") == f'"sf__Id","sf__Error","Name",Site\n"","{error}","","S"\n'
    assert part(org, job, "unprocessedrecords") == '"Name",Site\n'


DIALECTS = [
    ("COMMA", ",", "LF", "\n"), ("TAB", "\t", "CRLF", "\r\n"), ("PIPE", "|", "LF", "\n"),
    ("SEMICOLON", ";", "CRLF", "\r\n"), ("CARET", "^", "LF", "\n"), ("BACKQUOTE", "`", "LF", "\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sign", "ending", "end"), DIALECTS)
def test_delimiters_and_line_endings_are_honored(name: str, sign: str, ending: str, end: str) -> None:
    org = Org()
    data = end.join([f"Name{sign}Site", f"A{sign}S", ""]).encode()
    job, info = run(org, data, columnDelimiter=name, lineEnding=ending)
    assert (info["state"], info["numberRecordsFailed"]) == ("JobComplete", 0)
    assert part(org, job, "successfulResults").split(end)[1].endswith(f'"true"{sign}"A"{sign}"S"')


FAILED = [
    (b"Name\r\nA\r\n", "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"),
    (b"Name,Nope\nA,B\n", "InvalidBatch : Field name not found : Nope"),
    (b"Name;Site\nA;B\n", "InvalidBatch : Field name not found : Name;Site"),
    ("\ufeffName\nA\n".encode(), "InvalidBatch : Field name not found : \ufeffName"),
    (b'Name\n"A\n', "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"),
    (b"Name,Account:Parent.Name\nA,B\n",
     "InvalidBatch : type is not needed for non polymorphic foreign key references: Parent"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), FAILED)
def test_a_file_that_cannot_be_understood_fails_as_a_whole(data: bytes, message: str) -> None:
    org = Org()
    _, info = run(org, data)
    assert (info["state"], info["errorMessage"], info["numberRecordsProcessed"]) == ("Failed", message, 0)
    assert org.ids("SELECT Id FROM Account") == []


ERRORS = [
    ("NumberOfEmployees", "many", "INVALID_FIELD:Failed to deserialize field at col 1. Due to, 'many' is not a valid"
     " value for the type xsd:int:NumberOfEmployees --"),
    ("OwnerId", "nope", "MALFORMED_ID:Owner ID: id value of incorrect type: nope:OwnerId --"),
    ("Id", "001000000000001", "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --"),
    ("Parent.HubSpot_Company_Id__c", "7", "INVALID_FIELD:Foreign key external ID: 7 not found for field"
     " HubSpot_Company_Id__c in entity Account:--"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "error"), ERRORS)
def test_row_errors_carry_code_message_and_field(column: str, value: str, error: str) -> None:
    org = Org()
    job, info = run(org, f"Name,{column}\nA,{value}\n".encode())
    assert info["numberRecordsFailed"] == 1 and f'"{error}"' in part(org, job, "failedResults")


def test_an_empty_cell_keeps_and_na_clears() -> None:
    org = Org()
    account = org.create("Account", Name="A", Site="S", Phone="1")
    run(org, f"Id,Site,Phone\n{account},#N/A,\n".encode(), operation="update")
    assert [org.get("Account", account)[name] for name in ("Name", "Site", "Phone")] == ["A", None, "1"]


def test_references_go_by_external_id_and_by_type_where_several_are_possible() -> None:
    org = Org()
    account = org.create("Account", Name="A", HubSpot_Company_Id__c="7")
    lead = org.create("Lead", LastName="L", Company="C", Email="l@x.example")
    run(org, b"LastName,Account.HubSpot_Company_Id__c\nM,7\n", object="Contact")
    run(org, b"Subject,Lead:Who.Email\nCall,l@x.example\n", object="Task")
    assert org.query("SELECT AccountId FROM Contact")["records"][0]["AccountId"] == account
    assert org.query("SELECT WhoId FROM Task")["records"][0]["WhoId"] == lead


def test_old_versions_show_failures_without_their_ids_or_know_no_jobs() -> None:
    org = Org()
    job, _ = run(org, b"Name\n#N/A\n")
    old = org.call("GET", f"/services/data/v52.0/jobs/ingest/{job}/failedResults").text
    assert old.splitlines()[0] == '"sf__Error",Name' and old.splitlines()[1].startswith('"REQUIRED_FIELD_MISSING:')
    assert org.call("GET", "/services/data/v40.0/jobs/ingest").status_code == 404


def test_deletes_take_ids_only_and_booleans_many_words() -> None:
    org = Org()
    _, info = run(org, b"Id,Name\n001000000000001,x\n", operation="delete")
    assert info["errorMessage"] == "InvalidBatch : delete batches must contain only ids"
    run(org, b"LastName,DoNotCall\nA,YES\nB,off\n", object="Contact")
    assert [each["DoNotCall"] for each in org.query("SELECT DoNotCall FROM Contact")["records"]] == [True, False]


def test_an_aborted_job_leaves_its_rows_unprocessed() -> None:
    org = Org()
    job = made(org)
    send(org, "PUT", f"/jobs/ingest/{job}/batches", b"Name\nA\nB\n", **CSV)
    assert org.call("PATCH", f"/jobs/ingest/{job}", {"state": "Aborted"}).json()["state"] == "Aborted"
    assert part(org, job, "unprocessedrecords") == 'Name\n"A"\n"B"\n'
    assert org.call("DELETE", f"/jobs/ingest/{job}").status_code == 204
    assert org.call("GET", f"/jobs/ingest/{job}").status_code == 404


ORDERS = [
    ({"object": "Nope", "operation": "insert"}, "INVALIDJOB", "Unable to find object: Nope"),
    ({"object": "Account"}, "INVALIDJOB", "Must specify operation"),
    ({"object": "Account", "operation": "merge"}, "API_ERROR", 'Cannot deserialize value from String "merge"'),
    ({"object": "Account", "operation": "upsert"}, "INVALIDJOB", "External ID was blank for Account."),
    ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Site"}, "INVALIDJOB",
     "Field name provided, Site does not match an External ID, Salesforce Id, or indexed field for Account"),
    ({"object": "OpportunityHistory", "operation": "insert"}, "INVALIDENTITY", "is not supported by the Bulk API."),
    ({"object": "Account", "operation": "insert", "columnDelimiter": "DOT"}, "API_ERROR", "not one of the values"),
]  # fmt: skip


@pytest.mark.parametrize(("order", "code", "message"), ORDERS)
def test_orders_that_make_no_sense_are_refused(order: Shown, code: str, message: str) -> None:
    status, found, text = refused(Org().call("POST", "/jobs/ingest", order))
    assert (status, found) == (400, code) and message in text


def test_states_that_cannot_follow_are_refused() -> None:
    org = Org()
    job, _ = run(org, b"Name\nA\n")
    closed = org.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    aborted = org.call("PATCH", f"/jobs/ingest/{job}", {"state": "Aborted"})
    again = send(org, "PUT", f"/jobs/ingest/{job}/batches", b"Name\nB\n", **CSV)
    assert refused(closed) == (400, "INVALIDJOBSTATE", "Closing already Completed Job not allowed")
    assert refused(aborted) == (400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    assert refused(again)[:2] == (400, "INVALIDJOBSTATE")
    assert refused(org.call("DELETE", f"/jobs/ingest/{made(org)}"))[:2] == (400, "INVALIDJOBSTATE")


def test_multipart_creates_and_starts_at_once() -> None:
    org = Org()
    order = json.dumps({"object": "Account", "operation": "insert"})
    files = {"job": (None, order, "application/json"), "content": ("content.csv", "Name\nA\n", "text/csv")}
    headers = {"Authorization": f"Bearer {org.tokens['writer']}"}
    answer = org.http.post(f"{HOST}{DATA}/jobs/ingest", files=files, headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "UploadComplete")
    org.advance(1)
    assert org.query("SELECT Name FROM Account")["records"][0]["Name"] == "A"


@pytest.mark.parametrize(("name", "value", "code"), [
    ("bulk_batches", 0, "EXCEEDEDQUOTA"), ("bulk_hard_delete", False, "FEATURENOTENABLED")])  # fmt: skip
def test_the_organization_limits_what_jobs_may(name: str, value: object, code: str) -> None:
    org = Org()
    org.store.set("salesforce", name, value)
    order = {"object": "Account", "operation": "hardDelete"}
    assert refused(org.call("POST", "/jobs/ingest", order))[:2] == (400, code)


def test_data_may_not_grow_over_the_limit() -> None:
    org = Org()
    org.store.set("salesforce", "bulk_bytes", 12)
    answer = send(org, "PUT", f"/jobs/ingest/{made(org)}/batches", b"Name\nABCDE\n", **CSV)
    assert refused(answer)[1] == "CLIENTINPUTERROR"


def test_jobs_are_listed_and_old_ones_forgotten() -> None:
    org = Org()
    job, _ = run(org, b"Name\nA\n")
    left = made(org)
    listed = org.call("GET", "/jobs/ingest").json()
    assert listed["done"] and [each["id"] for each in listed["records"]] == [left, job]
    org.advance(8 * 86_400)
    org.tokens["writer"] = org.login("writer")
    made(org)
    assert org.call("GET", f"/jobs/ingest/{job}").status_code == 404
    assert org.call("GET", f"/jobs/ingest/{left}").json()["state"] == "Aborted"


def test_a_reader_makes_jobs_whose_rows_are_all_refused() -> None:
    org = Org()
    org.tokens["writer"] = org.login("reader")
    job, info = run(org, b"Name\nA\n")
    assert info["numberRecordsFailed"] == 1 and "INSUFFICIENT_ACCESS_OR_READONLY:" in part(org, job, "failedResults")
