"""The reasons for which a recording may differ from what the sandbox answers, and how many may."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.sandbox.recorded.verdict import Verdict

FILE = Path(__file__).with_name("explained.yaml")
NOT_LIVE = "not from the wire"
CLASSES = ("older API version", "masked by its recorder", NOT_LIVE, "account-specific data")
# What may go without being served: Bulk 1, HubSpot before v3, Tooling and what else is no data API of Salesforce.
UNSERVED = re.compile(
    r"/services/(async|apexrest)/|/services/data/v[\dx.]+/(tooling|connect|chatter|analytics|wave|metadata|apexrest)\b"
    r"|/services/Soap/[mTs]/|/(?!oauth|integrations/v1/me)[a-z-]+/v[12](/|$)"
)
SHARE = 0.1  # of the live recordings of endpoints that are served


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry: the end of a path under the folder or a part of a source; the class; the reason.

    A rule (`differs` is set) is about whatever differs only in ways that match it and, where `notes` is set, bears
    such a note of its collector.
    """

    where: str
    cause: str
    why: str
    notes: str = ""
    differs: str = ""

    def names(self, verdict: Verdict) -> bool:
        """Whether the entry names this recording; a rule names none."""
        return not self.differs and (
            verdict.recording.file.endswith(self.where) or self.where in verdict.recording.source
        )

    def covers(self, verdict: Verdict) -> bool:
        """Whether the entry explains this mismatch; one `not from the wire` covers nothing that was live."""
        if self.cause == NOT_LIVE and verdict.recording.live:
            return False
        if not self.differs:
            return self.names(verdict)
        noted = re.search(self.notes, verdict.recording.notes) is not None
        return noted and all(re.fullmatch(self.differs, difference) for difference in verdict.why)


@dataclass(frozen=True, slots=True)
class Explanations:
    """All entries, and the rules that hold for them."""

    entries: tuple[Explanation, ...]

    def weigh(self, verdict: Verdict) -> Verdict:
        """A mismatch that an entry covers is explained."""
        found = next((entry for entry in self.entries if entry.covers(verdict)), None)
        if verdict.word != "mismatched" or found is None:
            return verdict
        return replace(verdict, word="explained", why=(f"{found.cause}: {found.why}", *verdict.why))

    def broken(self, verdicts: Iterable[Verdict]) -> list[str]:
        """What is against the rules: an unknown class, a stale entry (all that it names match), too many explained."""
        every = list(verdicts)
        wrong = [f"unknown class: {entry.where}: {entry.cause}" for entry in self.entries if entry.cause not in CLASSES]
        for entry in self.entries:
            words = {one.word for one in every if entry.names(one)}
            if words and "explained" not in words:
                wrong.append(f"stale explanation: {entry.where}")
        for one in every:
            if one.word == "not served" and not UNSERVED.match(one.recording.path):
                wrong.append(f"must be served: {one.recording.method} {one.recording.path}")
        over = [vendor for vendor, (part, whole) in live(every).items() if part > SHARE * whole]
        return [*wrong, *(f"too many live recordings of {vendor} explained" for vendor in over)]


def live(verdicts: Iterable[Verdict]) -> dict[str, tuple[int, int]]:
    """By vendor: the live recordings on served endpoints that are explained, and all of them."""
    counts: dict[str, tuple[int, int]] = {}
    for one in verdicts:
        if one.recording.live and one.word != "not served":
            part, whole = counts.get(one.recording.vendor, (0, 0))
            counts[one.recording.vendor] = (part + (one.word == "explained"), whole + 1)
    return counts


def load(file: Path = FILE) -> Explanations:
    """The entries of the file; `KeyError` where one has no class or no reason."""
    data: Mapping[str, Any] = YAML(typ="safe").load(file.read_text("utf-8")) or {}
    return Explanations(tuple(_entry(where, entry) for where, entry in data.items()))


def _entry(where: str, data: Mapping[str, str]) -> Explanation:
    return Explanation(where, data["class"], data["why"], data.get("notes", ""), data.get("differs", ""))
