"""Bulk API 2.0 through simple-salesforce: loads with bad rows, upserts, queries in pages, downloads, deletes."""

import csv
import io
import os
from pathlib import Path
from typing import Any

from simple_salesforce.bulk2 import ColumnDelimiter, LineEnding
from simple_salesforce.exceptions import SalesforceOperationError
from tell import holds, refusal, same

OURS = "FROM Contact WHERE LastName LIKE 'simple bulk %'"


def rows(text: str) -> list[dict[str, str]]:
    """A CSV text as rows."""
    return list(csv.DictReader(io.StringIO(text)))


def loads_rows_and_reads_what_became_of_each(crm: Any) -> None:
    records = [{"LastName": f"simple bulk {n}" if n != 3 else "", "Email": f"b{n}@example.com"} for n in range(250)]
    [done] = crm.bulk2.Contact.insert(records=records, wait=0)
    same((done["numberRecordsProcessed"], done["numberRecordsFailed"]), (250, 1))
    [failed] = rows(crm.bulk2.Contact.get_failed_records(done["job_id"]))
    same((failed["Email"], failed["sf__Error"].split(":")[0]), ("b3@example.com", "REQUIRED_FIELD_MISSING"))
    made = rows(crm.bulk2.Contact.get_successful_records(done["job_id"]))
    same((len(made), {row["sf__Created"] for row in made}), (249, {"true"}))
    same(crm.Contact.get(made[0]["sf__Id"])["Email"], made[0]["Email"])
    same(rows(crm.bulk2.Contact.get_unprocessed_records(done["job_id"])), [])


def queries_in_pages_and_downloads(crm: Any) -> None:
    pages = [rows(text) for text in crm.bulk2.Contact.query(f"SELECT Id, LastName {OURS}", max_records=100, wait=0)]
    same([len(page) for page in pages], [100, 100, 49])
    same(len({row["Id"] for page in pages for row in page}), 249)
    folder = Path(os.environ["SCRATCH"]) / "downloads"
    folder.mkdir()
    crm.bulk2.Contact.download(f"SELECT Id, Email {OURS}", path=str(folder), max_records=200, wait=0)
    same(sum(len(rows(file.read_text("utf-8"))) for file in folder.iterdir()), 249)


def upserts_with_other_delimiters_and_line_endings(crm: Any) -> None:
    file = Path(os.environ["SCRATCH"]) / "accounts.csv"
    lines = ["Name|HubSpot_Company_Id__c|Industry", "Bulk A|simple-b1|Energy", "Bulk B|simple-b2|#N/A", ""]
    file.write_bytes("\r\n".join(lines).encode())
    options = {"column_delimiter": ColumnDelimiter.PIPE, "line_ending": LineEnding.CRLF}
    for created in ("true", "false"):
        [done] = crm.bulk2.Account.upsert(str(file), external_id_field="HubSpot_Company_Id__c", wait=0, **options)
        same((done["numberRecordsProcessed"], done["numberRecordsFailed"]), (2, 0))
        text = crm.bulk2.Account.get_successful_records(done["job_id"])
        same({row["sf__Created"] for row in csv.DictReader(io.StringIO(text), delimiter="|")}, {created})
    same(crm.Account.get_by_custom_id("HubSpot_Company_Id__c", "simple-b1")["Industry"], "Energy")


def changes_and_deletes_in_bulk(crm: Any) -> None:
    ids = [row["Id"] for row in crm.query_all(f"SELECT Id {OURS}")["records"]]
    [done] = crm.bulk2.Contact.update(records=[{"Id": each, "Title": "Changed"} for each in ids], wait=0)
    same((done["numberRecordsProcessed"], done["numberRecordsFailed"]), (249, 0))
    same(crm.query(f"SELECT COUNT() {OURS} AND Title = 'Changed'")["totalSize"], 249)
    [done] = crm.bulk2.Contact.delete(records=[{"Id": each} for each in ids], wait=0)
    same((done["numberRecordsFailed"], crm.query(f"SELECT COUNT() {OURS}")["totalSize"]), (0, 0))


def is_told_of_an_unknown_column(crm: Any) -> None:
    records = [{"LastName": "L", "Nope__c": "1"}]
    refused = refusal(SalesforceOperationError, crm.bulk2.Contact.insert, records=records, wait=0)
    holds("InvalidBatch : Field name not found : Nope__c" in str(refused), str(refused))


OPERATIONS = [
    loads_rows_and_reads_what_became_of_each,
    queries_in_pages_and_downloads,
    upserts_with_other_delimiters_and_line_endings,
    changes_and_deletes_in_bulk,
    is_told_of_an_unknown_column,
]
