"""Result elements of SOAP operations on rows: SaveResult and its kin, with their errors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce.collections import Result, each_of
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rules.duplicates import DuplicatesDetected
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap.envelope import NIL, Markup, child, joined, tag, tags, text
from sandbox.salesforce.soap.objects import write

Headers = Mapping[str, Element]
TRUE = ("true", "1")


def flag(headers: Headers, header: str, name: str) -> bool:
    """A boolean of a header; False where it is missing."""
    element = headers.get(header)
    return element is not None and text(child(element, name)) in TRUE


def limited(items: list[Element], most: int) -> list[Element]:
    """The items; a fault when there are more than the call takes."""
    if len(items) > most:
        message = f"record limit reached. cannot submit more than {most} records into this call"
        raise ApiError("EXCEEDED_ID_LIMIT", message, status=500)
    return items


def rows(call: Call, headers: Headers, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run the jobs, all or none where AllOrNoneHeader says so."""
    return each_of(call, flag(headers, "AllOrNoneHeader", "allOrNone"), jobs, refused)


def refused(error: ApiError) -> Result:
    """A failed row; unlike in collections a duplicate shows what it was found to match."""
    row = error.in_row()
    if isinstance(error, DuplicatesDetected):
        row["errors"][0]["duplicateResult"] = error.result
    return row


def saved(result: Result, **more: Any) -> str:
    """A result element: the id of a row, or its errors; `more` are the other elements of a success or of both."""
    if not result["success"]:
        return failed(result, **more)
    return tag("result", tags(dict(sorted({**more, "id": result["id"], "success": True}.items()))))


def failed(result: Result, **more: Any) -> str:
    """The result element of a row that was refused."""
    own: dict[str, Any] = {"id": NIL, **more, "success": False}
    first = {name: value for name, value in own.items() if name < "errors"}
    rest = {name: value for name, value in sorted(own.items()) if name > "errors"}
    errors = joined(error(each) for each in result["errors"])
    return tag("result", Markup(tags(first) + errors + tags(rest)))


def error(facts: Mapping[str, Any], name: str = "errors") -> str:
    """One Error, or the DuplicateError that extends it."""
    content = tags({"fields": facts["fields"], "message": facts["message"], "statusCode": facts["statusCode"]})
    found = facts.get("duplicateResult")
    if found is None:
        return tag(name, content)
    return tag(name, Markup(content + tag("duplicateResult", duplicate_result(found))), "DuplicateError")


def duplicate_result(found: Mapping[str, Any]) -> Markup:
    """The content of a DuplicateResult."""
    head = {name: found[name] for name in ("allowSave", "duplicateRule", "duplicateRuleEntityType", "errorMessage")}
    return Markup(tags(head) + joined(tag("matchResults", _match(each)) for each in found["matchResults"]))


def _match(match: Mapping[str, Any]) -> Markup:
    records = joined(
        tag(
            "matchRecords",
            Markup(tag("matchConfidence", each["matchConfidence"]) + write(each["record"], "record")),
        )
        for each in match["matchRecords"]
    )
    head = tags({"entityType": match["entityType"], "matchEngine": match["matchEngine"]})
    return Markup(head + records + tags({name: match[name] for name in ("rule", "size", "success")}))
