"""describeGlobal and describeSObject(s) in SOAP: the REST describe under the names and in the order of the WSDL."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce import describe
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap import objects
from sandbox.salesforce.soap.envelope import NIL, Markup, child, children, tag, tags, text
from sandbox.salesforce.soap.results import Headers
from sandbox.wire import Request

MOST = 100
# Members of the REST describe that SOAP does not have; the WSDL orders all others by name.
FOREIGN = frozenset(
    {"urls", "sobjectDescribeOption", "extendedBy", "extendsInterfaces", "isSubtypeOf", "associatedEntity"}
)
# Elements that must be there even when they are empty.
NILLABLE = frozenset(
    {"associateEntityType", "associateParentEntity", "defaultImplementation", "implementedBy", "implementsInterfaces"}
    | {"keyPrefix", "networkScopeFieldName", "urlDetail", "urlEdit", "urlNew", "recordTypeId"}
)
XSD = {bool: "xsd:boolean", int: "xsd:int", float: "xsd:double", str: "xsd:string"}


def every(call: Call, body: Element, headers: Headers) -> list[str]:
    """describeGlobal."""
    _modified(headers)
    found = json.loads(describe.every(call, Request("GET", "")).body)
    sobjects = [_element({"idEnabled": True, **each}) for each in found["sobjects"]]
    head = {"encoding": found["encoding"], "maxBatchSize": found["maxBatchSize"]}
    return [tag("result", tags({**head, "sobjects": sobjects}))]


def one(call: Call, body: Element, headers: Headers) -> list[str]:
    """describeSObject."""
    _modified(headers)
    return [_described(call, text(child(body, "sObjectType")))]


def several(call: Call, body: Element, headers: Headers) -> list[str]:
    """describeSObjects: up to 100 types."""
    _modified(headers)
    names = [text(item) for item in children(body, "sObjectType")]
    if len(names) > MOST:
        raise ApiError("EXCEEDED_MAX_TYPES_LIMIT", f"cannot describe more than {MOST} types in one call", status=500)
    return [_described(call, name) for name in names]


def _modified(headers: Headers) -> None:
    header = headers.get("ConditionalRequestHeader")
    since = text(child(header, "ifModifiedSince")) if header is not None else None
    if since is not None and objects.moment(since) >= describe.UNCHANGED_SINCE:
        raise ApiError("NOT_MODIFIED", "the metadata has not changed since that time", status=500)


def _described(call: Call, name: str | None) -> str:
    sobject = objects.typed(call, name)
    found = json.loads(describe.one(call, Request("GET", ""), sobject.name).body)
    links = {f"url{verb}": NIL for verb in ("Detail", "Edit", "New")}
    return tag("result", _element({"idEnabled": True, **links, **found}))


def _element(facts: Mapping[str, Any]) -> Markup:
    kept = {name: _value(name, facts[name]) for name in sorted(facts) if name not in FOREIGN}
    return Markup("".join(_typed(value) if name == "defaultValue" else tags({name: value})
                          for name, value in kept.items()))  # fmt: skip


def _value(name: str, value: Any) -> Any:
    if value is None:
        return NIL if name in NILLABLE else None
    if isinstance(value, list):
        return [_element(each) if isinstance(each, dict) else each for each in value]
    if name == "soapType":
        return value.replace("urn:", "tns:")
    return value


def _typed(value: Any) -> str:
    """A default value, which may be of any type."""
    return tag("defaultValue", value, XSD[type(value)]) if value is not None else ""
