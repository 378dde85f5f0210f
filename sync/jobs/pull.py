"""Everything around one pull: every configured CRM and kind, then the twins that the records name."""

from collections.abc import Callable, Collection
from datetime import datetime

from connectors.errors import RefusedError, UsageError
from hygiene.view import View
from sync.jobs.twins import agree_pulled
from sync.jobs.written import agree_unfinished
from sync.ledger.forgotten import Forgotten
from sync.ledger.twins import link_twins
from sync.mirror.pull import Certificate, Pull, keep_rules
from sync.mirror.store import Mirror
from sync.session import Session

Progress = Callable[[str, int, int | None], None]
When = tuple[datetime | None, bool]
"""A moment, None for now; and whether only what was known then counts."""


def pull_all(
    session: Session,
    full: bool = False,
    kinds: Collection[str] = (),
    progress: Progress = lambda kind, seen, total: None,
) -> tuple[list[Certificate], int]:
    """Pull every kind of every configured account; the certificates and how many twins are new."""
    known = {kind for reader in session.readers.values() for kind in reader.kinds}
    if unknown := set(kinds) - known:
        raise UsageError(f"no such kind: {', '.join(sorted(unknown))}", f"There are {', '.join(sorted(known))}")
    certificates = []
    with session.alone("pull"):
        agree_unfinished(session)
        settings = session.settings
        keep_rules(session.mirror_store, settings.hash, settings.config.model_dump(mode="json"), session.now())
        for reader in session.readers.values():
            pull = Pull(reader, session.mirror_store, session.now, progress, Forgotten(session.ledger_store))
            certificates += [pull.kind(kind, full) for kind in reader.kinds if not kinds or kind in kinds]
    session.ledger.keep_aliases(session.mirror().merged())
    twins = link_twins(session.mirror(), session.ledger)
    agree_pulled(session, certificates, whole=full or bool(twins))
    return certificates, twins


def pulled(session: Session) -> Mirror:
    """The mirror, once there is something in it; `RefusedError` says what to do where there is not."""
    mirror = session.mirror()
    if not mirror.counts():
        raise RefusedError(
            f"the mirror in {session.settings.state} is empty",
            "Run `revops-sync pull` first (`revops-sync sandbox` serves two CRMs to try it on)",
        )
    return mirror


def past(session: Session, when: When) -> View:
    """The mirror now, or at a moment: what was true then as far as is known now, or what the pulls had shown by then.

    `UsageError` for a day that has not come.
    """
    mirror, (moment, known_then) = seen(session), when
    if moment is None:
        return mirror
    if moment.date() > session.now().date():
        raise UsageError(f"{moment:%Y-%m-%d} has not come yet", "Name a day of the past")
    moment = min(moment, session.now())
    return mirror.seen_at(moment) if known_then else mirror.at(moment)


def seen(session: Session) -> Mirror:
    """The mirror as `pulled` has it, where looking must not make one: `RefusedError` before its store is there."""
    if not session.settings.env.revops_database_url and not (session.settings.state / "mirror.db").exists():
        raise RefusedError(f"there is no mirror in {session.settings.state}", "Run `revops-sync pull` first")
    return pulled(session)
