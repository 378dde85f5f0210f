"""The global describe and the describe of one type."""

import zlib
from typing import Any

from sandbox.salesforce import deals
from sandbox.salesforce.recordtypes import infos
from sandbox.salesforce.schema import DECIMAL, KEYS, TEXT, Child, Field, SObject
from sandbox.salesforce.session import Call, origin
from sandbox.salesforce.times import http_date, http_time
from sandbox.wire import Request, Response


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ABILITIES = _words(
    "activateable compactLayoutable createable custom customSetting deepCloneable deletable deprecatedAndHidden"
    " feedEnabled hasSubtypes isInterface isSubtype layoutable mergeable mruEnabled queryable replicateable"
    " retrieveable searchLayoutable searchable triggerable undeletable updateable"
)
NOT_GLOBAL = frozenset({"compactLayoutable", "searchLayoutable"})
SOAP_TYPES = {
    "anyType": "xsd:anyType",
    "boolean": "xsd:boolean",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "int": "xsd:int",
}
NOT_IN_LIST = ("actionOverrides", "childRelationships", "namedLayoutInfos", "recordTypeInfos", "supportedScopes")
UNCHANGED_SINCE = 1_577_836_800_000  # the metadata is as old as the organization


def every(call: Call, request: Request) -> Response:
    """GET /sobjects."""
    return Response.of_json(
        200,
        {
            "encoding": "UTF-8",
            "maxBatchSize": 200,
            "sobjects": [_brief(call, each) for each in call.schema.sobjects.values()],
        },
    )


def one(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}/describe; 304 where nothing changed since If-Modified-Since."""
    sobject = call.sobject(name)
    since = http_time(request.headers.get("if-modified-since"))
    if since is not None and since >= UNCHANGED_SINCE:
        return Response(304)
    body = {**_brief(call, sobject), **{key: [] for key in NOT_IN_LIST}}
    body.update({name: name in sobject.abilities for name in ABILITIES})
    body.update(
        recordTypeInfos=infos(call, sobject) if _has_record_types(sobject) else [],
        urls=_urls(call, request, sobject),
        childRelationships=[_child(child) for child in call.schema.children(sobject)],
        fields=[describe_field(call, field) for field in sobject.fields.values()],
        searchLayoutable="searchable" in sobject.abilities,
        sobjectDescribeOption="FULL",
        supportedScopes=_scopes(sobject),
        **dict.fromkeys(NULLS),
    )
    # Both headers as recorded in a composite; a type's tag stays as long as its describe.
    tag = f'"{zlib.crc32(repr(body).encode()):08x}"'
    return Response.of_json(200, body, {"Last-Modified": http_date(UNCHANGED_SINCE), "ETag": tag})


NULLS = _words(
    "defaultImplementation extendedBy extendsInterfaces implementedBy implementsInterfaces listviewable"
    " lookupLayoutable networkScopeFieldName"
)


def basic(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}: what the global describe says of it, and recently used items (none here)."""
    return Response.of_json(200, {"objectDescribe": _brief(call, call.sobject(name)), "recentItems": []})


def _brief(call: Call, sobject: SObject) -> dict[str, Any]:
    path = f"{call.base}/sobjects/{sobject.name}"
    return {
        **{name: name in sobject.abilities for name in ABILITIES if name not in NOT_GLOBAL},
        "associateEntityType": None,
        "associateParentEntity": None,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "name": sobject.name,
        "urls": _data_urls(path, sobject),
    }


def _data_urls(path: str, sobject: SObject) -> dict[str, str]:
    """The addresses of a type; those of layouts only where it has some, of list views where it is searched."""
    urls = {"rowTemplate": f"{path}/{{ID}}", "describe": f"{path}/describe", "sobject": path}
    if "layoutable" in sobject.abilities:
        urls["compactLayouts"] = f"{path}/describe/compactLayouts"
        urls["layouts"] = f"{path}/describe/layouts"
        urls["quickActions"] = f"{path}/quickActions"
    if _has_record_types(sobject) and sobject.name not in ACTIVITIES:
        urls["approvalLayouts"] = f"{path}/describe/approvalLayouts"
        urls["listviews"] = f"{path}/listviews"
    return urls


ACTIVITIES = ("Event", "Task")


