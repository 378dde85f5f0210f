"""Where a Salesforce answer may differ from a recorded one although the interface is the same."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from sandbox.salesforce.limits import OTHERS
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import as_is
from tests.sandbox.recorded.shape import Tolerance


def words(text: str) -> frozenset[str]:
    """Names that are separated by blanks."""
    return frozenset(text.split())


EXACT = words(
    "errorCode statusCode success created done totalSize httpStatusCode referenceId hasErrors"
    " attributes/type state operation object error duplicateRule"
)
UNKNOWN = 0
REFUSED = 400
SETTLED = 53  # the version from which describes have had the keys that they have
LATER_IN_DESCRIBE = words(
    "actionOverrides associateEntityType associateParentEntity deepCloneable defaultImplementation"
    " extendedBy extendsInterfaces hasSubtypes implementedBy implementsInterfaces isInterface isSubtype"
    " mruEnabled namedLayoutInfos networkScopeFieldName sobjectDescribeOption supportedScopes aggregatable"
    " aiPredictionField compoundFieldName encrypted extraTypeInfo filteredLookupInfo"
    " formulaTreatNullNumberAsZero highScaleNumber mask maskType polymorphicForeignKey queryByDistance"
    " referenceTargetField searchPrefilterable junctionIdListNames junctionReferenceTo active"
    " developerName master urls/approvalLayouts urls/defaultValues urls/listviews"
)


def tolerance_for(recording: Recording) -> Tolerance:
    """The tolerance for an interaction by its address."""
    path = recording.path.rstrip("/")
    if _describes(recording):
        return _describe(_number(str(recording.answer) if _number(path) == UNKNOWN else path))
    if path.endswith("/limits"):
        return Tolerance(exact=EXACT, later=frozenset(OTHERS), optional=_apps(recording))
    if _is_index(path):
        return Tolerance(exact=EXACT, later=INDEX_LATER, gone=frozenset({"flexiPage"}))
    return Tolerance(exact=EXACT, loose=frozenset({"version"}), keys=("id", "Id", "referenceId", "name"))


DESCRIBES = re.compile(r"/services/data/v[^/]+/sobjects(/\w+(/describe)?)?/?")


def _describes(recording: Recording) -> bool:
    return recording.method == "GET" and DESCRIBES.fullmatch(recording.path) is not None


def _describe(number: int) -> Tolerance:
    later = LATER_IN_DESCRIBE if number < SETTLED else frozenset[str]()
    nullable = "associateEntityType associateParentEntity relationshipName defaultValue inlineHelpText"
    nullable += " calculatedFormula relationshipOrder extraTypeInfo"
    nullable += " compoundFieldName controllerName defaultValueFormula validFor mask maskType junctionReferenceTo"
    return Tolerance(
        exact=frozenset({"fields/name", "fields/type"}),
        later=later,
        nullable=frozenset(nullable.split()),
        parts=frozenset({"childRelationships", "recordTypeInfos", "supportedScopes"}),
        maps={"urls": frozenset({"sobject", "describe", "rowTemplate", "layout"})},
        free=frozenset({"actionOverrides", "referenceTo", "junctionIdListNames", "junctionReferenceTo"}),
        keys=("name",),
    )


def _number(text: str) -> int:
    """The first version that a path, or the addresses in a body, name."""
    found = re.search(r"/data/v(\d+)\.", text)
    return int(found[1]) if found else UNKNOWN


def _apps(recording: Recording) -> frozenset[str]:
    """The organization's own apps, listed under a limit by name."""
    answer = recording.answer if isinstance(recording.answer, dict) else {}
    return frozenset(name for value in answer.values() if isinstance(value, dict) for name in value) - {
        "Max",
        "Remaining",
    }


def _is_index(path: str) -> bool:
    below = path.partition("/data/v")[2]
    return bool(below) and "/" not in below


# What the index of a version has listed since the middle of 2015 (version 26 is recorded).
INDEX_LATER = words(
    "actions compactLayouts composite consent dedupe event jobs knowledgeManagement metadata parameterizedSearch"
    " process support tabs"
)


def comparable(recording: Recording) -> Callable[[Any], Any]:
    """Brings both bodies into a form that can be compared."""
    if recording.answer is None and recording.status >= REFUSED and not recording.live:
        return unknown
    if _describes(recording):
        return merged_lists
    if recording.path.rstrip("/") == "/services/data":
        return one_of_all
    if isinstance(recording.answer, str) and "text/csv" in recording.answer_headers.get("content-type", ""):
        return table
    return as_is


MERGED = ("sobjects", "childRelationships", "recordTypeInfos", "supportedScopes", "picklistValues", "actionOverrides")


def merged_lists(body: Any) -> Any:
    """A describe with each list that depends on the organization cut to one member that has all their keys."""
    if isinstance(body, list):
        return [merged_lists(each) for each in body]
    if not isinstance(body, dict):
        return body
    return {key: _merged(value) if key in MERGED and value else merged_lists(value) for key, value in body.items()}


def unknown(body: Any) -> Any:
    """A body that the collector did not have."""
    return None


def one_of_all(body: Any) -> Any:
    """A list whose length is a matter of time as one member with all their keys."""
    return _merged(body) if isinstance(body, list) else body


def _merged(items: list[Any]) -> list[Any]:
    one: dict[str, Any] = {}
    for item in items:
        one.update({key: value for key, value in item.items() if value is not None or key not in one})
    return [one]


def table(body: Any) -> Any:
    """A CSV as rows, with how its first line is quoted."""
    text = str(body or "")
    rows = list(csv.DictReader(io.StringIO(text)))
    return {
        "quoted": text.startswith('"'),
        "columns": dict.fromkeys(rows[0] if rows else {}, ""),
        "rows": len(rows),
    }
