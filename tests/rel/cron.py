"""A tool that is started by cron at such a CRM: its settings, its stores and one process after the other."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from connectors.base import Connector, Writer
from sync.database import open_store
from sync.session import Session
from sync.settings import Settings, load
from tests.rel.weather import SPACE, Hand, Reader, World

CONFIG = """\
version: 1
apply:
  settle_seconds: 0
  reserve_calls: 0
  stop: {consecutive: 1000, share: 1.0, reverted: 1000, unknown_merges: 1000}
guards: {max_records: 1000, max_share: 1.0}
"""


STORES = ("mirror", "ledger")


class CronSession(Session):
    """A session at this world's CRM and clock."""

    world: World

    @cached_property
    def readers(self) -> Mapping[str, Connector]:
        reader = Reader(workspace=SPACE)
        reader.book, reader.world = self.world.memory.book, self.world
        return {SPACE: reader}

    def _writers(self) -> dict[str, Writer]:
        hand = Hand(self.world.memory.book, lambda batch: False)
        hand.world = self.world
        return {SPACE: hand}


@dataclass(frozen=True)
class Shop:
    """What every seed starts from: settings, the stores of a tool that has never run, and a place for a life's own.

    The engines are those of the place, whatever life fills it: what SQLAlchemy compiled for one serves all.
    """

    settings: Settings
    template: Path
    stores: Mapping[str, Engine]

    @contextmanager
    def life(self) -> Iterator[None]:
        """The stores are fresh copies until the end of the block."""
        shutil.copytree(self.template, self.settings.state)
        try:
            yield
        finally:
            for engine in self.stores.values():
                engine.dispose()
            shutil.rmtree(self.settings.state)

    def session(self, world: World) -> Session:
        """One process."""

        def sleep(seconds: float) -> None:
            world.now += timedelta(seconds=seconds)

        session = CronSession(self.settings, now=lambda: world.now, sleep=sleep)
        session.__dict__ |= {"world": world, **{f"{name}_store": engine for name, engine in self.stores.items()}}
        return session


@contextmanager
def shop(folder: Path | None) -> Iterator[Shop]:
    """The place where seeds are worked, in a folder of its own."""
    with TemporaryDirectory(dir=folder) as place:
        home = Path(place)
        (home / "revops.yaml").write_text(CONFIG, "utf-8")
        settings = load({"REVOPS_STATE": str(home / "state"), "REVOPS_CONFIG": str(home / "revops.yaml")})
        stores = {name: open_store(name, f"sqlite:///{home / 'state' / name}.db", durable=False) for name in STORES}
        for engine in stores.values():
            engine.dispose()
        (home / "state").rename(home / "template")
        yield Shop(settings, home / "template", stores)
