"""A seeded sandbox whose records are in a mirror already, copied afresh for each test."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import hubspot
from sandbox.app import Sandbox
from sandbox.store import Store
from sync.apply.guard import Bounds
from sync.cli.sandbox import environment, made
from sync.jobs.apply import Applied, carry_out
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.session import Session
from sync.settings import load
from tests.adapter import SandboxAdapter
from tests.sync import stores

SIZES = {"companies": 40, "contacts": 60, "leads": 10, "deals": 20}
SEED = 1
URL = "https://crm.example"


@dataclass
class Stage:
    """A sandbox, the state of a tool that has pulled it, and the environment that points the one at the other."""

    sandbox: Sandbox
    state: Path
    environ: dict[str, str]

    @contextmanager
    def opened(self, **more: str) -> Iterator[Session]:
        """A session in process and in the sandbox's time, as of one command."""
        session = Session(load(self.environ | more), sleep=self.sandbox.clock.advance, adapter=self.adapter)
        try:
            yield session
        finally:
            session.close()

    @property
    def adapter(self) -> SandboxAdapter:
        return SandboxAdapter(self.sandbox)

    def effects(self) -> list[dict[str, Any]]:
        """Every mutation that the CRMs saw since they were seeded."""
        return list(self.sandbox.store.ledger())

    def planned(self) -> Made:
        """The plan of every configured check."""
        with self.opened() as session:
            return plan(session, ask(session, chosen(session)))

    def applied(self, content: bytes, canary: int = 0, approve: str = "") -> Applied:
        """Apply a plan, after approving it under its hash where one is given."""
        with self.opened() as session:
            if approve:
                session.ledger.approve(approve, "test", {})
            return carry_out(content, session, Bounds(), canary)

    def copy(self, folder: Path) -> "Stage":
        """The same again, sharing nothing."""
        shutil.copytree(self.state, folder, dirs_exist_ok=True)
        environ = self.environ | {"REVOPS_STATE": str(folder)}
        if stores.SERVER:
            environ["REVOPS_DATABASE_URL"] = stores.database(self.environ["REVOPS_DATABASE_URL"].rpartition("/")[2])
        return Stage(copied(self.sandbox), folder, environ)


def copied(sandbox: Sandbox) -> Sandbox:
    """A sandbox with the same records, settings and sessions."""
    store = Store()
    with sandbox.store.lock:
        sandbox.store.db.backup(store.db)
    return Sandbox(store)


def seeded(folder: Path, config: str = "") -> Stage:
    """A small dirty database in both CRMs, pulled once; duplicates may be marked in HubSpot too."""
    sandbox = made(SEED, SIZES)
    state = folder / "state"
    path = folder / "revops.yaml"
    path.write_text(config or "version: 1\n", "utf-8")
    environ = environment(URL) | {"REVOPS_STATE": str(state), "REVOPS_CONFIG": str(path)}
    if stores.SERVER:
        environ["REVOPS_DATABASE_URL"] = stores.database()
    writer = hubspot.writer(hubspot.Account(environ["HUBSPOT_WRITE_TOKEN"]), SandboxAdapter(sandbox))
    for kind in ("company", "contact"):
        writer.ensure_fields(kind)
    stage = Stage(sandbox, state, environ)
    with stage.opened() as session:
        pull_all(session)
    sandbox.store.db.execute("DELETE FROM ledger")
    return stage


def effects(stage: Stage) -> Counter[str]:
    """The mutations that the CRMs saw, as text: without when, and with ids that merges made told by their origin."""
    rows, names = stage.effects(), dict[str, str]()
    for row in rows:
        detail = row["detail"]
        if row["crm"] == "hubspot" and row["verb"] == "merge" and detail["result"] != detail["primary"]:
            origin = "+".join(names.get(detail[part], detail[part]) for part in ("primary", "merged"))
            names[detail["result"]] = f"({origin})"
    return Counter(_told(row, names) for row in rows)


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    detail = {name: value for name, value in row["detail"].items() if name != "before"}
    text = json.dumps([row["crm"], row["verb"], row["kind"], row["id"], detail], sort_keys=True)
    for minted, origin in names.items():
        text = text.replace(f'"{minted}"', f'"{origin}"')
    return text
