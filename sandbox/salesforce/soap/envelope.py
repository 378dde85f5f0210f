"""SOAP envelopes: reading requests safely, and writing answers as the Partner WSDL has them."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox.salesforce.errors import ApiError, QueryError
from sandbox.wire import Response

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
PARTNER = "{urn:partner.soap.sforce.com}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NAMESPACES = (
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:sf="urn:sobject.partner.soap.sforce.com"'
)
XML = {"Content-Type": "text/xml;charset=UTF-8"}
FAULTS = {
    "MALFORMED_QUERY": "MalformedQueryFault",
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "INVALID_TYPE_FOR_OPERATION": "InvalidSObjectFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "MALFORMED_ID": "InvalidIdFault",
    "INVALID_LOGIN": "LoginFault",
}
IN_QUERY = frozenset({"MalformedQueryFault", "InvalidFieldFault", "InvalidSObjectFault"})


class Nil:
    """An element that is there and empty: `xsi:nil`."""


NIL = Nil()


def read(body: bytes) -> tuple[dict[str, Element], Element]:
    """The headers by local name and the operation of a request; a fault for anything that is no envelope."""
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise ApiError("UNKNOWN_EXCEPTION", "the request is no well-formed SOAP envelope", status=500) from None
    head, content = root.find(f"{SOAP}Header"), root.find(f"{SOAP}Body")
    if root.tag != f"{SOAP}Envelope" or content is None or not len(content):
        raise ApiError("UNKNOWN_EXCEPTION", "the request is no SOAP envelope with an operation", status=500)
    return {local(item): item for item in (head if head is not None else ())}, content[0]


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text(element: Element | None) -> str | None:
    """The text of an element; None for none, `xsi:nil` and nothing."""
    if element is None or element.get(f"{XSI}nil") in ("true", "1"):
        return None
    return (element.text or "").strip() or None


def child(element: Element, name: str) -> Element | None:
    """The first child of this local name, in whichever namespace."""
    return next((item for item in element if local(item) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """Every child of this local name."""
    return [item for item in element if local(item) == name]


def tag(name: str, value: Any, kind: str = "") -> str:
    """An element: nested for text that is already XML, nil for `NIL`, nothing for None; `kind` is its xsi:type."""
    attribute = f' xsi:type="{kind}"' if kind else ""
    if value is None:
        return ""
    if isinstance(value, Nil):
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, bool):
        value = str(value).lower()
    content = str(value) if isinstance(value, Markup) else escape(str(value))
    return f"<{name}{attribute}>{content}</{name}>"


class Markup(str):
    """Text that is XML already."""

    __slots__ = ()


def tags(values: Mapping[str, Any]) -> Markup:
    """Elements in order; a list repeats its element."""
    return joined(
        tag(name, item) for name, value in values.items() for item in (value if isinstance(value, list) else [value])
    )


def joined(parts: Iterable[str]) -> Markup:
    """Pieces of XML as one."""
    return Markup("".join(parts))


def answer(operation: str, results: Iterable[str], header: str) -> Response:
    """The envelope of an answer: its `result` elements."""
    body = f"<{operation}Response>{''.join(results)}</{operation}Response>"
    return _envelope(200, f"<soapenv:Header>{header}</soapenv:Header><soapenv:Body>{body}</soapenv:Body>")


def fault(error: ApiError) -> Response:
    """A fault: HTTP 500, with the vendor's detail element."""
    kind = FAULTS.get(error.code, "UnexpectedErrorFault")
    place = ""
    if kind in IN_QUERY:
        row, column = (error.row, error.column) if isinstance(error, QueryError) else (-1, -1)
        place = tag("sf:row", row) + tag("sf:column", column)
    detail = tag("sf:exceptionCode", error.code) + tag("sf:exceptionMessage", error.message) + place
    content = tag("faultcode", f"sf:{error.code}") + tag("faultstring", f"{error.code}: {error.message}")
    wrapped = f'<detail><sf:{kind} xsi:type="sf:{kind}">{detail}</sf:{kind}></detail>'
    body = f"<soapenv:Body><soapenv:Fault>{content}{wrapped}</soapenv:Fault></soapenv:Body>"
    return _envelope(
        500,
        body,
        NAMESPACES.replace("urn:sobject.partner", "urn:fault.partner").replace(
            ' xmlns="urn:partner.soap.sforce.com"', ""
        ),
    )


def _envelope(status: int, content: str, namespaces: str = NAMESPACES) -> Response:
    xml = f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope {namespaces}>{content}</soapenv:Envelope>'
    return Response(status, xml.encode("utf-8"), XML)
