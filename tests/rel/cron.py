"""A tool that is started by cron at such a CRM: its settings, its stores and one process after the other."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.base import Connector, Writer
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


class CronSession(Session):
    """A session at this world's CRM and clock."""

    world: World

    @cached_property
    def readers(self) -> Mapping[str, Connector]:  # type: ignore[override]
        reader = Reader(workspace=SPACE)
        reader.book, reader.world = self.world.memory.book, self.world
        return {SPACE: reader}

    def _writers(self) -> dict[str, Writer]:
        hand = Hand(self.world.memory.book, lambda batch: False)
        hand.world = self.world
        return {SPACE: hand}


@dataclass(frozen=True)
class Shop:
    """What every seed starts from: settings, and the stores of a tool that has never run."""

    settings: Settings
    template: Path

    @contextmanager
    def state(self) -> Iterator[Path]:
        """A fresh copy of the stores."""
        with TemporaryDirectory(dir=self.template.parent) as folder:
            yield Path(shutil.copytree(self.template, Path(folder) / "state"))

    @contextmanager
    def session(self, world: World, state: Path) -> Iterator[Session]:
        """One process."""
        env = self.settings.env.model_copy(update={"revops_state": state})

        def sleep(seconds: float) -> None:
            world.now += timedelta(seconds=seconds)

        session = CronSession(replace(self.settings, env=env), now=lambda: world.now, sleep=sleep)
        stores = {name: world.store(name, state) for name in ("mirror", "ledger")}
        session.__dict__ |= {"world": world, **{f"{name}_store": engine for name, engine in stores.items()}}
        yield session


@contextmanager
def shop(folder: Path | None) -> Iterator[Shop]:
    """The place where seeds are worked, in a folder of its own."""
    with TemporaryDirectory(dir=folder) as place:
        home = Path(place)
        (home / "revops.yaml").write_text(CONFIG, "utf-8")
        environ = {"REVOPS_STATE": str(home / "template"), "REVOPS_CONFIG": str(home / "revops.yaml")}
        settings = load(environ)
        with Session(settings).alone("pull"):
            pass
        session = Session(settings)
        session.mirror_store.connect().close()
        session.ledger_store.connect().close()
        session.close()
        yield Shop(settings, home / "template")
