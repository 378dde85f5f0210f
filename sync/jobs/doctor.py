"""Looking a set-up over: each account, each kind, and what a plan will need."""

from collections.abc import Iterator

from connectors.base import Connector, Identity
from connectors.errors import CredentialError, RemoteError
from sync.jobs.endings import endings
from sync.plan.revert import BY_SUBJECT
from sync.session import Session

MERGED = ("company", "contact", "lead")
MADE = ("task",)
"""Kinds that this tool makes records of, though it merges none: a gate's revert leaves a task."""
Line = tuple[str, str, str]
ADDED = ("ok", "has the fields that this tool writes its marks and keys to")
ASK = ("warning", "an administrator adds the text fields Revops_Merged_Into__c and Revops_Key__c (unique, external id)")


def examine(session: Session) -> Iterator[Line]:
    """(where, ok | warning | error, what) for everything worth knowing; a failing account does not hide the next."""
    settings = session.settings
    yield "settings", "ok", str(settings.path or "defaults; `revops-sync init` writes a file to edit")
    configured = settings.crms()
    for name in settings.config.crms:
        if name not in configured:
            yield name, "warning", "no reader's credential in the environment"
    try:
        readers = session.readers
    except (CredentialError, RemoteError) as error:
        yield "accounts", "error", str(error)
        return
    for workspace, reader in readers.items():
        lines = [*_account(workspace, reader), *_ends(session, reader), _writer(session, workspace, reader)]
        yield from lines
        if reader.identity().production:
            yield _passed(session, reader.identity(), not any(state == "error" for _, state, _ in lines))


def _ends(session: Session, reader: Connector) -> Iterator[Line]:
    """What of the CRM's interface ends, and when."""
    identity = reader.identity()
    for ending in endings(identity, session.settings.env):
        yield identity.workspace, *ending.said(session.now().date())


def _writer(session: Session, workspace: str, reader: Connector) -> Line:
    """Whether there is a writer's credential, and one of its own: on a live account anything less is an error."""
    crm, settings = workspace.partition(":")[0], session.settings
    if settings.secrets is None:
        return workspace, "ok", "this profile is read-only: no writer can be made in it"
    if crm in settings.shared():
        what = "the writer's credential is the reader's: give each its own, so that what only reads cannot write"
        return workspace, "error" if reader.identity().production else "warning", what
    there = crm in settings.writers()
    what = f"{'a' if there else 'no'} writer's credential is set; only `apply` and `doctor --add-fields` use it"
    return workspace, "ok" if there else "warning", what


def _passed(session: Session, identity: Identity, passed: bool) -> Line:
    """Remember the result: `apply` writes to no live account without it."""
    session.contacts.examined(identity.workspace, identity.api_version, passed)
    if not passed:
        return identity.workspace, "error", "`apply` is refused here until nothing above is an error"
    known = session.contacts.of(identity.workspace)
    what = f"run {known.proved_by} was verified here" if known.proved_by else "its first `apply` needs `--canary 3`"
    return identity.workspace, "ok", f"looked over without an error: {what}"


def add_fields(session: Session) -> Iterator[Line]:
    """Add the fields that marks and creates are written to, with the writers' credentials."""
    with session.writing() as (writers, _):
        for workspace, reader in session.readers.items():
            if workspace not in writers:
                yield workspace, "error", "no writer's credential to add fields with"
                continue
            for kind in (*MERGED, *MADE):
                if kind in reader.kinds and (_made(workspace, kind) or reader.describe(kind).mergeable):
                    made = writers[workspace].ensure_fields(kind)
                    yield f"{workspace} {kind}", *(ADDED if made else ASK)


def _made(workspace: str, kind: str) -> bool:
    """Whether this tool makes records of the kind there that need a field of their own to be found by."""
    return kind in MADE and workspace.partition(":")[0] not in BY_SUBJECT


def _account(workspace: str, reader: Connector) -> Iterator[Line]:
    identity = reader.identity()
    kind = "PRODUCTION" if identity.production else "not production"
    yield workspace, "ok", f"{identity.name} ({kind}: {identity.type}), API {identity.api_version}"
    for name in reader.kinds:
        try:
            spec = reader.describe(name)
        except (CredentialError, RemoteError) as error:
            yield f"{workspace} {name}", "error", str(error)
            continue
        marks = (
            ""
            if name not in MERGED or spec.field("merged_into")
            else "; no field to mark duplicates with (doctor --add-fields)"
        )
        yield (
            f"{workspace} {name}",
            "warning" if marks else "ok",
            f"{len(spec.fields)} fields, native merge {_yes(spec.mergeable)}{marks}",
        )
    if reader.calls_left is not None:
        yield workspace, "ok", f"{reader.calls_left} calls left today"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
