"""Kills a process anywhere while it brings an older store to the newest schema: the next one finds every row."""

import os
import random
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event

from connectors.errors import RevopsError
from sync.database import HERE, open_store
from sync.ledger.journal import DiskJournal, Entry, State
from sync.session import wall_clock
from tests.rel.bench import MEMORY
from tests.rel.part import Part, Result, Share, Tier, mine, untried
from tests.rel.syscalls import injection, missing, traced

ENTRIES = 50
SYSCALLS = ("pwrite64", "fdatasync", "ftruncate", "unlink")
SMALL, DEPTH = 6, 60
Death = Callable[[], Any]


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every older schema, and a death before every statement, at every commit and at system calls by chance."""
    dice = random.Random(seed)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        chosen = [(name, revision, nth, "") for name, revision in older() for nth in range(1, DEPTH)]
        if not missing():
            options = [injection(call, "signal=KILL", nth) for call in SYSCALLS for nth in range(1, DEPTH)]
            chosen += [(name, revision, 0, option) for name, revision in older() for option in options]
        for number, one in enumerate(dice.sample(chosen, SMALL) if tier is Tier.SMALL else chosen):
            if mine(share, number):
                yield killed(Path(folder) / str(number), *one)
    yield from untried(missing())


def older() -> list[tuple[str, str]]:
    """Every schema that a store may have had, and none at all."""
    found = []
    for name in ("ledger", "mirror"):
        revisions = [script.revision for script in ScriptDirectory.from_config(_config(name)).walk_revisions()]
        found += [(name, revision) for revision in ("", *revisions[1:])]
    return found


def killed(folder: Path, name: str, revision: str, nth: int, trace: str) -> Result:
    """What the next process found wrong; it counts where the first one died."""
    folder.mkdir()
    path = folder / f"{name}.db"
    before = stocked(path, name, revision) if revision else {}
    died = forked(path, name, nth, trace)
    told = f"{name} from {revision or 'nothing'}, {trace or f'statement {nth}'}"
    try:
        engine = open_store(name, f"sqlite:///{path}", durable=False)
    except RevopsError as error:
        return Result([f"{told}: it cannot be opened any more: {error}"])
    faults = [*DiskJournal(engine, wall_clock).verify()[1]] if name == "ledger" else []
    engine.dispose()
    after = rows(path)
    faults += [f"the table {table} lost rows" for table, held in before.items() if after.get(table) != held]
    faults += [f"{item.name} was left behind" for item in folder.glob("*.before-*")]
    return Result([f"{told}: {fault}" for fault in faults], int(died))


def forked(path: Path, name: str, nth: int, trace: str) -> bool:
    """Whether a process that opened the store was killed, at its n-th statement or commit or by a tracer."""
    child = os.fork()
    if not child:
        try:
            _doomed(nth)
            with traced(trace):
                open_store(name, f"sqlite:///{path}", durable=name == "ledger").dispose()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _doomed(nth: int) -> None:
    passed = [0]

    def at(*_: object) -> None:
        passed[0] += 1
        if passed[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", at)
    event.listen(Engine, "commit", at)


def stocked(path: Path, name: str, revision: str) -> dict[str, list[Any]]:
    """An older store with a journal in it; the rows of its tables."""
    engine, config = create_engine(f"sqlite:///{path}"), _config(name)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    if name == "ledger":
        entries = [Entry("run", str(at), "g", "1", State.INTENT, "", {}, {"x": at}) for at in range(ENTRIES)]
        DiskJournal(engine, wall_clock).append(entries)
    engine.dispose()
    return rows(path)


def rows(path: Path) -> dict[str, list[Any]]:
    """What every table holds, but for the schema's own number."""
    with closing(sqlite3.connect(path)) as file:
        names = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: file.execute(f"SELECT * FROM {name}").fetchall() for name in names if name != "alembic_version"}


def _config(name: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / name / "migrations"))
    return config


PART = Part("migrate", "kills while a store was brought to the newest schema", trials)
