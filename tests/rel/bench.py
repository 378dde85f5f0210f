"""Scenes that trials start from, made once, and one trial: attempts at a plan, and the history they leave."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors.base import Connector, Writer
from connectors.errors import RevopsError
from sandbox.server import serve
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.plan import Made
from sync.session import Session, wall_clock
from sync.settings import load
from tests.rel.checker import check, through
from tests.rel.history import KILLED, Attempt, History, gathered, journal_of
from tests.rel.plans import EVERY, planned, undoing
from tests.rel.witness import Watched
from tests.rel.world import World, world
from tests.sync.stage import Stage

CRASHED = 70
RESTARTS = 8
MEMORY = Path("/dev/shm")
SCENES = (*EVERY, "undo", "whole")


@dataclass(frozen=True)
class Scene:
    """A world, the state of a tool that has pulled it, and an approved plan."""

    name: str
    world: World
    made: Made


class VirtualSession(Session):
    """A session whose every wait moves the sandbox's clock instead."""

    @cached_property
    def readers(self) -> Mapping[str, Connector]:
        return {name: quickened(reader, self.sleep) for name, reader in super().readers.items()}

    def _writers(self) -> dict[str, Writer]:
        return {name: quickened(writer, self.sleep) for name, writer in super()._writers().items()}


def quickened(half: Any, sleep: Callable[[float], None]) -> Any:
    """A half of a connector whose pace waits in virtual time."""
    pace = (half.portal.transport if hasattr(half, "portal") else half.transport).pace
    pace.sleep, pace.budgets = sleep, {name: replace(item, calls=10**9) for name, item in pace.budgets.items()}
    return half


@dataclass
class Trial:
    """A fresh copy of a scene; attempts are made one after the other, in this process."""

    scene: Scene
    stage: Stage
    watched: Watched
    attempts: list[Attempt] = field(default_factory=list)
    now: Callable[[], datetime] = wall_clock

    def attempt(self, canary: int = 0, content: bytes = b"") -> Attempt:
        """One process's try at the plan, or at other bytes."""
        begun = self.place()
        report = None
        try:
            report = self.carried_out(content or self.scene.made.content, canary)
            code, said = report.exit_code, " ".join((report.stopped, *report.reasons.values()))
        except RevopsError as error:
            code, said = error.exit_code, str(error)
        except Exception as bug:  # noqa: BLE001 - whatever gets out is what a user would see as a traceback
            code, said = CRASHED, f"{type(bug).__name__}: {bug}"
        return self.ended(begun, code, said, report)

    def carried_out(self, content: bytes, canary: int) -> Any:
        """The report of an apply in process and in virtual time."""
        settings, adapter = load(self.stage.environ), self.stage.adapter
        session = VirtualSession(settings, now=self.now, sleep=self.watched.clock.advance, adapter=adapter)
        try:
            return carry_out(content, session, Bounds(), canary).report
        finally:
            session.close()

    def place(self) -> tuple[int, int]:
        """The last journal entry and the last mutation."""
        lines, _ = journal_of(self.stage.state / "ledger.db")
        return (lines[-1].seq if lines else 0), self.watched.last()

    def ended(self, begun: tuple[int, int], code: int, said: str = "", report: Any = None) -> Attempt:
        """Keep the account of an attempt that began at a place."""
        now = self.place()
        self.attempts.append(Attempt(code, begun[0], now[0], (begun[1], now[1]), said, report))
        return self.attempts[-1]

    def resumed(self, tries: int = RESTARTS) -> None:
        """Further attempts until one ends the plan; one that was refused before it began is no end."""
        while len(self.attempts) <= tries:
            last = self.attempts[-1]
            if last.exit not in (5, KILLED) and not (last.exit == 4 and last.first == last.last):
                return
            self.attempt()

    def history(self) -> History:
        """What happened so far."""
        return gathered(self.scene.made.plan, self.scene.made.hash, self.watched, self.stage.state, self.attempts)

    def faults(self, whole: bool = True) -> list[str]:
        """Every promise that was broken; with `whole` the plan must also have got through."""
        history = self.history()
        crashed = [f"V9 it crashed: {item.said[:300]}" for item in self.attempts if item.exit == CRASHED]
        bugs = [f"the sandbox failed: {bug['error']}" for bug in self.watched.errors]
        missing = through(history) if whole else []
        return [*crashed, *bugs, *check(history), *missing]


@dataclass
class Bench:
    """The scenes, each made when it is first asked for, and a folder for trials."""

    base: World
    folder: Path
    scenes: dict[str, Scene] = field(default_factory=dict)
    calls: dict[str, list[bool]] = field(default_factory=dict)

    def scene(self, name: str) -> Scene:
        """The scene of a kind of write."""
        if name not in self.scenes:
            self.scenes[name] = _scene(self.base, name, self.folder / f"scene-{name}")
        return self.scenes[name]

    @contextmanager
    def trial(self, name: str, within: Path | None = None) -> Iterator[Trial]:
        """A fresh copy of a scene, its state in a folder of the bench or of another place."""
        scene = self.scene(name)
        with tempfile.TemporaryDirectory(dir=within or self.folder) as folder:
            state = Path(folder) / "state"
            stage = scene.world.stage.copy(state)
            watched = Watched(stage.sandbox.store, state / "ledger.db")
            try:
                yield Trial(scene, replace(stage, sandbox=watched), watched)
            finally:
                watched.close()

    @contextmanager
    def served(self, name: str, within: Path | None = None) -> Iterator[tuple[Trial, dict[str, object]]]:
        """The same on loopback, and the job that applies its plan from another process."""
        with self.trial(name, within) as trial, serve(trial.watched) as url:
            plan = self.folder / f"{name}.json"
            plan.write_bytes(trial.scene.made.content)
            places = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url}
            yield trial, {"environ": trial.stage.environ | places, "plan": str(plan)}


@contextmanager
def bench(*names: str, many: int = 0) -> Iterator[Bench]:
    """A bench on a world of its own, in memory where the machine has such a place, with these scenes made already."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        made = Bench(world(Path(place), many), Path(place))
        for name in names:
            made.scene(name)
        yield made


def _scene(base: World, name: str, folder: Path) -> Scene:
    stage = base.stage.copy(folder)
    if name == "undo":
        _approved(stage, base, ("reversible",), apply=True)
        stage.sandbox.store.db.execute("DELETE FROM ledger")
        return Scene(name, World(stage, base.names), _approved(stage, base, ()))
    return Scene(name, World(stage, base.names), _approved(stage, base, EVERY if name == "whole" else (name,)))


def _approved(stage: Stage, base: World, kinds: tuple[str, ...], apply: bool = False) -> Made:
    """An approved plan of these kinds of write, or of none: the undo of the last run."""
    with stage.opened() as session:
        made = planned(session, base.names, *kinds) if kinds else undoing(session)
        session.ledger.approve(made.hash, "test", {})
    if apply and stage.applied(made.content).report.exit_code:
        raise ValueError("the run to be undone did not get through")
    return made
