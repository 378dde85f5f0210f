"""Live reads by id: every record that some rows touch, one read for each workspace and kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.base import Connector, Reading
from connectors.changes import Change, Connect, Merge, Unlink
from connectors.records import Ref
from sync.apply.progress import Work, acted_on
from sync.plan.model import Expectation
from sync.plan.strategy import tied

Place = tuple[str, str]


@dataclass(slots=True)
class Question:
    """What is asked of one workspace and kind: these records with these fields and the ties to these kinds."""

    refs: dict[Ref, None] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)


class Look:
    """Asks the readers."""

    def __init__(self, readers: Mapping[str, Connector], resolve: Callable[[Ref], Ref]) -> None:
        self.readers = readers
        self.resolve = resolve

    def before(self, works: Sequence[Work]) -> dict[Ref, Reading]:
        """What the rows act on and, where a group starts, everything it expects something of."""
        asked: dict[Place, Question] = {}
        for work in works:
            self._ask(asked, work)
            for ref in (*ends(work.change), *self._holders(work.change)):
                _question(asked, ref).refs[ref] = None
            for ref in acted_on(work.change) if isinstance(work.change, Merge) else ():
                # What a merge moves away, an undo ties again: nobody but the journal remembers it.
                _question(asked, ref).links |= set(tied(ref))
                if self.readers[ref.workspace].limits.merges:
                    _question(asked, ref).fields.add("absorbed")
            for ref, expected in self.bound(work):
                question = _question(asked, ref)
                question.refs[ref] = None
                question.fields |= set(expected.fields)
                question.links |= set(expected.links)
        return self._answers(asked)

    def after(
        self, works: Sequence[Work], left: Mapping[Ref, str], stood: Iterable[tuple[Ref, Iterable[str]]]
    ) -> dict[Ref, Reading]:
        """What the rows acted on, with the fields that stood there before, and the records that their answers say
        they left, each with one more field."""
        asked: dict[Place, Question] = {}
        for work in works:
            self._ask(asked, work)
        for ref, names in stood:
            _question(asked, ref).fields |= set(names)
        for ref, name in left.items():
            question = _question(asked, ref)
            question.refs[ref] = None
            question.fields |= {name} - {""}
        return self._answers(asked)

    def _ask(self, asked: dict[Place, Question], work: Work) -> None:
        """The records of the row with the fields that its group knows of and the ties it changes."""
        for ref in acted_on(work.change):
            question = _question(asked, ref)
            question.refs[ref] = None
            question.fields |= {
                name for item in work.track.expected.values() for name in item.fields if _alike(item.ref, ref)
            }
            question.fields |= set(getattr(work.change, "after", ()))
            if isinstance(work.change, Connect | Unlink):
                question.links.add(work.change.link.to.kind)

    def _holders(self, change: Change) -> Iterator[Ref]:
        """The record at the other end of a tie that ends, where it may be the one that holds it."""
        if isinstance(change, Unlink) and isinstance(change.ref, Ref):
            limits = self.readers[change.ref.workspace].limits
            if limits.ways and (change.ref.kind, change.link.to.kind) not in limits.free_ties:
                yield change.link.to

    def bound(self, work: Work) -> Iterator[tuple[Ref, Expectation]]:
        """What must hold before the row is sent: for all records of the group where it starts, afterwards for those
        that the row acts on."""
        for expected in work.track.expected.values():
            ref = self.resolve(expected.ref)
            if not work.track.begun or ref in acted_on(work.change):
                yield ref, expected

    def _answers(self, asked: dict[Place, Question]) -> dict[Ref, Reading]:
        found: dict[Ref, Reading] = {}
        for (workspace, _), question in asked.items():
            reader = self.readers[workspace]
            found |= reader.read(list(question.refs), sorted(question.fields), sorted(question.links))
        return found


def ends(change: Change) -> tuple[Ref, ...]:
    """The record at the other end of a tie that is to be made."""
    return (change.link.to,) if isinstance(change, Connect) else ()


def _question(asked: dict[Place, Question], ref: Ref) -> Question:
    return asked.setdefault((ref.workspace, ref.kind), Question())


def _alike(a: Ref, b: Ref) -> bool:
    return (a.workspace, a.kind) == (b.workspace, b.kind)
