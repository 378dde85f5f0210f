"""The Connector protocol: identity, describe, pull -> pages, read(refs), push(batch) -> an Outcome per row."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Protocol, runtime_checkable

from connectors.changes import Batch, Outcome, Way
from connectors.records import ObjectSpec, Past, Pipeline, Record, Ref

UPDATES = frozenset({"set", "settle"})
"""The verbs that write fields and nothing else."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which account a credential opens; `production` as the CRM itself says, and `type` in its own words."""

    workspace: str
    name: str
    production: bool
    api_version: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may carry: `rows` by verb, and the records of one merge.

    Reads count too: `read` (records), `read_links` (records, for each kind of ties asked for) and `read_gone`
    (records that a read finds gone, to learn what became of them). `merge_carries` says whether the merge call
    itself can name the survivor's values, `merge_renames` whether it may leave the survivor under a new id; `sign_in`
    is how many calls a writer makes before its first write, to learn which account its own credential opens.
    `free_ties` names (kind, other kind) whose ties stand in the record itself and take no call of their own. `ways`
    is what a field update may travel by, with the rows of one push; `job_calls` what a job takes that is done when it
    is looked at for the first time. `merges` is how many ids of merged records one record may have behind it, `ties`
    to how many records of one kind it may be tied; 0 where no such cap is known.
    """

    rows: Mapping[str, int]
    merge_parties: int = 2
    merge_carries: bool = False
    merge_renames: bool = False
    sign_in: int = 0
    free_ties: frozenset[tuple[str, str]] = frozenset()
    ways: Mapping[Way, int] = field(default_factory=dict)
    job_calls: int = 0
    merges: int = 0
    ties: int = 0

    def most(self, verb: str, way: Way = Way.PLAIN) -> int:
        """How many rows one push takes, 0 for a verb that cannot be sent."""
        return self.ways.get(way, self.rows.get(verb, 0)) if verb in UPDATES else self.rows.get(verb, 0)

    def calls(self, verb: str, rows: int, way: Way = Way.PLAIN) -> int:
        """How many calls so many rows of a verb take."""
        each = self.job_calls if way is Way.JOB and way in self.ways and verb in UPDATES else 1
        return each * ceil(rows / self.most(verb, way))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a pull. `total` is how many records the CRM says there are, None where it does not say."""

    records: tuple[Record, ...]
    past: tuple[Past, ...] = ()
    gone: tuple["Gone", ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """What a read by id says of a record that no longer stands under that id."""

    ref: Ref
    merged_into: Ref | None = None


Reading = Record | Gone


class Connector(Protocol):
    """The reading half of a CRM; it has no way to write.

    Every method raises from `connectors.errors`; reads are retried inside, within the call budget. `calls` counts
    the API calls sent so far, sign-in not among them.
    """

    @property
    def calls(self) -> int: ...

    @property
    def calls_left(self) -> int | None:
        """The calls left in the day's budget, as the CRM last said; None where it has not."""

    @property
    def limits(self) -> Limits: ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds this connector pulls, in an order that puts what others point at first."""

    def identity(self) -> Identity: ...

    def describe(self, kind: str) -> ObjectSpec: ...

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]: ...

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """Every live record of the kind with its links and stage history, or those changed at or after `since`.

        A full pull (`since` is None) lists every live id exactly once or raises; a pull of changes may repeat
        records and names archived or merged ones in `gone` where the CRM tells.
        """

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """The live state by id, one Reading for each ref; `links` names the kinds whose ties are wanted.

        All refs are of one kind. Never answered from a search index.
        """

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """The live records that bear these keys in a field of their own, by key; never answered from a search index."""


@runtime_checkable
class Historian(Connector, Protocol):
    """A connector whose CRM keeps what fields once held."""

    def past(self, refs: Sequence[Ref]) -> tuple[Past, ...]:
        """Every value that the tracked fields of these records (of one kind) took, oldest first for each record and
        field, from the record store; records that are gone are left out."""


class Writer(Protocol):
    """The writing half: built only by `apply` and `run`, with the writer's credential."""

    @property
    def calls(self) -> int: ...

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Send the batch once and say what became of each row, matched by id or trace, never by position.

        Raises `NotProcessed`, `Exhausted` or `Rejected` where the CRM did nothing at all with any row; whatever is
        not known to be applied or refused is an Outcome UNKNOWN. Never retried inside.
        """

    def ensure_fields(self, kind: str) -> bool:
        """Add the fields of our own that a kind lacks; False where only an administrator can."""


@runtime_checkable
class Fenced(Protocol):
    """A writer whose signing in may take a while."""

    def fence(self, check: Callable[[], None]) -> None:
        """From now on ask `check` right before each request that may change something; what it raises stops that."""


@runtime_checkable
class Loader(Writer, Protocol):
    """A writer that can send rows as a job, which the CRM carries out behind its answers."""

    def open(self, batch: Batch) -> str:
        """The handle of a new job that holds no row yet: to be on disk before `push` hands the rows over."""

    def through(self, workspace: str, job: str) -> bool:
        """Whether the CRM will do nothing more under a handle: a job without rows is stopped, one at work is waited
        for; False where it works on for longer than that."""
