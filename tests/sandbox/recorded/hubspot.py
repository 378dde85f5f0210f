"""The state of a HubSpot account that a recorded request presumes, derived from the interaction alone."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.app import Sandbox
from tests.sandbox.recorded import hubspot_definitions as definitions
from tests.sandbox.recorded import hubspot_links as links
from tests.sandbox.recorded import hubspot_lost as lost
from tests.sandbox.recorded import hubspot_objects as objects
from tests.sandbox.recorded import hubspot_refusals as refusals
from tests.sandbox.recorded import hubspot_settings as settings
from tests.sandbox.recorded.hubspot_account import Account
from tests.sandbox.recorded.hubspot_case import Asked, Case
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import Replay
from tests.sandbox.recorded.shape import Tolerance

LEGACY = re.compile(r"/(?!integrations/v1/me$|oauth/)[a-z-]+/v[12](/|$)")
VERSION = re.compile(r"v\d|20\d\d-\d\d(-beta)?")
FAMILIES: Mapping[str, Callable[[Case], Asked]] = {
    "associations": links.presume,
    "properties": definitions.presume_properties,
    "pipelines": settings.presume_pipelines,
    "owners": settings.presume_owners,
    "schemas": settings.presume_schemas,
    "account-info": settings.presume_account,
    "integrations": settings.presume_account,
}
# Told of properties and schemas since 2022 or later; who made a property is told of some and not of others.
SINCE_2022 = (
    *("dataSensitivity", "createdUserId", "updatedUserId"),
    *("createdByUserId", "updatedByUserId", "allowsSensitiveProperties"),
)
TOLERANCE = Tolerance(
    # Since 2025: the address of a record, and the list beside a message of values that are not valid.
    later=frozenset({"url", "errors", *SINCE_2022}),
    # Told of some enumerations and not of others whose definitions are alike.
    optional=frozenset({"modificationMetadata/readOnlyOptions", "options/description"}),
    # A create told this one as a time in 2024 and tells it as a number since 2025; reads tell a time.
    loose=frozenset({"properties/hs_lifecyclestage_lead_date"}),
    # The associations that every custom type has from the start have no date of their own.
    nullable=frozenset({"associations/createdAt", "associations/updatedAt"}),
    maps={"context": None},
    exact=frozenset({"status", "message", "category", "subCategory", "errorType", "policyName", "code"}),
    keys=("id", "toObjectId", "name", "value", "typeId", "objectTypeId"),
)
COUNTED = tuple(
    f"x-hubspot-ratelimit-{part}" for part in ("max", "remaining", "interval-milliseconds", "daily", "daily-remaining")
)
MADE = ("objects", "properties", "associations", "pipelines", "schemas")
TELLING = ("location", "retry-after")
TOKEN, OAUTH_TOKEN = "pat-na1-recorded", "recorded-oauth-token"


def presume(sandbox: Sandbox, recording: Recording) -> Replay | str:
    """Bring the account into the state that the request met and say what to send; a text is why it is not served."""
    if LEGACY.match(recording.path):
        return "HubSpot v1 and v2"
    account = Account(sandbox)
    case = Case(account, recording, canonical(recording.path))
    asked = refusals.presume(case) or _family(case)
    body = next((one for one in (asked.body, recording.body, lost.body(case)) if one is not None), None)
    maps = {**TOLERANCE.maps, "properties": asked.chosen}
    return Replay(
        recording.method,
        recording.path,
        (recording.query if asked.query is None else asked.query) + lost.query(case),
        {"authorization": f"Bearer {token(case)}", "content-type": "application/json"},
        json.dumps(body).encode() if body not in (None, {}) or recording.method in ("POST", "PATCH") else b"",
        asked.times,
        wire_status(recording),
        tuple(name for name in recording.answer_headers if name.startswith("x-hubspot-") or name in TELLING),
        _uncounted(recording),
        replace(TOLERANCE, maps=maps, parts=asked.parts | cut(recording)),
        parse=emptied,
    )


def _family(case: Case) -> Asked:
    if case.steps[0] == "objects":
        item = case.kind(1)
        linked = case.steps[3:4] == ("associations",)
        return links.of_record(case, item) if linked and item is not None else objects.presume(case)
    presumed = FAMILIES.get(case.steps[0])
    return presumed(case) if presumed else Asked()


def canonical(path: str) -> tuple[str, ...]:
    """The steps of a path without `crm` and its version, so that all versions read alike."""
    steps = [step for step in path.strip("/").split("/") if not VERSION.fullmatch(step)]
    return tuple(steps[1:] if steps[0] in ("crm", "crm-object-schemas") and len(steps) > 1 else steps)


def _uncounted(recording: Recording) -> tuple[str, ...]:
    """The limits that an answer does not count, where HubSpot's own headers were saved."""
    saved = "x-hubspot-correlation-id" in recording.answer_headers
    return tuple(name for name in COUNTED if name not in recording.answer_headers) if saved else ()


def cut(recording: Recording) -> frozenset[str]:
    """The list of which a collector kept a part."""
    return frozenset({"results"} if "truncated by us" in recording.notes else ())


def emptied(body: Any) -> Any:
    """An empty body is none."""
    return None if body == "" else body


def wire_status(recording: Recording) -> int | None:
    """The wire's own status where the recorder served another: 201 for what was made, 207 for what failed in part."""
    own = recording.kind == "recorded" or "x-hubspot-correlation-id" in recording.answer_headers
    if own or recording.status != 200:
        return None
    if isinstance(recording.answer, dict) and recording.answer.get("errors") and "results" in recording.answer:
        return 207
    steps = canonical(recording.path)
    makes = recording.method == "POST" and (len(steps) == 2 or steps[-2:] == ("batch", "create"))
    # The v3 associations alone are made with a 200, since August 2025.
    return 201 if makes and steps[0] in MADE and "/v3/associations/" not in recording.path else None


def token(case: Case) -> str:
    """An app's token where the answer counts no day (only private apps have a daily limit), else a private app's."""
    if case.recording.status == 401:
        return refusals.bad_token(case)
    if case.recording.status == 403:
        case.account.switch("tokens", {TOKEN: ["oauth"]})
        return TOKEN
    scopes = case.account.every_scope()
    users = refusals.PERMISSION in str(case.answer.get("message"))
    if users or "x-hubspot-ratelimit-daily" in _uncounted(case.recording):
        case.account.switch("oauth_tokens", {OAUTH_TOKEN: {"expires": case.account.now + 1_000_000, "scopes": scopes}})
        return OAUTH_TOKEN
    case.account.switch("tokens", {TOKEN: scopes})
    return TOKEN
