"""What apply works with: the journal, both halves of each connector, and the process's clock and locks."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.base import Connector, Reading, Writer
from connectors.records import Ref
from sync.ledger.journal import Entry, Journal


@dataclass(frozen=True, slots=True)
class Tools:
    """`resolve` gives the record an id stands for in this run and `alias` keeps what a merge did to it; `fence` raises
    when another process has become the writer; `keep` hears of every read-back; `sleep` waits so many seconds and
    `age` tells how many an entry is old; `halt` says whether to stop after the batch under way; `clock` gives
    seconds that only grow. `settle` is how long,
    in seconds, a CRM may take to show what it has done.
    """

    journal: Journal
    readers: Mapping[str, Connector]
    writers: Mapping[str, Writer]
    resolve: Callable[[Ref], Ref]
    alias: Callable[[Ref, Ref], None]
    fence: Callable[[], None]
    keep: Callable[[Mapping[Ref, Reading]], None]
    sleep: Callable[[float], None]
    age: Callable[[Entry], float]
    settle: float = 5.0
    progress: Callable[[int, int], None] = lambda done, total: None
    halt: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
