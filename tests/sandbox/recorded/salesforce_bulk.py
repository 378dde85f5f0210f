"""What a Bulk 2.0 interaction presumes: a job that was made, fed and has come as far as the recording shows."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_exchange import Exchange
from tests.sandbox.recorded.salesforce_refusals import refusals
from tests.sandbox.recorded.salesforce_soql import queried
from tests.sandbox.recorded.salesforce_world import World

DELIMITERS = {"COMMA": ",", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "CARET": "^", "BACKQUOTE": "`"}
SAMPLE = "Name\nAcme\n"
SECONDS = 100  # long enough to be seen at work
CONFLICT = 409


def jobs(world: World, exchange: Exchange, kind: str) -> None:
    """GET and POST of /jobs/ingest and /jobs/query."""
    if exchange.method == "POST":
        make(world, exchange, kind)
    else:
        listed(world, exchange, kind)


def make(world: World, exchange: Exchange, kind: str) -> None:
    """POST /jobs/ingest and /jobs/query."""
    if not exchange.ok:
        return
    order = exchange.values
    if kind == "query":
        queried(world, str(order.get("query", "")), {"records": [], "totalSize": 0, "done": True})
        return
    world.type(str(order["object"]))
    key = order.get("externalIdFieldName")
    if key and key.lower() != "id":
        world.saw(str(order["object"]), key, external=True)


def listed(world: World, exchange: Exchange, kind: str) -> None:
    """GET /jobs/ingest and /jobs/query: as many jobs as the list shows, of the same kinds."""
    for shown in exchange.answer.get("records", []) if exchange.ok else []:
        prepare(world, kind, str(shown["id"]), shown, "")


def job(world: World, exchange: Exchange, kind: str, id_text: str) -> None:
    """GET, PATCH and DELETE of one job."""
    if exchange.status == 404:
        return
    shown = dict(exchange.answer) if isinstance(exchange.answer, dict) else {}
    if exchange.method == "PATCH":
        shown["state"] = "Uploaded"
    prepare(world, kind, id_text, shown, "")


def data(world: World, exchange: Exchange, id_text: str) -> None:
    """PUT /jobs/ingest/{id}/batches."""
    text = str(exchange.body or "")
    if exchange.ok:
        prepare(world, "ingest", id_text, {"object": type_of(text), "state": "Open"}, text)


def ingested(world: World, exchange: Exchange, id_text: str, part: str) -> None:
    """GET of the results of an ingest job."""
    text = str(exchange.answer or "") if exchange.ok else ""
    state = {"successfulResults": "JobComplete", "failedResults": "JobComplete"}.get(part, "Aborted")
    own = without_sf(text)
    name = type_of(text, world)
    if part == "failedResults":
        for row in csv.DictReader(io.StringIO(text)):
            code, _, message = str(row.get("sf__Error") or "").partition(":")
            message, _, fields = message.rpartition(":")
            names = [each for each in fields.strip(" -").split(",") if each]
            refused(world, name, {"statusCode": code, "message": message, "fields": names}, row)
    prepare(world, "ingest", id_text, {"object": name, "state": state, "operation": operation_of(own)}, own)


def refused(world: World, name: str, error: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """A row that failed as the error says."""
    values = {key: value for key, value in row.items() if not key.startswith("sf__")}
    refusals(world, name, None, values, [error])


def extracted(world: World, exchange: Exchange, id_text: str) -> None:
    """GET /jobs/query/{id}/results: the records of the CSV, more of them where a locator leads on."""
    text = str(exchange.answer or "") if exchange.ok else ""
    rows = list(csv.DictReader(io.StringIO(text)))
    name = type_of(text, world)
    columns = list(rows[0]) if rows else ["Id"]
    for row in rows:
        world.row(name, row.get("Id"), {column: value for column, value in row.items() if value})
    for column in columns:
        world.saw(name, column)
    soql = f"SELECT {', '.join(columns)} FROM {name}"
    # Results are read with the version that made the job: a conflict is with another one.
    own = exchange.status != CONFLICT
    prepare(world, "query", id_text, {"object": name, "query": soql, "state": "JobComplete", "same": own}, "")


def without_sf(text: str) -> str:
    """The CSV of a result without the columns that the vendor added."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        return SAMPLE
    kept = [index for index, column in enumerate(rows[0]) if not column.startswith("sf__")]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[row[index] for index in kept] for row in rows])
    return out.getvalue()


