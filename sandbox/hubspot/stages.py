"""What HubSpot calculates from the stage history of a record: when it entered and left each stage, and for how long."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.hubspot.catalog import stage_of
from sandbox.hubspot.times import iso
from sandbox.store import Row, Store

STAMP = re.compile(r"hs_v2_(date_entered|date_exited|latest_time_in|cumulative_time_in)_(.+)")
CURRENT = ("hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage")


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a stage, epoch ms; `left` is None for the present one."""

    stage: str
    entered: int
    left: int | None


def visits(store: Store, row: Row) -> list[Visit]:
    """The stays in their order, from the property's history; without one, a single stay since the creation."""
    named = stage_of(row.kind)
    if named is None:
        return []
    name = named[1]
    past = store.past("hubspot", row.kind, row.id, name)
    steps = [(at, value) for at, value, _ in past] or [(row.created, row.fields.get(name))]
    ends = [at for at, _ in steps[1:]]
    stays = zip(steps, [*ends, None], strict=True)
    return [Visit(stage, at, left) for (at, stage), left in stays if stage]


def stamps(store: Store, row: Row, now: int, names: Iterable[str]) -> dict[str, str | None]:
    """The calculated stage properties among `names`, by name; times in stages are milliseconds."""
    calculated = [name for name in names if name.startswith("hs_v2_")]
    wanted = [name for name in calculated if name in CURRENT or STAMP.fullmatch(name)]
    if not wanted or stage_of(row.kind) is None:
        return {}
    stays = visits(store, row)
    return {name: _stamp(stays, now, name) for name in wanted}


def _stamp(stays: list[Visit], now: int, name: str) -> str | None:
    if name in CURRENT:
        return iso(stays[-1].entered) if stays and stays[-1].left is None else None
    what, stage = re.fullmatch(STAMP, name).groups()  # type: ignore[union-attr]
    here = [stay for stay in stays if stay.stage == stage]
    if not here:
        return None
    spans = [(stay.left if stay.left is not None else now) - stay.entered for stay in here]
    last = here[-1]
    if what == "date_entered":
        return iso(last.entered)
    if what == "date_exited":
        return iso(last.left) if last.left is not None else None
    return str(spans[-1] if what == "latest_time_in" else sum(spans))
