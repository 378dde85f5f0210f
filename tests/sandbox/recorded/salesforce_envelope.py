"""SOAP envelopes as JSON, and their records as REST has them."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def tree(element: Element) -> Any:
    """An element as JSON: its children by name, each a list; its text where it has none; None where it is nil."""
    if element.get(f"{XSI}nil") in ("true", "1"):
        return None
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    if kind := element.get(f"{XSI}type"):
        found["@type"] = kind.rpartition(":")[2]
    for child in element:
        found.setdefault(local(child), []).append(tree(child))
    return found


def envelope(text: Any) -> Any:
    """An envelope as JSON; the text itself where it is none."""
    try:
        return tree(fromstring(str(text).strip()))
    except ParseError:
        return text


def errors_of(result: Any) -> list[dict[str, Any]]:
    """The errors of a result as REST has them."""
    errors = result.get("errors", []) if isinstance(result, dict) else []
    return [
        {"statusCode": first(each, "statusCode"), "message": first(each, "message"), "fields": each.get("fields", [])}
        for each in errors
        if isinstance(each, dict)
    ]


def first(element: Any, name: str, otherwise: Any = None) -> Any:
    """The first child of a name."""
    return (element.get(name) or [otherwise])[0] if isinstance(element, dict) else otherwise


def values_of(shown: dict[str, Any]) -> dict[str, Any]:
    """An sObject as the fields of a record; nested parents and children as REST has them."""
    values: dict[str, Any] = {}
    for name, parts in shown.items():
        value = parts[0] if isinstance(parts, list) else parts
        if name in ("@type", "type", "fieldsToNull"):
            continue
        if isinstance(value, dict) and "records" in value:
            value = {"records": [record_of(each) for each in value["records"]]}
        elif isinstance(value, dict) and "type" in value:
            value = record_of(value)
        values[name] = value
    return values


def record_of(shown: dict[str, Any]) -> dict[str, Any]:
    name, id_text = first(shown, "type", "Account"), first(shown, "Id")
    return {"attributes": {"type": name, "url": f"/sobjects/{name}/{id_text}"}, **values_of(shown)}


def page_of(result: Any) -> dict[str, Any]:
    """A QueryResult as REST has it."""
    records = result.get("records", []) if isinstance(result, dict) else []
    total = int(first(result, "size", len(records)) or 0)
    return {
        "totalSize": total,
        "done": first(result, "done") == "true",
        "records": [record_of(each) for each in records],
    }
