"""The content of SOAP operations that their collector left empty, such that the recorded results answer them."""

import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_envelope import errors_of, first, page_of, record_of, values_of
from tests.sandbox.recorded.salesforce_refusals import refusals
from tests.sandbox.recorded.salesforce_soap_calls import by_id, merged
from tests.sandbox.recorded.salesforce_soql import queried
from tests.sandbox.recorded.salesforce_world import World


def filled(world: World, name: str, answered: list[Any]) -> str:
    """The content of an operation, such that the recorded results answer it."""
    filler = FILLERS.get(name)
    return filler(world, answered) if filler else ""


def _element(name: str, value: Any, space: str = "urn") -> str:
    return f"<{space}:{name}>{escape(str(value))}</{space}:{name}>"


def _fill_write(world: World, answered: list[Any], known: bool, key: str = "") -> str:
    content = _element("externalIDFieldName", key) if key else ""
    for number, result in enumerate(answered):
        id_text = str(first(result, "id") or "")
        kind = world.schema.of_id(id_text) or world.schema.get("Account")
        name = kind.name if kind else "Account"
        sent = {field.name: _needed(field.type) for field in (kind.fields.values() if kind else ()) if field.required}
        if key:
            sent[key] = str(number)
            if first(result, "created") == "false":
                world.row(name, None, {key: str(number)})
        if known:
            sent = {"Id": world.row(name, id_text, {})}
        refusals(world, name, id_text if known else None, sent, errors_of(result))
        inner = "".join(_element(field, value, "ens") for field, value in sent.items())
        content += f"<urn:sObjects>{_element('type', name, 'ens')}{inner}</urn:sObjects>"
    return content


def _needed(kind: str) -> str:
    """A value that a required field of a type takes."""
    return {"date": "2026-01-31", "boolean": "false", "picklist": "Prospecting"}.get(kind, "Acme")


def _fill_create(world: World, answered: list[Any]) -> str:
    return _fill_write(world, answered, known=False)


def _fill_update(world: World, answered: list[Any]) -> str:
    return _fill_write(world, answered, known=True)


def _fill_upsert(world: World, answered: list[Any]) -> str:
    kind = world.schema.of_id(str(first(answered[0], "id"))) if answered else None
    keys = [field.name for field in (kind.fields.values() if kind else ()) if field.external_id]
    return _fill_write(world, answered, known=False, key=keys[0] if keys else "Id")


def _fill_delete(world: World, answered: list[Any]) -> str:
    return _fill_ids(world, "delete", answered)


def _fill_undelete(world: World, answered: list[Any]) -> str:
    return _fill_ids(world, "undelete", answered)


def _fill_ids(world: World, name: str, answered: list[Any]) -> str:
    content = ""
    for result in answered:
        bad = re.search(r"bad id (\w+)", str(errors_of(result)))
        id_text = bad[1] if bad else str(first(result, "id"))
        by_id(world, name, id_text, result)
        content += _element("ids", id_text)
    return content


def _fill_retrieve(world: World, answered: list[Any]) -> str:
    names, ids = list[str](), ""
    for result in answered:
        if isinstance(result, dict):
            # The id comes without being asked for, and twice where it is.
            names += [name for name in values_of(result) if name not in (*names, "Id")]
            world.record(record_of(result))
        ids += _element("ids", first(result, "Id") if isinstance(result, dict) else "001000000000000AAA")
    kind = next((first(result, "type") for result in answered if isinstance(result, dict)), "Account")
    return _element("fieldList", ", ".join(names) or "Id") + _element("sObjectType", kind) + ids


def _fill_merge(world: World, answered: list[Any]) -> str:
    content = ""
    for result in answered:
        master = str(first(result, "id") or "001000000000001AAA")
        bad = re.search(r"bad id in recordsToMerge: (\w+)", str(errors_of(result)))
        losers = [bad[1]] if bad else [str(each) for each in result.get("mergedRecordIds", [])]
        kind = world.schema.of_id(master)
        request = {"masterRecord": [{"type": [kind.name if kind else "Account"], "Id": [master]}]}
        merged(world, {**request, "recordToMergeIds": losers}, result)
        inner = _element("type", kind.name if kind else "Account", "ens") + _element("Id", master, "ens")
        others = "".join(_element("recordToMergeIds", each) for each in losers)
        content += f"<urn:request><urn:masterRecord>{inner}</urn:masterRecord>{others}</urn:request>"
    return content


def _fill_login(world: World, answered: list[Any]) -> str:
    return _element("username", "writer@sandbox.example") + _element("password", "sandbox-password")


def _fill_describe(world: World, answered: list[Any]) -> str:
    return "".join(_element("sObjectType", first(each, "name", "Account")) for each in answered)


def _fill_query(world: World, answered: list[Any]) -> str:
    return _element("queryString", _select(world, answered[0]))


def _select(world: World, result: Any) -> str:
    """A query that finds the records of a result."""
    page = page_of(result)
    names = [name for name in values_of(result["records"][0]) if name != "attributes"] if page["records"] else ["Id"]
    kind = first(result["records"][0], "type") if page["records"] else "Account"
    soql = f"SELECT {', '.join(names)} FROM {kind}"
    queried(world, soql, page)
    return soql


def _fill_more(world: World, answered: list[Any]) -> str:
    """The second page of two, whatever the collector left of the total."""
    result = answered[0]
    soql = _select(world, result)
    page = page_of(result)
    size = len(page["records"])
    for record in page["records"]:
        world.record({**record, "attributes": {"type": record["attributes"]["type"]}, "Id": None})
    world.switches["batch_size"] = size

    def locate(driver: Driver) -> dict[str, str]:
        url = str(driver.send("GET", "/query", query={"q": soql}).get("nextRecordsUrl", ""))
        return {"THE-LOCATOR": url.rpartition("/")[2]}

    world.prepare.append(locate)
    return _element("queryLocator", "THE-LOCATOR")


FILLERS: dict[str, Callable[[World, list[Any]], str]] = {
    "create": _fill_create,
    "update": _fill_update,
    "upsert": _fill_upsert,
    "delete": _fill_delete,
    "undelete": _fill_undelete,
    "retrieve": _fill_retrieve,
    "merge": _fill_merge,
    "login": _fill_login,
    "describeSObject": _fill_describe,
    "describeSObjects": _fill_describe,
    "query": _fill_query,
    "queryAll": _fill_query,
    "queryMore": _fill_more,
}
