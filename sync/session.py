"""One process's hold on the stores and the CRMs: what a command opens, and closes again."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial

import click
from filelock import FileLock, Timeout
from requests.adapters import BaseAdapter
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from connectors.base import Connector, Fenced, Writer
from connectors.errors import CredentialError, RefusedError, RevopsError
from sync import accounts, postgres
from sync.database import open_store
from sync.ledger.anchor import Anchor
from sync.ledger.contact import Contacts
from sync.ledger.halts import Halts
from sync.ledger.journal import DiskJournal
from sync.ledger.store import Ledger
from sync.mirror.store import Mirror
from sync.settings import Settings

DOING = {"writer": "writing", "gate": "working through the gate's inbox", "run": "at the scheduled job"}
"""What a process that holds a job's lock is doing, in the words of a refusal."""


def wall_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Session:
    """The stores are opened when first asked for; `now` and `sleep` are the process's clock, `adapter` the way to
    the CRMs (the network, unless a test says otherwise); `halt` says whether somebody asked it to stop."""

    settings: Settings
    now: Callable[[], datetime] = wall_clock
    sleep: Callable[[float], None] = time.sleep
    adapter: BaseAdapter | None = None
    halt: Callable[[], bool] = lambda: False

    @cached_property
    def mirror_store(self) -> Engine:
        """The mirror's engine."""
        return open_store("mirror", self.settings.store("mirror"), durable=False)

    @cached_property
    def ledger_store(self) -> Engine:
        """The ledger's engine: every commit of it is on the disk."""
        return open_store("ledger", self.settings.store("ledger"), durable=True)

    @cached_property
    def ledger(self) -> Ledger:
        """The decisions."""
        return Ledger(self.ledger_store, self.now)

    @cached_property
    def journal(self) -> DiskJournal:
        """The journal."""
        return DiskJournal(self.ledger_store, self.now)

    @property
    def contacts(self) -> Contacts:
        """What is known of live accounts."""
        return Contacts(self.ledger_store, self.now)

    @property
    def halts(self) -> Halts:
        """Why runs stopped."""
        return Halts(self.ledger_store, self.now)

    @property
    def anchor(self) -> Anchor:
        """Where the journal ended when last written to."""
        return Anchor(self.settings.state / "journal.head")

    def mirror(self) -> Mirror:
        """The mirror as of now, with the ledger as its memory."""
        return Mirror(self.mirror_store, self.now(), self.ledger, partial(click.echo, err=True))

    @cached_property
    def readers(self) -> Mapping[str, Connector]:
        """A reader for each configured CRM, by workspace; asks each account who it is."""
        settings, extra = self.settings, self.settings.extra()
        kinds = settings.config.kinds
        found = [accounts.reader(name, settings.env, kinds, self.adapter, extra) for name in settings.crms()]
        if not found:
            raise CredentialError(
                "no CRM is configured",
                "Set HUBSPOT_ACCESS_TOKEN, or SALESFORCE_INSTANCE_URL with SALESFORCE_CLIENT_ID and its secret; "
                "`revops-sync sandbox` prints a set to try",
            )
        return {reader.identity().workspace: reader for reader in found}

    @property
    def calls(self) -> int:
        """The API calls that this session's readers have sent so far."""
        return sum(reader.calls for reader in self.readers.values()) if "readers" in self.__dict__ else 0

    @contextmanager
    def writing(self) -> Iterator[tuple[Mapping[str, Writer], Callable[[], None]]]:
        """The writers by workspace and the fence to pass before every send, for the one process that may write.

        The lock dies with the process; the lease's token outlives it and stops a process that lost the lock unseen.
        """
        if self.settings.secrets is None:
            raise RefusedError(
                "this profile is read-only: nothing in it can write",
                "Apply where neither `read_only` in the settings nor REVOPS_READ_ONLY is set",
            )
        with self.alone("writer"):
            self.anchor.check(self.journal)
            token = self.ledger.take_lease(f"{socket.gethostname()}:{os.getpid()}")
            try:
                yield self._fenced(lambda: self.ledger.check_lease(token))
            finally:
                # An anchor left behind is still one; what ended the block must not be hidden by it.
                with suppress(RevopsError, DatabaseError):
                    self.anchor.keep(self.journal)

    @contextmanager
    def alone(self, job: str) -> Iterator[None]:
        """Hold the lock of a job that only one process may do at a time; the kernel lets go of it with the process,
        and so does the database server that processes on several machines share."""
        self.settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock, server = FileLock(self.settings.state / f"{job}.lock"), self.settings.env.revops_database_url
        try:
            lock.acquire(timeout=0)
            held = postgres.held_alone(server.get_secret_value(), job) if server else nullcontext()
        except Timeout:
            doing = DOING.get(job, "pulling")
            raise RefusedError(f"another revops-sync is {doing}", "Wait for it to finish") from None
        try:
            with held:
                yield
        finally:
            lock.release()

    def _fenced(self, check: Callable[[], None]) -> tuple[Mapping[str, Writer], Callable[[], None]]:
        """The writers, each asking before it writes whether it still may."""
        writers = self._writers()
        for writer in writers.values():
            if isinstance(writer, Fenced):
                writer.fence(check)
        return writers, check

    def _writers(self) -> dict[str, Writer]:
        """A writer for each workspace whose CRM has a writer's credential."""
        secrets = self.settings.secrets
        if secrets is None:
            return {}
        env, adapter = self.settings.env, self.adapter
        found = {name: accounts.writer(name.partition(":")[0], env, secrets, adapter) for name in self.readers}
        return {name: writer for name, writer in found.items() if writer is not None}

    def close(self) -> None:
        """Let go of the stores."""
        for name in ("mirror_store", "ledger_store"):
            if name in self.__dict__:
                self.__dict__[name].dispose()
