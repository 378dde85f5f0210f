"""Bulk API 2.0 queries on the wire: pages, locators, the CSV and what they cannot select."""

import gzip
from typing import Any

import pytest
import requests

from tests.sandbox.salesforce_org import DATA, HOST, Org


def job_of(org: Org, soql: str, operation: str = "query", **order: str) -> requests.Response:
    return org.call("POST", "/jobs/query", {"operation": operation, "query": soql, **order})


def done(org: Org, soql: str, operation: str = "query", **order: str) -> str:
    answer = job_of(org, soql, operation, **order)
    assert answer.status_code == 200, answer.text
    org.advance(1)
    return str(answer.json()["id"])


def page(org: Org, job: str, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {org.tokens['writer']}", "Accept-Encoding": "identity"}
    return org.http.get(f"{HOST}{DATA}/jobs/query/{job}/results", params=params, headers=headers)


def many(count: int) -> Org:
    org = Org()
    for number in range(1, count + 1):
        org.put("company", number, Name=f"N{number:04}")
    return org


def test_a_job_starts_at_once_and_ends_with_its_count() -> None:
    org = many(3)
    answer = job_of(org, "select id from account").json()
    assert (answer["state"], answer["object"], answer["apiVersion"]) == ("UploadComplete", "Account", 66.0)
    org.advance(1)
    info = org.call("GET", f"/jobs/query/{answer['id']}").json()
    assert (info["state"], info["jobType"], info["numberRecordsProcessed"]) == ("JobComplete", "V2Query", 3)


def test_pages_are_led_by_locators_until_the_word_null() -> None:
    org = many(25)
    job = done(org, "SELECT Name FROM Account ORDER BY Name")
    first = page(org, job, maxRecords=10)
    assert first.headers["Sforce-Locator"] == "MTA" and first.headers["Sforce-NumberOfRecords"] == "10"
    assert first.headers["Content-Type"] == "text/csv" and first.text.startswith('"Name"\n"N0001"\n')
    last = page(org, job, maxRecords=20, locator="MTA")
    assert last.headers["Sforce-Locator"] == "null" and last.text.count("\n") == 16


def test_results_stay_as_they_were_and_can_be_read_again() -> None:
    org = many(3)
    job = done(org, "SELECT Id, Name FROM Account")
    before = page(org, job).text
    org.call("DELETE", f"/sobjects/Account/{org.ids('SELECT Id FROM Account')[0]}")
    assert page(org, job).text == before
    assert org.call("DELETE", f"/jobs/query/{job}").status_code == 204 and page(org, job).status_code == 404


def test_deleted_records_show_under_query_all() -> None:
    org = many(2)
    org.call("DELETE", f"/sobjects/Account/{org.ids('SELECT Id FROM Account')[0]}")
    texts = [page(org, done(org, "SELECT Name, IsDeleted FROM Account", each)).text for each in ("query", "queryAll")]
    assert [text.count("\n") for text in texts] == [2, 3] and '"true"' in texts[1]


def test_values_have_the_forms_of_bulk_csv() -> None:
    org = Org()
    account = org.put("company", 1, Name='A "B"', AnnualRevenue=12_500_000, NumberOfEmployees=5)
    org.put("contact", 1, LastName="L", AccountId=account)
    soql = "SELECT CreatedDate, Account.Name, Account.AnnualRevenue, Account.NumberOfEmployees, DoNotCall, Email"
    head, row = page(org, done(org, f"{soql} FROM Contact")).text.splitlines()
    names = ("CreatedDate", "Account.Name", "Account.AnnualRevenue", "Account.NumberOfEmployees", "DoNotCall", "Email")
    assert head == ",".join(f'"{name}"' for name in names)
    assert row == '"2026-03-01T12:00:00.000Z","A ""B""","1.25E7","5","false",""'


def test_the_dialect_of_the_job_is_used_and_answers_are_compressed_for_who_takes_them() -> None:
    org = many(1)
    job = done(org, "SELECT Name, Site FROM Account", columnDelimiter="PIPE", lineEnding="CRLF")
    assert page(org, job).text == '"Name"|"Site"\r\n"N0001"|""\r\n'
    packed = org.call("GET", f"/jobs/query/{job}/results", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and packed.text.startswith('"Name"|')


def test_parallel_pages_are_addresses_five_at_a_time() -> None:
    org = many(13)
    org.store.set("salesforce", "bulk_page", 2)
    job = done(org, "SELECT Name FROM Account ORDER BY Name")
    body = org.call("GET", f"/jobs/query/{job}/resultPages").json()
    rest = org.call("GET", body["nextRecordsUrl"]).json()
    urls = [each["resultUrl"] for each in (*body["resultPages"], *rest["resultPages"])]
    assert (len(body["resultPages"]), body["done"], rest["done"], rest["nextRecordsUrl"]) == (5, False, True, None)
    lines = [line for url in urls for line in org.call("GET", url).text.splitlines()[1:]]
    assert lines == [f'"N{number:04}"' for number in range(1, 14)]


REFUSED = [
    ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "Aggregate Relationships not supported in Bulk"),
    ("SELECT BillingAddress FROM Account", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
    ("SELECT FIELDS(ALL) FROM Account LIMIT 200", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
    ("SELECT COUNT(Id) FROM Account", "API_ERROR", "not supported in Bulk V2 Query"),
    ("SELECT Name FROM Account GROUP BY Name", "API_ERROR", "not supported in Bulk V2 Query"),
    ("SELECT Id FROM Account LIMIT 5 OFFSET 5", "API_ERROR", "OFFSET"),
    ("SELECT TYPEOF Who WHEN Lead THEN Name END FROM Task", "API_ERROR", "TYPEOF"),
    ("SELECT Nope FROM Account", "INVALID_FIELD", "No such column 'Nope'"),
    ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token"),
    ("", "INVALIDJOB", "Must specify query"),
]


@pytest.mark.parametrize(("soql", "code", "message"), REFUSED)
def test_what_jobs_cannot_select_is_refused_at_once(soql: str, code: str, message: str) -> None:
    answer = job_of(Org(), soql)
    [error] = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, code) and message in error["message"]


def test_results_are_refused_before_the_end_and_by_another_version() -> None:
    org = many(1)
    job = str(job_of(org, "SELECT Id FROM Account").json()["id"])
    assert org.call("GET", f"/jobs/query/{job}/results").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    org.advance(1)
    assert org.call("GET", f"/services/data/v65.0/jobs/query/{job}/results").status_code == 409
    assert page(org, job, locator="nope").json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    aborted = org.call("PATCH", f"/jobs/query/{job}", {"state": "Aborted"}).json()[0]
    assert aborted == {"errorCode": "INVALIDJOBSTATE", "message": "Aborting already Completed Job not allowed"}


def test_a_day_has_so_many_query_jobs() -> None:
    org = many(1)
    org.store.set("salesforce", "bulk_query_jobs", 1)
    done(org, "SELECT Id FROM Account")
    [error] = job_of(org, "SELECT Id FROM Account").json()
    assert error["message"] == "Max bulk v2 query jobs (1) per 24 hrs has been reached (1)"


def test_compression_is_real_gzip() -> None:
    org = many(1)
    job = done(org, "SELECT Name FROM Account")
    headers = {"Authorization": f"Bearer {org.tokens['writer']}", "Accept-Encoding": "gzip"}
    answer = org.http.get(f"{HOST}{DATA}/jobs/query/{job}/results", headers=headers, stream=True)
    assert gzip.decompress(answer.raw.read(decode_content=False)).decode() == '"Name"\n"N0001"\n'
