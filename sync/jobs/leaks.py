"""The sources of duplicates, by the team's own check and settings."""

from collections.abc import Iterator, Sequence

from hygiene.checks.duplicate import Duplicate
from metrics.leaks import Asked, Leak, leaks
from sync.jobs.pull import seen
from sync.session import Session

KINDS = ("company", "contact", "lead")


def leaked(session: Session, kinds: Sequence[str] = (), weeks: int = 12, doubtful: bool = False) -> Iterator[Leak]:
    """Those of each kind, or of the named ones, told apart as the settings say."""
    mirror, config = seen(session), session.settings.config.leaks
    ours = {check.kind: check for check in session.settings.checks if isinstance(check, Duplicate)}
    for kind in kinds or KINDS:
        rule = ours.get(kind) or Duplicate(kind=kind)
        yield from leaks(mirror, rule, Asked(config.by, weeks, config.time_zone, doubtful))
