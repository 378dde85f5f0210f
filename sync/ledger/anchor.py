"""The journal's last known head, kept outside the ledger: an older ledger put back in its place is noticed."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.errors import RefusedError
from connectors.values import moment
from sync.files import write
from sync.ledger.journal import DiskJournal

RESTORED = (
    "Run `revops-sync pull --full`, then `revops-sync journal accept`: plans made before that are refused from then on"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A file beside the ledger with the number and hash of an entry that the journal must hold.

    An older ledger does not know what was written since: what a plan did would look as if it were still to be done.
    """

    path: Path

    def check(self, journal: DiskJournal) -> None:
        """`RefusedError` where the journal does not hold the entry: it was shortened, rewritten or restored."""
        kept = self._read()
        if kept and journal.hash_of(kept["seq"]) != kept["hash"]:
            raise RefusedError("the ledger is older than what was written with it: a backup was restored", RESTORED)

    def keep(self, journal: DiskJournal) -> None:
        """Remember where the journal ends now."""
        self._write(self._read() | self._head(journal))

    def accept(self, journal: DiskJournal, now: datetime) -> None:
        """Take the journal as it is for the true one; plans made before now are void."""
        self._write(self._head(journal) | {"accepted_at": moment(now)})

    def admits(self, made_at: datetime) -> bool:
        """Whether a plan made at that time may have been forgotten by no restored ledger."""
        at = self._read().get("accepted_at")
        return at is None or made_at >= datetime.fromisoformat(at)

    def _head(self, journal: DiskJournal) -> dict[str, Any]:
        seq, hash_ = journal.head()
        return {"seq": seq, "hash": hash_}

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("seq"), int):
            raise RefusedError(f"{self.path} cannot be read", RESTORED)
        return found

    def _write(self, body: dict[str, Any]) -> None:
        write(self.path, json.dumps(body).encode())
