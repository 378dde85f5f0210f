"""What each REST interaction presumes, by its address."""

import re
from typing import Any
from urllib.parse import unquote

from tests.sandbox.recorded import salesforce_bulk, salesforce_collections, salesforce_describe
from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_exchange import DATA, Exchange, Rule, part_of
from tests.sandbox.recorded.salesforce_fields import OF_EVERY_TYPE
from tests.sandbox.recorded.salesforce_refusals import refusals
from tests.sandbox.recorded.salesforce_soql import queried
from tests.sandbox.recorded.salesforce_world import World


def presumed(world: World, exchange: Exchange) -> bool:
    """Put what an exchange presumes into the world; False where no rule knows the address."""
    refusals(world, None, None, {}, exchange.errors)
    found = DATA.fullmatch(exchange.path)
    below = ((found[2] or "") if found else exchange.path).rstrip("/")
    for pattern, rule in RULES:
        matched = re.fullmatch(pattern, below)
        if matched:
            rule(world, exchange, *matched.groups())
            return True
    return False


def query(world: World, exchange: Exchange) -> None:
    """GET /query and /queryAll."""
    if exchange.answer is not None:
        queried(world, exchange.param("q") or "", exchange.answer)


def more(world: World, exchange: Exchange, locator: str) -> None:
    """GET /query/{locator}: the records of this page, and as many before it as the locator says."""
    records = exchange.answer.get("records", []) if exchange.ok else []
    if not records:
        return
    total = int(exchange.answer["totalSize"])
    after = re.search(r"-(\d+)$", locator)
    offset = int(after[1]) if after else total - len(records)
    type_name = str(records[0]["attributes"]["type"])
    for number in range(total):
        at = number - offset
        shown = records[at] if 0 <= at < len(records) else {**records[0], "attributes": {"type": type_name}, "Id": None}
        world.record(shown)
    world.switches["batch_size"] = len(records)
    names = [name for name, value in records[0].items() if name != "attributes" and not isinstance(value, dict)]
    soql = f"SELECT {', '.join(names)} FROM {type_name}"

    def page(driver: Driver) -> dict[str, str]:
        url = str(driver.send("GET", "/query", query={"q": soql}).get("nextRecordsUrl", ""))
        return {locator: re.sub(r"\d+$", str(offset), url.rpartition("/")[2])}

    world.prepare.append(page)


def create(world: World, exchange: Exchange, name: str) -> None:
    """POST /sobjects/{type}."""
    if not name_refused(exchange):
        world.type(name)
    refusals(world, name, None, exchange.values, exchange.errors)
    world.refers(name, writable(exchange))


def writable(exchange: Exchange) -> dict[str, Any]:
    """The values sent whose fields are not refused."""
    refused = " ".join(
        str(error.get("message")) for error in exchange.errors if error.get("errorCode") == "INVALID_FIELD"
    )
    columns = set(re.findall(r"No such column '(\w+)'", refused))
    return {name: value for name, value in exchange.values.items() if name not in columns}


def name_refused(exchange: Exchange) -> bool:
    """Whether the type itself is what was not found."""
    return any(
        error.get("errorCode") == "NOT_FOUND" and "requested resource does not exist" in str(error.get("message"))
        for error in exchange.errors
    )


def one(world: World, exchange: Exchange, name: str, id_text: str) -> None:
    """GET, PATCH and DELETE of /sobjects/{type}/{id}."""
    if name_refused(exchange):
        return
    world.type(name)
    refusals(world, name, id_text, exchange.values, exchange.errors)
    world.refers(name, writable(exchange))
    if not exchange.ok:
        return
    shown = exchange.answer if isinstance(exchange.answer, dict) else {}
    world.row(name, id_text, shown)
    if shown and exchange.param("fields") is None:
        hide_others(world, name, list(shown))


def hide_others(world: World, name: str, shown: list[str]) -> None:
    """The organization has no fields of a type but the shown ones."""
    known = world.type(name).known
    names = {"id", *(each.lower() for each in shown)}
    every = [each.name for each in known.fields.values()] if known else [*OF_EVERY_TYPE, "Name"]
    world.type(name).hidden = [each for each in every if each.lower() not in names]


def keyed(world: World, exchange: Exchange, name: str, key: str, value: str) -> None:
    """GET, PATCH and DELETE of /sobjects/{type}/{external id field}/{value}."""
    world.type(name)
    text = " ".join(str(error.get("message")) for error in exchange.errors)
    if "external ID field does not exist" in text:
        return
    if key.lower() != "id":
        world.saw(name, key, unquote(value), external=True)
    refusals(world, name, None, exchange.values, exchange.errors)
    world.refers(name, writable(exchange))
    holders: list[str | None] = []
    if exchange.status == 300:
        holders = [str(url).rpartition("/")[2] for url in exchange.answer]
    elif exchange.ok and exchange.status != 201:
        shown = exchange.answer if isinstance(exchange.answer, dict) else {}
        holders = [shown.get("id") or shown.get("Id")]
        if exchange.method == "GET":
            world.record(shown)
            hide_others(world, name, list(shown))
    for holder in holders:
        world.row(name, holder, {} if key.lower() == "id" else {key: unquote(value)})


