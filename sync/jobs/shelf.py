"""The plans that scheduled runs keep in the state folder: the one that waits for a person, those under way."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.errors import RevopsError
from sync.files import write
from sync.jobs.plan import Made
from sync.plan.file import decode, plan_hash, read
from sync.plan.model import Plan
from sync.render.plan import markdown


@dataclass(frozen=True, slots=True)
class Shelf:
    """`waiting/plan.json` with its words beside it, and `running/HASH.json`; all readable by their owner alone."""

    state: Path

    @property
    def waiting(self) -> Path:
        """The plan that waits for an approval."""
        return self.state / "waiting" / "plan.json"

    def waits(self) -> bytes:
        """Its bytes; none where no plan waits or what stands there is not one."""
        return _whole(self.waiting)

    def keep_waiting(self, made: Made, now: datetime) -> bytes:
        """Put a plan there, unless the one that waits says the same and holds: then it stays byte for byte, so that
        an approval of it stays valid. The bytes that wait now."""
        old = self.waits()
        if old and same(decode(old), made.plan) and now < decode(old).expires_at:
            return old
        if not made.plan.groups:
            self.clear_waiting()
            return b""
        self.waiting.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(self.waiting, made.content)
        write(self.waiting.with_suffix(".md"), markdown(made.plan, made.hash, made.left).encode())
        return made.content

    def clear_waiting(self) -> None:
        """Nothing waits any more."""
        for path in (self.waiting, self.waiting.with_suffix(".md")):
            path.unlink(missing_ok=True)

    def start(self, content: bytes) -> Path:
        """Keep a plan before it is carried out, so that the next run can go on with it."""
        path = self.state / "running" / f"{plan_hash(content)[:12]}.json"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(path, content)
        return path

    def started(self) -> list[tuple[Path, bytes]]:
        """The plans that were being carried out when a run ended."""
        found = ((path, _whole(path)) for path in sorted((self.state / "running").glob("*.json")))
        return [(path, content) for path, content in found if content]


def same(old: Plan, new: Plan) -> bool:
    """Whether two plans would do the same to the same accounts under the same rules, whenever they were made."""
    schemas = [{name: item.schema for name, item in plan.workspaces.items()} for plan in (old, new)]
    return old.groups == new.groups and old.config == new.config and schemas[0] == schemas[1] and bool(new.groups)


def _whole(path: Path) -> bytes:
    """A plan's bytes; none where the file is missing or was cut or changed."""
    try:
        content = read(path)
        decode(content)
    except RevopsError:
        return b""
    return content
