"""The mirror at a moment of the past, as the View that checks see."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import select

from connectors.records import Past, Pipeline, Record, Ref
from connectors.values import load
from hygiene.view import Columns, Memory
from sync.database import millis, moment
from sync.mirror.definitions import Said, known, newest, pipelines
from sync.mirror.life import Life, Version
from sync.mirror.lives import Lives
from sync.mirror.rows import SPEC, text_of

RULES = select(SPEC.c.data, SPEC.c.at).where(SPEC.c.what == "rules").order_by(SPEC.c.at)


def unheard(ref: Ref, name: str) -> None:
    """Nobody wants to hear what is not known."""


class Then:
    """Satisfies `hygiene.view.View` and, unless it is `sighted`, `hygiene.sight.Partial`.

    A sighted view shows what our pulls had shown by then, so that a check answers as it did then; `memory` is the
    caller's. Any other shows what was true then as far as is known now: the CRM's history first, our versions where
    there is none, and before the first pull that saw a record nothing else; pipelines before the first that was seen
    are taken to be that one. `hear` is told whatever a check asks for that nobody knows: a record and a field, or
    a record and "ties".
    """

    def __init__(
        self,
        lives: Lives,
        as_of: datetime,
        memory: Memory,
        sighted: bool = False,
        hear: Callable[[Ref, str], None] = unheard,
    ) -> None:
        self.as_of = as_of
        self.memory = memory
        self.sighted = sighted
        self._lives, self._hear = lives, hear
        self._at = millis(as_of)
        self._versions: dict[Ref, Version | None] = {}
        self._definitions: dict[tuple[str, str], list[Said]] = {}

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The records of a kind that lived then, in the order of their refs."""
        for page in self._lives.pages(kind):
            self._versions = {life.ref: self._version(life) for life in page}
            for ref, version in list(self._versions.items()):
                if version is not None:
                    yield version.record(ref, fields)

    def get(self, ref: Ref) -> Record | None:
        """One record that lived then, with all that is known of it."""
        version = self._of(ref)
        return None if version is None else version.record(ref)

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The records of a kind, alive then, that a record was tied to, whichever of the two held the tie."""
        found = (other for other in self._lives.near(ref) if other.kind == kind)
        return tuple(sorted(other for other in found if self._tied(ref, other)))

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The values of a field as far as then, by the CRM's history, else by our sightings of its changes."""
        life = self._lives.of(ref)
        if life is None:
            return ()
        if told := life.told.get(field):
            there = [item for item in told if (item.seen if self.sighted else item.at) <= self._at]
            if there or not self.sighted:
                return tuple(Past(ref, field, moment(item.at), load(item.value), item.source) for item in there)
        return life.sightings(field, self._at) if self._of(ref) else ()

    def columns(self, kind: str, fields: Sequence[str]) -> Columns:
        """The named fields of every record that lived then as text columns, as the mirror of today makes them."""
        rows = [
            (life.ref, version.data)
            for page in self._lives.pages(kind)
            for life in page
            if (version := self._version(life)) is not None
        ]
        spaces = tuple(sorted({ref.workspace for ref, _ in rows}))
        where = np.array([spaces.index(ref.workspace) for ref, _ in rows], dtype=np.int16)
        ids = np.array([ref.id for ref, _ in rows], dtype=object)
        data = {name: np.array([text_of(data.get(name)) for _, data in rows], dtype=object) for name in fields}
        return Columns(kind, spaces, where, ids, data)

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """The records alive then whose last change that a pull had seen by then was at or after a moment."""
        for page in self._lives.pages(kind):
            for life in page:
                version = self._version(life)
                if version is not None and version.seen is not None and version.seen >= millis(since):
                    yield life.ref

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """The pipelines as they were defined then."""
        return pipelines(kind, self._defined(kind, "pipelines"))

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """The fields that the credential of the pulls before then could see."""
        return known(workspace, self._defined(kind, "object"))

    def unknown(self, ref: Ref, field: str) -> bool:
        """Whether nobody can tell what a field held."""
        version = None if self.sighted else self._of(ref)
        found = version is not None and version.unknown(field)
        if found:
            self._hear(ref, field)
        return found

    def untied(self, ref: Ref) -> bool:
        """Whether no pull had seen the record by then: the CRMs keep no history of ties."""
        version = None if self.sighted else self._of(ref)
        found = version is not None and version.seen is None
        if found:
            self._hear(ref, "ties")
        return found

    def rules(self) -> str:
        """The hash of the rules in force at the last pull before then, blank where there was none."""
        with self._lives.engine.connect() as connection:
            found = [str(row.data["hash"]) for row in connection.execute(RULES) if row.at <= self._at]
        return found[-1] if found else ""

    def _defined(self, kind: str, what: str) -> list[Said]:
        if (kind, what) not in self._definitions:
            self._definitions[kind, what] = newest(self._lives.definitions(kind, what), self._at, not self.sighted)
        return self._definitions[kind, what]

    def _tied(self, ref: Ref, other: Ref) -> bool:
        """Whether either of the two held a tie to the other, and that other one lived."""
        if (there := self._of(other)) is None:
            return False
        life = self._lives.of(ref)
        here = life and self._seen(life)
        own = here.links if here and here.seen is not None else ()
        return any(link.to == other for link in own) or any(link.to == ref for link in there.links)

    def _of(self, ref: Ref) -> Version | None:
        """The version of a record that lived then."""
        if ref not in self._versions:
            life = self._lives.of(ref)
            self._versions[ref] = None if life is None else self._version(life)
        return self._versions[ref]

    def _version(self, life: Life) -> Version | None:
        begun = life.first if self.sighted else life.begun()
        version = self._seen(life) if begun <= self._at else None
        return None if version is None or version.gone else version

    def _seen(self, life: Life) -> Version:
        return life.sighted(self._at) if self.sighted else life.true(self._at, self._lives.tracked(life.ref))
