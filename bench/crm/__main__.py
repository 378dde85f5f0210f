"""Writes records.csv, truth.csv and traps.csv: `python -m bench.crm companies --rows 10000 --seed 1 --out DIR`."""

import argparse
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.crm import companies, contacts
from bench.crm.mix import Dice

FIELDS = {"companies": companies.FIELDS, "contacts": contacts.FIELDS}


@dataclass(frozen=True, slots=True)
class Made:
    """One record: `cluster` is its entity; a trap names what the record of `beside` must not be merged with it."""

    cluster: str
    row: dict[str, str]
    trap: str = ""
    beside: int = -1


def generate(kind: str, rows: int, seed: int, unseen: bool = False, hard: float = 1.0) -> list[Made]:
    """So many records in an order that gives nothing away; the same for the same arguments."""
    dice = Dice(f"{kind}:{seed}", unseen, hard)
    source = _companies(dice) if kind == "companies" else _contacts(dice, rows)
    made: list[Made] = []
    for cluster, group in enumerate(source):
        start = len(made)
        for part, (entity, trap) in enumerate(group):
            for row in entity:
                beside = start if trap else -1
                made.append(Made(f"{cluster}.{part}", row, trap, beside))
        if len(made) >= rows:
            break
    return _shuffled(dice, made[:rows])


Group = list[tuple[list[dict[str, str]], str]]


def _companies(dice: Dice) -> Iterator[Group]:
    while True:
        base = companies.entity(dice)
        group: Group = [(list(companies.records(dice, base, _copies(dice))), "")]
        if trap := dice.trap("company_traps"):
            for _ in range(dice.pick.choice((1, 1, 1, 2, 3)) if trap in ("subsidiary", "franchise") else 1):
                other = companies.family(dice, base, trap)
                group.append((list(companies.records(dice, other, 1 if dice.chance(75) else 2)), trap))
        yield group


def _contacts(dice: Dice, rows: int) -> Iterator[Group]:
    employers = [companies.entity(dice) for _ in range(max(rows // 8, 20))]
    while True:
        at = employers[int(len(employers) * dice.pick.random() ** 1.5)]
        base = contacts.entity(dice, at)
        group: Group = [(list(contacts.records(dice, base, _copies(dice))), "")]
        if trap := dice.trap("contact_traps"):
            other = contacts.relative(dice, base, trap, dice.pick.choice(employers))
            group.append((list(contacts.records(dice, other, 1 if dice.chance(75) else 2)), trap))
        yield group


def _copies(dice: Dice) -> int:
    return int(dice.one("copies"))


def _shuffled(dice: Dice, made: list[Made]) -> list[Made]:
    order = list(range(len(made)))
    dice.pick.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    moved = [made[old] for old in order]
    return [Made(one.cluster, one.row, one.trap, place.get(one.beside, -1)) for one in moved]


def write(folder: Path, kind: str, made: Iterable[Made]) -> None:
    """The three files; ids are the numbers of the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(made)
    _csv(folder / "records.csv", ("id", *FIELDS[kind]), ((at, *one.row.values()) for at, one in enumerate(rows)))
    _csv(folder / "truth.csv", ("id", "cluster_id"), ((at, one.cluster) for at, one in enumerate(rows)))
    traps = ((one.beside, at, one.trap) for at, one in enumerate(rows) if one.trap and one.beside >= 0)
    _csv(folder / "traps.csv", ("id_a", "id_b", "trap"), traps)


def _csv(path: Path, head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(head)
        csv.writer(file).writerows(rows)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.crm", description=__doc__)
    parser.add_argument("kind", choices=FIELDS)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", type=float, default=1.0, help="how many related entities, 1.0 as in mix.yaml")
    parser.add_argument("--unseen", action="store_true", help="with the dirt that nobody looked at while tuning")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    write(given.out, given.kind, generate(given.kind, given.rows, given.seed, given.unseen, given.hard))


if __name__ == "__main__":
    main()
