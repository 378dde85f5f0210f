"""What a recorded refusal presumes: the value that is wrong, the limit that is used up, the record in the way."""

import json
import re
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.values import VALIDATIONS
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json, context_of

EMBEDDED = re.compile(r"Property values were not valid: (\[.*\])", re.DOTALL)
PORTAL = re.compile(r"[Pp]ortal (\d+)")
EXISTING = re.compile(r"Existing ID: (\d+)")
AGO = re.compile(r"expired (\d+) (second|minute|hour|day)")
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
CONFLICT = re.compile(r"Cannot set (\w+)=(.*) on \d+\. (\d+) already has that value")
MAKING = re.compile(r"Error creating (\w+)\.")
QUOTED = re.compile(r"(?:Email address )?(\S+) (?:was not|is invalid)")
BASED_ON = re.compile(r"based on \[([^\]]+)\]")
LIMITS = {"secondly": "rate_search_second", "daily": "rate_day"}
MISSING, PERMISSION = "MISSING_REQUIRED_PROPERTY", "Missing 'Edit Associations' permission"
# A value that is refused with this code, where the message does not quote the one that was.
WRONG = {"INVALID_ALPHA": "123", "INVALID_EMAIL": "x", "INVALID_OPTION": "no such option"}


def presume(case: Case) -> Asked | None:
    """The state behind a refusal of the whole call; None where the family of the endpoint knows better."""
    status = case.recording.status
    if status == 429:
        return _limited(case)
    if status == 409 and case.steps[0] == "objects":
        return _taken(case)
    if (
        status == 400
        and case.steps[2:3] != ("merge",)
        and isinstance(case.answer.get("message", ""), str)
        and case.kind(1) is not None
    ):
        return _wrong(case)
    return None


def _limited(case: Case) -> Asked:
    """The limit that the answer names lets one call through."""
    policy = str(case.answer.get("policyName") or case.answer.get("message", "")).lower()
    name = next(
        (switch for word, switch in LIMITS.items() if word in policy and "ten_" not in policy), "rate_ten_seconds"
    )
    case.account.switch(name, 1)
    if name == "rate_ten_seconds":
        case.account.switch("rate_ten_seconds_oauth", 1)
    return Asked(times=2, body=case.recording.body)


def _taken(case: Case) -> Asked:
    """The record in the way holds the unique value that the call would give."""
    item = case.kind(1)
    found = EXISTING.search(str(case.answer.get("message")))
    values = case.body.get("properties") or {"email": "taken@example.com"}
    inputs = case.inputs or [{"properties": {"email": "taken@example.com"}}]
    if item is not None:
        if case.recording.method == "PATCH":
            case.account.exists(item, case.steps[2])
        every = [part.get("properties") or {} for part in inputs] if case.steps[-1] == "create" else [values]
        taken = next((value["email"] for value in every if value.get("email")), "")
        case.account.hold(item, {"id": found[1] if found else "501", "properties": {"email": taken}})
    return Asked(
        body=case.recording.body or ({"inputs": inputs} if case.steps[2:3] == ("batch",) else {"properties": values})
    )