def composite(world: World, exchange: Exchange) -> None:
    """POST /composite: every part with its own answer."""
    parts = exchange.values.get("compositeRequest", [])
    answers = exchange.answer.get("compositeResponse", []) if isinstance(exchange.answer, dict) else []
    by_reference = {each.get("referenceId"): each for each in answers}
    for part in parts:
        answer = by_reference.get(part.get("referenceId"), {})
        presumed(world, part_of(part, part.get("body"), answer.get("httpStatusCode", 200), answer.get("body")))


def batch(world: World, exchange: Exchange) -> None:
    """POST /composite/batch."""
    parts = exchange.values.get("batchRequests", [])
    answers = exchange.answer.get("results", []) if isinstance(exchange.answer, dict) else []
    for part, answer in zip(parts, answers, strict=False):
        presumed(world, part_of(part, part.get("richInput"), answer.get("statusCode", 200), answer.get("result")))


def graph(world: World, exchange: Exchange) -> None:
    """POST /composite/graph: composite requests, each all or none."""
    answers = exchange.answer.get("graphs", []) if isinstance(exchange.answer, dict) else []
    by_id = {each.get("graphId"): each.get("graphResponse") for each in answers}
    for each in exchange.values.get("graphs", []):
        answer = by_id.get(each.get("graphId"))
        composite(world, Exchange("POST", exchange.path, (), each, exchange.status, answer))


def record_count(world: World, exchange: Exchange) -> None:
    """GET /limits/recordCount: as many records of each type; a type that is left out is not there."""
    for each in exchange.answer.get("sObjects", []) if exchange.ok else []:
        for _ in range(min(int(each["count"]), 5000)):
            world.row(str(each["name"]), None, {})
        if not each["count"]:
            world.archived[world.row(str(each["name"]), None, {})] = None


def limits(world: World, exchange: Exchange) -> None:
    """GET /limits."""
    if exchange.ok and "DailyApiRequests" in exchange.answer:
        world.switches["daily_limit"] = exchange.answer["DailyApiRequests"]["Max"]


def changed(world: World, exchange: Exchange, name: str) -> None:
    """GET /sobjects/{type}/updated and /deleted."""
    world.type(name)
    refusals(world, name, None, {}, exchange.errors)
    answer = exchange.answer if exchange.ok else {}
    for id_text in answer.get("ids", []):
        world.row(name, id_text, {"SystemModstamp": answer.get("latestDateCovered")})
    for gone in answer.get("deletedRecords", []):
        id18 = world.row(name, gone["id"], {"SystemModstamp": gone["deletedDate"]})
        world.archived[id18] = None


def searched(world: World, exchange: Exchange) -> None:
    """GET /search and /parameterizedSearch: the records found hold the words, what is returned is there."""
    text = str(exchange.param("q") or exchange.values.get("q") or "")
    if not exchange.ok:
        return
    returned = " ".join(re.split(r"\bRETURNING\b", text, flags=re.IGNORECASE)[1:])
    for name, fields in re.findall(r"(\w+)\s*\(([^()]*)\)", returned):
        queried(world, f"SELECT {fields} FROM {name}", {"records": []})
    braced = re.search(r"\{(.*?)\}", text)
    words = re.sub(r"[*?\"()]|\b(AND|OR|NOT)\b", " ", braced[1] if braced else text)
    answer = exchange.answer.get("searchRecords", []) if isinstance(exchange.answer, dict) else exchange.answer
    for shown in answer:
        name, values = world.rows[world.record(shown)]
        key = "LastName" if world.known_field(name, "LastName") else "Name"
        values[key] = f"{values.get(key) or ''} {words}".strip()


def viewed(world: World, exchange: Exchange) -> None:
    """GET /recent."""
    for shown in exchange.answer if exchange.ok else []:
        world.rows[world.record(shown)][1]["LastViewedDate"] = "2020-01-01T00:00:00.000+0000"


def nothing(world: World, exchange: Exchange) -> None:
    """An address that presumes nothing but a session."""


RULES: tuple[tuple[str, Rule], ...] = (
    ("", nothing),
    ("/query|/queryAll", query),
    (r"/query(?:All)?/([\w-]+)", more),
    ("/limits", limits),
    ("/limits/recordCount", record_count),
    ("/search|/parameterizedSearch", searched),
    ("/recent", viewed),
    ("/composite", composite),
    ("/composite/batch", batch),
    ("/composite/graph", graph),
    ("/sobjects", nothing),
    (r"/sobjects/(\w+)/describe", salesforce_describe.described),
    (r"/sobjects/(\w+)/(?:updated|deleted)", changed),
    (r"/sobjects/(\w+)", create),
    (r"/sobjects/(\w+)/(\w+)", one),
    (r"/sobjects/(\w+)/(\w+)/(.+)", keyed),
    *salesforce_collections.RULES,
    *salesforce_bulk.RULES,
)
