"""Who changed a pipeline or stage, and whether it is in use."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.call import USER_ID, Call
from sandbox.hubspot.catalog import stage_of
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.times import iso
from sandbox.wire import Response

STRICT = ("2026-09",)  # versions that look for references unless told not to (documented)


def note(call: Call, kind: str, identifier: str, action: str, body: Mapping[str, Any]) -> None:
    """Keep one change of a definition."""
    entry = {
        "identifier": identifier,
        "portalId": call.setting("portal_id"),
        "action": action,
        "fromUserId": int(USER_ID),
        "timestamp": iso(call.now),
        "rawObject": dict(body),
    }
    name = f"audit:{kind}"
    call.store.set("hubspot", name, [*call.store.setting("hubspot", name, []), entry])


def pipeline(call: Call) -> Response:
    """The changes of one pipeline, the latest first."""
    return _told(call, call.args["pipeline"])


def stage(call: Call) -> Response:
    """The changes of one stage, the latest first."""
    return _told(call, call.args["stage"])


def _told(call: Call, identifier: str) -> Response:
    every = call.store.setting("hubspot", f"audit:{call.kind().kind}", [])
    return call.reply(200, {"results": [item for item in reversed(every) if item["identifier"] == identifier]})


def refuse_used(call: Call, kind: str, pipeline_id: str, stages: set[str]) -> None:
    """400 where live records stand in stages that are to go, if the call looks; all of them before 2026-09 only look
    when asked, and what the refusal says is unverified."""
    name = "validateDealStageUsagesBeforeDelete" if kind == "deal" else "validateReferencesBeforeDelete"
    asked = call.request.param(name) or call.request.param("validateReferencesBeforeDelete")
    looks = asked.lower() == "true" if asked else call.version in STRICT
    if not looks or not stages:
        return
    named = stage_of(kind)
    assert named is not None
    where = f"crm='hubspot' AND kind=? AND archived=0 AND merged_into IS NULL AND json_extract(data, '$.{named[1]}')=?"
    used = sorted(item for item in stages if call.store.count(where, (kind, item)))
    if used:
        text = f"Pipeline {pipeline_id} can't be changed: stages are in use: [{', '.join(used)}]"
        raise Refusal(400, text, "VALIDATION_ERROR", "PipelineError.STAGE_IN_USE", {"stageIds": used})