def _wrong(case: Case) -> Asked | None:
    """Values that are refused, ids named twice, or more inputs than are taken."""
    message, item = str(case.answer.get("message", "")), case.kind(1)
    portal = PORTAL.search(message)
    if portal:
        case.account.switch("portal_id", int(portal[1]))
    issues = _issues(case)
    if PERMISSION in message and item is not None:
        return _not_allowed(case, item)
    if item is not None:
        _ruled(case, item, issues)
        _lacking(case, item)
    if item is None or case.recording.body:
        _define(case, item, issues)
        return Asked() if case.steps[0] == "objects" else None
    if issues:
        _define(case, item, issues)
        return Asked(body=_guilty(case, item, issues), parts=frozenset({"errors"}))
    twice = context_of(case.answer, "ids")
    if twice:
        return Asked(body={"inputs": [{"id": key, "properties": {}} for key in [*twice, *twice]]})
    if "property histories" in message:
        return Asked(body={"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["createdate"]})
    return None


def _issues(case: Case) -> list[Json]:
    """The {name, error, message} of every value refused, from the message or from the errors beside it."""
    found = EMBEDDED.search(str(case.answer.get("message", "")))
    if found:
        told: list[Json] = json.loads(found[1])
        return told
    rows = [row for row in case.errors if row.get("code")]
    return [
        {"name": name, "error": row["code"], "message": row.get("message", "")}
        for row in rows
        for name in context_of(row, "propertyName")
    ]


def _define(case: Case, item: ObjectType | None, issues: list[Json]) -> None:
    """The values that no issue is about are taken, and the record that they are for is there."""
    if item is None:
        return
    guilty = {issue["name"] for issue in issues}
    for issue in issues:
        if issue["error"] != "PROPERTY_DOESNT_EXIST":
            case.account.define(item, issue["name"])
    for part in case.inputs or [case.body]:
        for name, value in (part.get("properties") or {}).items():
            if name not in guilty:
                case.account.accepts(item, name, value)
    if case.recording.method == "PATCH" and len(case.steps) == 3:
        case.account.exists(item, case.steps[2])


def _ruled(case: Case, item: ObjectType, issues: list[Json]) -> None:
    """The rules of an administrator that the values break."""
    found: dict[str, list[str]] = {}
    for issue in issues:
        found.setdefault(str(issue["error"]), []).append(issue["name"])
        rests_on = BASED_ON.search(str(issue["message"]))
        if rests_on:
            case.account.define(item, rests_on[1])
            values = [str((case.body.get("properties") or {}).get(rests_on[1], "x"))]
            rule = {"property": rests_on[1], "values": values, "required": [issue["name"]]}
            case.account.switch("conditional_required", {item.kind: [rule]})
    if MISSING in found:
        case.account.switch("create_form", {item.kind: found[MISSING]})
    validations = {name: code for code, names in found.items() if code in VALIDATIONS for name in names}
    case.account.switch("property_validations", {item.kind: validations})


def _lacking(case: Case, item: ObjectType) -> None:
    """A custom type asks for what the answer says was not set; another record holds what it says is taken."""
    names = context_of(case.answer, "properties")
    if names and item.is_custom and "required" in str(case.answer.get("message")):
        full = MAKING.match(str(case.answer["message"]))
        told = {"fullyQualifiedName": full[1].lower()} if full else {}
        case.account.schema({"objectTypeId": item.type_id, **told, "requiredProperties": names})
    for row in case.errors:
        held = CONFLICT.search(str(row.get("message")))
        if held:
            case.account.define(item, held[1], unique=True)
            case.account.hold(item, {"id": held[3], "properties": {held[1]: held[2]}})


def _not_allowed(case: Case, item: ObjectType) -> Asked:
    """The app's user may not associate the records of the path, which are there."""
    case.account.switch("user_edits_associations", False)
    ends = [step for step in case.steps[2:] if step not in ("associations", "default")]
    case.account.exists(item, ends[0])
    to = case.account.kind(ends[1]) if len(ends) > 2 else None
    if to is not None:
        case.account.exists(to, ends[2])
    return Asked()


def _enough(case: Case, item: ObjectType, issues: list[Json]) -> Json:
    """Values with which a record can be made but for those that are missing."""
    missing = {issue["name"] for issue in issues}
    names = [*item.required, *item.one_of[:1]] or ["name"]
    values = {name: "a@example.com" if name == "email" else "x" for name in names if name not in missing}
    for name, value in values.items():
        case.account.accepts(item, name, value)
    return values


def _guilty(case: Case, item: ObjectType, issues: list[Json]) -> Json:
    """A body whose values are refused for just these reasons; a batch where an issue is told again."""
    rows: list[dict[str, Any]] = [{}]
    for issue in issues:
        rests_on = BASED_ON.search(str(issue["message"]))
        if rests_on or issue["error"] == MISSING:
            rows[-1] |= {rests_on[1]: "x"} if rests_on else _enough(case, item, issues)
            continue
        if issue["name"] in rows[-1]:
            rows.append({})
        quoted = QUOTED.match(str(issue["message"]))
        rows[-1][issue["name"]] = quoted[1] if quoted else WRONG.get(issue["error"], "x")
    if case.steps[2:3] == ("batch",):
        return {"inputs": [{"id": str(place), "properties": row} for place, row in enumerate(rows, 1)]}
    return {"properties": rows[0]}


def bad_token(case: Case) -> str:
    """A token that has expired when the answer says so, else one that nobody knows."""
    if case.answer.get("category") != "EXPIRED_AUTHENTICATION":
        return "pat-na1-nobody"
    found = AGO.search(str(case.answer.get("message")))
    ago = int(found[1]) * SECONDS[found[2]] * 1000 if found else 0
    name = "recorded-expired-token"
    case.account.switch("oauth_tokens", {name: {"expires": case.account.now - ago, "scopes": []}})
    return name
