"""SOAP for what REST cannot do, merge and undelete: envelopes out, results in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import ParseError, fromstring

from connectors.salesforce.answers import Fault, clean
from connectors.salesforce.match import Result, full

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
SOBJECT = "urn:sobject.partner.soap.sforce.com"
HEADERS = (("Content-Type", "text/xml; charset=UTF-8"), ("SOAPAction", '""'))


@dataclass(frozen=True, slots=True)
class Request:
    """One merge: the master, what it must end with (None clears), and the one or two records folded into it."""

    native: str
    master: str
    merged: tuple[str, ...]
    fields: Mapping[str, str | None]


def merge(token: str, requests: Iterable[Request]) -> bytes:
    """The envelope of a merge() call; each request is a transaction of its own."""
    root, operation = _envelope(token, "merge")
    for item in requests:
        request = SubElement(operation, f"{{{PARTNER}}}request")
        _record(SubElement(request, f"{{{PARTNER}}}masterRecord"), item)
        for id_ in item.merged:
            _add(request, PARTNER, "recordToMergeIds", id_)
    return _bytes(root)


def undelete(token: str, ids: Iterable[str]) -> bytes:
    """The envelope of an undelete() call."""
    root, operation = _envelope(token, "undelete")
    for id_ in ids:
        _add(operation, PARTNER, "ids", id_)
    return _bytes(root)


def _envelope(token: str, operation: str) -> tuple[Element, Element]:
    """The root and the operation's element; an OAuth token serves as session id."""
    root = Element(f"{{{ENVELOPE}}}Envelope")
    header = SubElement(root, f"{{{ENVELOPE}}}Header")
    _add(SubElement(header, f"{{{PARTNER}}}SessionHeader"), PARTNER, "sessionId", token)
    return root, SubElement(SubElement(root, f"{{{ENVELOPE}}}Body"), f"{{{PARTNER}}}{operation}")


def _record(element: Element, item: Request) -> None:
    """A partner sObject; the order of its parts is the schema's."""
    _add(element, SOBJECT, "type", item.native)
    for name, value in item.fields.items():
        if value is None:
            _add(element, SOBJECT, "fieldsToNull", name)
    _add(element, SOBJECT, "Id", item.master)
    for name, value in item.fields.items():
        if value is not None:
            _add(element, SOBJECT, name, value)


def _add(parent: Element, space: str, name: str, value: str) -> None:
    SubElement(parent, f"{{{space}}}{name}").text = value


def _bytes(root: Element) -> bytes:
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def results(content: bytes) -> tuple[Result, ...]:
    """The results of an answer; none where it is not XML or holds a document type, so that every row stays unknown."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError):
        return ()
    return tuple(_result(element) for element in root.iter(f"{{{PARTNER}}}result"))


def _result(element: Element) -> Result:
    fault = element.find(f"{{{PARTNER}}}errors")
    return Result(
        id=next(iter(_texts(element, "id")), ""),
        success=element.findtext(f"{{{PARTNER}}}success") == "true",
        fault=Fault() if fault is None else _fault(fault),
        merged=tuple(_texts(element, "mergedRecordIds")),
    )


def _texts(element: Element, name: str) -> Sequence[str]:
    return [full((found.text or "").strip()) for found in element.findall(f"{{{PARTNER}}}{name}")]


def _fault(element: Element) -> Fault:
    code = element.findtext(f"{{{PARTNER}}}statusCode") or ""
    return Fault(clean(code.strip()), (element.findtext(f"{{{PARTNER}}}message") or "").strip()[:300])
