"""What the comparison of one recording comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from sandbox.app import Sandbox
from sandbox.clock import Clock
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import Answer, Replay, send
from tests.sandbox.recorded.shape import compare

START_MS = 1_790_000_000_123
# A vendor's module brings the sandbox into the state that a recording presumes; a text is why it is not served.
Presume = Callable[[Sandbox, Recording], Replay | str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """matched | mismatched | not served, and why."""

    recording: Recording
    word: str
    why: tuple[str, ...] = ()


def judge(recording: Recording) -> Verdict:
    """Bring a fresh sandbox into the state that the request presumes, replay it and compare."""
    sandbox = Sandbox(clock=Clock(START_MS))
    presume: Presume = import_module(f"tests.sandbox.recorded.{recording.vendor}").presume
    try:
        replay = presume(sandbox, recording)
    except Exception as bug:  # noqa: BLE001 - one recording that cannot be read must not hide the others
        return Verdict(recording, "mismatched", (f"no state could be derived: {bug!r}",))
    if isinstance(replay, str):
        return Verdict(recording, "not served", (replay,))
    differences = tuple(differs(sandbox, recording, replay))
    return Verdict(recording, "mismatched" if differences else "matched", differences)


def differs(sandbox: Sandbox, recording: Recording, replay: Replay) -> list[str]:
    """Every difference in status, headers and body."""
    answer = send(sandbox, replay)
    status = replay.wire_status or recording.status
    if sandbox.errors:
        return [f"the sandbox failed: {sandbox.errors[-1]['error']}"]
    if answer.status != status:
        return [f"status: {status} recorded, {answer.status} answered ({str(answer.body)[:200]})"]
    heads = _headers(recording, replay, answer)
    return heads + compare(replay.parse(recording.answer), replay.parse(answer.body), replay.tolerance)


def _headers(recording: Recording, replay: Replay, answer: Answer) -> list[str]:
    lost = [f"header {name}: only recorded" for name in replay.wanted if name not in answer.headers]
    more = [f"header {name}: only answered" for name in replay.unwanted if name in answer.headers]
    kinds = [_mime(headers) for headers in (recording.answer_headers, answer.headers)]
    if recording.answer and kinds[0] and kinds[0] != kinds[1]:
        more.append(f"content-type: {kinds[0]} recorded, {kinds[1]} answered")
    return lost + more


def _mime(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