def operation_of(text: str) -> str:
    """The operation that the columns speak for."""
    return "update" if "Id" in text.partition("\n")[0].replace('"', "").split(",") else "insert"


def type_of(text: str, world: World | None = None) -> str:
    """The type of a CSV's records by the first id in it, else by its columns."""
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            found = world.schema.of_id(cell) if world and len(cell) in (15, 18) else None
            if found:
                return found.name
    header = text.partition("\n")[0]
    return "Contact" if "LastName" in header else "Opportunity" if "StageName" in header else "Account"


def prepare(world: World, kind: str, id_text: str, shown: Mapping[str, Any], text: str) -> None:
    """Have a job made before the replay; its id takes the place of the recorded one."""
    name = str(shown.get("object") or "Account")
    world.type(name)
    world.switches["bulk_seconds"] = SECONDS
    order = {"object": name, "operation": str(shown.get("operation") or "insert")}
    if key := shown.get("externalIdFieldName"):
        world.saw(name, key, external=True)
        order["externalIdFieldName"] = key
    order.update(
        {fact: shown[fact] for fact in ("lineEnding", "columnDelimiter") if fact in shown and kind == "ingest"}
    )
    if kind == "query":
        order = {"operation": order["operation"] if "query" in order["operation"] else "query", "query": ""}
        order["query"] = str(shown.get("query") or f"SELECT Id FROM {name}")
    for column in next(csv.reader(io.StringIO(text)), []):
        relation, _, inner = column.partition(".")
        if inner:
            world.saw(world.saw(name, world.reference(name, relation, None)).target or name, inner, external=True)
        else:
            world.saw(name, column)
    feed = Feed(kind, id_text, order, text or sample(world, name, shown), str(shown.get("state", "Open")))
    world.prepare.append(replace(feed, same_version=bool(shown.get("same", True))))


def sample(world: World, name: str, shown: Mapping[str, Any]) -> str:
    """A CSV that the job was fed with; one whose header is none where the job failed for that."""
    if shown.get("state") == "Failed":
        return "NoSuchField__x\nx\n"
    key = shown.get("externalIdFieldName")
    delimiter = DELIMITERS[str(shown.get("columnDelimiter", "COMMA"))]
    ending = "\r\n" if shown.get("lineEnding") == "CRLF" else "\n"
    known = world.type(name).known
    needed = [field.name for field in known.fields.values() if field.required] if known else ["Name"]
    columns = list(dict.fromkeys([*needed, *([key] if key else [])]))
    return ending.join([delimiter.join(columns), delimiter.join("1" for _ in columns), ""])


@dataclass(frozen=True, slots=True)
class Feed:
    """A job that is made through the interface, fed and brought to a state."""

    kind: str
    id_text: str
    order: Mapping[str, Any]
    text: str
    state: str
    same_version: bool = True

    def __call__(self, driver: Driver) -> dict[str, str]:
        """Make it; its id stands for the recorded one."""
        version = driver.version if self.same_version else driver.version - 1
        base = f"/services/data/v{version}.0/jobs/{self.kind}"
        made = driver.send("POST", base, json.dumps(self.order))
        path = f"{base}/{made['id']}"
        if self.kind == "ingest" and self.state != "Open":
            driver.send("PUT", f"{path}/batches", self.text, "text/csv")
        if self.kind == "ingest" and self.state in ("UploadComplete", "InProgress", "JobComplete", "Failed"):
            driver.send("PATCH", path, json.dumps({"state": "UploadComplete"}))
        if self.state == "Aborted":
            driver.send("PATCH", path, json.dumps({"state": "Aborted"}))
        driver.wait(SHARES.get(self.state, 0.0))
        return {self.id_text: str(made["id"])}


SHARES = {"InProgress": 0.6, "JobComplete": 2.0, "Failed": 2.0}
RULES: tuple[tuple[str, Callable[..., None]], ...] = (
    ("/jobs/(ingest|query)", jobs),
    (r"/jobs/(ingest|query)/(\w+)", job),
    (r"/jobs/ingest/(\w+)/batches", data),
    (r"/jobs/ingest/(\w+)/(successfulResults|failedResults|unprocessedrecords)/?", ingested),
    (r"/jobs/query/(\w+)/results", extracted),
)