def _urls(call: Call, request: Request, sobject: SObject) -> dict[str, str]:
    """The addresses in the describe of one type, pages of the user interface among them."""
    here, path = origin(request, call.store), f"{call.base}/sobjects/{sobject.name}"
    urls = _data_urls(path, sobject)
    if "layoutable" in sobject.abilities:
        urls["uiDetailTemplate"] = f"{here}/{{ID}}"
        urls["uiEditTemplate"] = f"{here}/{{ID}}/e"
        urls["uiNewRecord"] = f"{here}/{sobject.prefix}/e"
    return urls


def _has_record_types(sobject: SObject) -> bool:
    return {"layoutable", "searchable"} <= sobject.abilities


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    plural = sobject.plural.lower()
    scopes = [("everything", f"All {plural}")]
    if sobject.field("OwnerId"):
        scopes += [("mine", f"My {plural}"), ("team", f"My team's {plural}")]
    return [{"label": label, "name": name} for name, label in scopes]


def _child(child: Child) -> dict[str, Any]:
    return {
        "cascadeDelete": child.field.cascades,
        "childSObject": child.sobject.name,
        "deprecatedAndHidden": False,
        "field": child.field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.field.child_name,
        "restrictedDelete": False,
    }


UNSORTABLE = frozenset({"HasOpenActivity", "HasOverdueTask"})
FALSE = _words(
    "aiPredictionField autoNumber calculated cascadeDelete caseSensitive dependentPicklist deprecatedAndHidden"
    " encrypted formulaTreatNullNumberAsZero highScaleNumber htmlFormatted queryByDistance restrictedDelete"
    " searchPrefilterable writeRequiresMasterRead displayLocationInDecimal"
)
NULL = _words(
    "calculatedFormula controllerName defaultValueFormula extraTypeInfo filteredLookupInfo inlineHelpText mask"
    " maskType referenceTargetField relationshipOrder"
)
CONSTANT: dict[str, Any] = {**dict.fromkeys(FALSE, False), **dict.fromkeys(NULL)}


def describe_field(call: Call, field: Field) -> dict[str, Any]:
    """One member of `fields`."""
    text = field.type in TEXT or field.type in KEYS
    long = field.type == "textarea" and field.size > 255
    compound, untyped = field.type == "address", field.type == "anyType"
    facts = {
        **CONSTANT,
        "aggregatable": not (long or compound or untyped or field.type == "boolean"),
        "byteLength": field.size * (1 if field.type in KEYS else 3) if text else 0,
        "compoundFieldName": field.part_of,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": False if field.type == "boolean" else field.default,
        "defaultedOnCreate": "d" in field.flags,
        "digits": field.size if field.type == "int" else 0,
        "externalId": field.external_id,
        "filterable": not (long or compound or untyped),
        "groupable": not (long or compound or field.type in DECIMAL or field.type in ("anyType", "datetime")),
        "idLookup": field.name == "Id" or "l" in field.flags,
        "label": field.label,
        "length": field.size if text else 0,
        "name": field.name,
        "nameField": "m" in field.flags,
        "namePointing": len(field.refers_to) > 1,
        "nillable": field.nillable,
        "permissionable": field.nillable and (field.createable or field.updateable),
        "picklistValues": picklist(call, field),
        "polymorphicForeignKey": len(field.refers_to) > 1,
        "precision": field.size if field.type in DECIMAL else 0,
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relationship,
        "restrictedPicklist": "r" in field.flags,
        "scale": field.scale,
        "soapType": soap_type(field),
        "sortable": not (long or compound or field.name in UNSORTABLE),
        "type": field.type,
        "unique": field.external_id,
        "updateable": field.updateable,
    }
    return dict(sorted(facts.items()))


def picklist(call: Call, field: Field) -> list[dict[str, Any]]:
    """The values of a picklist; those of StageName are the organization's stages."""
    values = [(value, value, True) for value in field.values]
    if field.name == "StageName" and (own := deals.stages(call.store)):
        values = [(str(s.get("ApiName")), str(s.get("MasterLabel")), bool(s.get("IsActive", True))) for s in own]
    return [
        {"active": active, "defaultValue": value == field.default, "label": label, "validFor": None, "value": value}
        for value, label, active in values
    ]


def soap_type(field: Field) -> str:
    """The XML schema type of a field."""
    if field.type in KEYS:
        return "tns:ID"
    if field.type == "address":
        return "urn:address"
    return "xsd:double" if field.type in DECIMAL else SOAP_TYPES.get(field.type, "xsd:string")
