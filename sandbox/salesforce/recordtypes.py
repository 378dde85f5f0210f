"""Record types: which ones a record can be given, which one it takes by default, what describe says of them."""

from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.setup import record_types

MASTER = "012000000000000AAA"


def _usable(call: Call, sobject: SObject) -> list[dict[str, Any]]:
    return [each for each in record_types(call.store, sobject.name) if each["active"] and each["available"]]


def default_record_type(call: Call, sobject: SObject) -> dict[str, Any]:
    """The record type that a new record gets where none is given."""
    chosen = [each for each in _usable(call, sobject) if each["defaultRecordTypeMapping"]]
    return {"RecordTypeId": chosen[0]["recordTypeId"]} if chosen else {}


def check_record_type(call: Call, sobject: SObject, given: dict[str, Any]) -> None:
    """Only an active record type of the type itself, open to the user, can be given."""
    wanted = given.get("RecordTypeId")
    if wanted is not None and wanted not in {each["recordTypeId"] for each in _usable(call, sobject)}:
        message = f"Record Type ID: this ID value isn't valid for the user: {wanted}"
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", message, ("RecordTypeId",))


def infos(call: Call, sobject: SObject) -> list[dict[str, Any]]:
    """`recordTypeInfos` of a describe: the organization's own, and Master, which stands for none."""
    made = record_types(call.store, sobject.name)
    default = any(each["defaultRecordTypeMapping"] for each in made)
    master = {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": not default,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER,
    }
    layouts = f"{call.base}/sobjects/{sobject.name}/describe/layouts"
    return [{**facts, "urls": {"layout": f"{layouts}/{facts['recordTypeId']}"}} for facts in (*made, master)]
