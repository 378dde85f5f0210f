"""The effects of a merge as a short table, and of all merges of a plan in a line."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from connectors.values import Value, empty
from sync.plan.model import About, Group, Impact
from sync.render.md import escape

SUMS = (About.PIPELINE, About.FORECAST)
Show = Callable[[str, Value], str]


def table(effects: Iterable[Impact], show: Show) -> Iterator[str]:
    """One row an effect; `show` masks the values of fields, numbers stand as they are."""
    rows = [f"| {' | '.join((*_told(item, show), _sure(item)))} |" for item in effects]
    if rows:
        yield from ("", "| effect | before | after | |", "| --- | --- | --- | --- |", *rows)


def summary(groups: Iterable[Group]) -> str:
    """What all merges move together, blank where there is none: ties, records that leave an owner, open pipeline."""
    counts: Counter[About] = Counter()
    sums: dict[str, Decimal] = {}
    exact = True
    for item in (item for group in groups for item in group.impact if item.count):
        counts[item.about] += item.count
        exact = exact and item.exact
        if item.about is About.PIPELINE and isinstance(item.before, Decimal) and isinstance(item.after, Decimal):
            sums[item.name] = sums.get(item.name, Decimal(0)) + item.after - item.before
    parts = [f"{counts[about]} {words}" for about, words in WORDS.items() if counts[about]]
    parts += [f"{_amount(amount, name)} of open pipeline change their record" for name, amount in sorted(sums.items())]
    return f"{', '.join(parts)} ({'exact' if exact else 'partly estimated'})" if parts else ""


WORDS = {
    About.TIES: "ties move",
    About.OWNER: "records leave their owner's book",
    About.STAGE: "stages give way",
    About.CONSENT: "consents become a no",
    About.LOST: "addresses or numbers go",
}


def _told(item: Impact, show: Show) -> tuple[str, str, str]:
    """The effect in words, and what stood before and after."""
    if item.about in SUMS:
        words = f"{item.count} open deals move" if item.about is About.PIPELINE else f"{item.count} open deals are one"
        return words, _number(item.before, item.name), _number(item.after, item.name)
    if item.about is About.TIES:
        words = f"{item.count} {item.name} ties move" if item.count else f"ties to {item.name}"
        return escape(words), _number(item.before), _number(item.after)
    refs = ", ".join(ref.id for ref in item.refs)
    if not refs:
        return escape(item.name), "not pulled", escape(item.after)
    words = f"{item.about.value} " if item.about in (About.KEPT, About.LOST) else ""
    words += f"`{item.name}` of {escape(refs)}"
    return words, escape(show(item.name, item.before)), escape(show(item.name, item.after))


def _sure(item: Impact) -> str:
    return "exact" if item.exact else "estimated"


def _number(value: Value, currency: str = "") -> str:
    if isinstance(value, Decimal):
        return escape(_amount(value, currency))
    return "not pulled" if empty(value) else escape(value)


def _amount(value: Decimal, currency: str) -> str:
    return f"{value.normalize():,f} {currency}".strip()
