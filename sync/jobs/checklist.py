"""The quarterly audit: what each of its items comes to in each account, and what to do next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hygiene.view import View
from metrics.figure import Figure, Part
from sync.jobs.audit import chosen
from sync.settings import Settings
from sync.wording import amount, percent

SAMPLE = 50
"""Records of a sample: enough to tell 95 % right from 85 %, few enough for an afternoon."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list in one account; `count` records are to be looked at, None where that is not known."""

    item: str
    account: str
    found: str
    count: int | None
    act: str


@dataclass(frozen=True, slots=True)
class Ask:
    """An item that one measure answers: the words for it, and what to do with the records behind the figure."""

    item: str
    measure: str
    act: str


MERGE = "revops-sync plan --check duplicate --out plan.json; revops-sync review"
ARCHIVE = "revops-sync check inactive_contact; revops-sync review"
ASKS = (
    Ask("review and merge duplicate companies", "duplicate_rate:company", MERGE),
    Ask("review and merge duplicate contacts", "duplicate_rate:contact", MERGE),
    Ask("review and merge duplicate leads", "duplicate_rate:lead", MERGE),
    Ask("validate the addresses of stale contacts", "stale_addresses", "revops-sync audit stale_addresses --ids"),
    Ask("replace addresses that bounced", "bounce_rate", "revops-sync audit bounce_rate --ids"),
    Ask("archive contacts inactive for 12 months", "inactive_contacts", ARCHIVE),
)
LIFECYCLE = ("lifecycle_distribution:contact", "lifecycle_distribution:company")


def quarterly(settings: Settings, view: View) -> Iterator[Item]:
    """Duplicates, addresses, archives, lifecycle stages, and a sample of what was enriched."""
    for ask in ASKS:
        for figure in _figures(settings, view, ask.measure):
            count = len(figure.refs) if figure.known else None
            yield Item(ask.item, figure.account, amount(figure), count, ask.act if count else "")
    for name in LIFECYCLE:
        yield from _bottlenecks(name, _figures(settings, view, name))
    for account in sorted({record.ref.workspace for record in view.records("company", "merged_into")}):
        act = f"revops-sync sample draw company --account {account} --size {SAMPLE} --out sheet.csv"
        yield Item("verify enriched data on a sample", account, "a person has to look", SAMPLE, act)


def _figures(settings: Settings, view: View, name: str) -> list[Figure]:
    return [figure for _, measure in chosen(settings, [name]) for figure in measure.figures(view)]


def _bottlenecks(name: str, figures: Sequence[Figure]) -> Iterator[Item]:
    """Of each account the stage that the smallest share of those who came so far has left."""
    item = f"look at the lifecycle stages of {name.partition(':')[2]} records"
    for account in sorted({figure.account for figure in figures}):
        ours = [figure for figure in figures if figure.account == account]
        if not all(figure.known for figure in ours):
            yield Item(item, account, ours[0].note, None, "")
            continue
        passed = [
            (figure, share) for figure in ours[:-1] for part in figure.parts if (share := _share(part)) is not None
        ]
        tight = min(passed, key=lambda pair: pair[1], default=None)
        blank = f"{ours[-1].count} in no stage"
        said = f"{percent(tight[1])} passed {tight[0].about}; {blank}" if tight else blank
        count = len(tight[0].refs if tight else ours[-1].refs)
        yield Item(item, account, said, count, f"revops-sync audit {name} --ids" if count else "")


def _share(part: Part) -> Decimal | None:
    """None where nobody came so far, nobody further (the last stage is no bottleneck), or everybody."""
    return part.count / part.of if part.of and 0 < part.count < part.of else None
