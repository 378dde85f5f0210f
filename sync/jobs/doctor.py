"""Looking a set-up over: each account, each kind, and what a plan will need."""

from collections.abc import Iterator

from connectors.base import Connector
from connectors.errors import CredentialError, RemoteError
from sync.session import Session

MERGED = ("company", "contact", "lead")
Line = tuple[str, str, str]


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
        yield from _account(workspace, reader)
    with session.writing() as (writers, _):
        for workspace in readers:
            there = workspace in writers
            yield (
                workspace,
                "ok" if there else "warning",
                f"{'a' if there else 'no'} writer's credential; only `apply` reads it",
            )


def _account(workspace: str, reader: Connector) -> Iterator[Line]:
    identity = reader.identity()
    kind = "PRODUCTION" if identity.production else "not production"
    yield workspace, "ok", f"{identity.name} ({kind}), API {identity.api_version}"
    for name in reader.kinds:
        try:
            spec = reader.describe(name)
        except (CredentialError, RemoteError) as error:
            yield f"{workspace} {name}", "error", str(error)
            continue
        marks = "" if name not in MERGED or spec.field("merged_into") else "; no field to mark duplicates with"
        yield (
            f"{workspace} {name}",
            "warning" if marks else "ok",
            f"{len(spec.fields)} fields, native merge {_yes(spec.mergeable)}{marks}",
        )
    if reader.calls_left is not None:
        yield workspace, "ok", f"{reader.calls_left} calls left today"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
