"""What happened to a deal or a lead: stages with skips and returns, close dates, amounts, and the work done."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sandbox.seed import places
from sandbox.seed.entities import Company

DAY = 86_400_000
WON, LOST = 5, 6
OWNERS = 12
INACTIVE = (9, 11)
"""Owners who have left; some of their deals were never handed on."""
LOST_REASONS = ("Price", "No decision", "Lost to competitor", "Timing", "Missing feature")
NEXT_STEPS = (
    "Send proposal",
    "Call the CFO",
    "Security review",
    "Book a demo",
    "Legal has the contract",
    "Wait for budget",
)
PRODUCTS = ("Platform", "Annual plan", "Expansion", "Pilot", "Renewal", "Onboarding", "Support package")
PATTERNS = (
    "ordinary", "skip", "ordinary", "pushed", "stale", "ordinary", "backward", "ordinary", "mid_pipeline", "ordinary",
    "pushed",
    "reopened", "ordinary", "skip", "stale", "ordinary", "bulk", "ordinary", "skip_to_won", "ordinary",
)  # fmt: skip
OPEN = frozenset({"pushed", "stale", "backward"})


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work: `kind` is call, meeting, email, note or task; `at` in epoch milliseconds."""

    at: int
    kind: str
    subject: str
    owner: int
    done: bool


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal with its past, oldest first: (epoch milliseconds, value). Stages count from 0; 5 is won and 6 lost."""

    name: str
    currency: str
    new_business: bool
    stages: tuple[tuple[int, int], ...]
    closes: tuple[tuple[int, str], ...]
    amounts: tuple[tuple[int, int | None], ...]
    owner: int
    next_step: str | None
    lost_reason: str | None
    pattern: str
    activities: tuple[Activity, ...]

    @property
    def last_change(self) -> int:
        """When anything last happened to it."""
        return max(item[0] for item in (*self.stages, *self.closes, *self.amounts))


def day_of(at: int) -> str:
    """The calendar day in UTC, as 2026-01-31."""
    return datetime.fromtimestamp(at // 1000, UTC).date().isoformat()


def tell(number: int, born: int, now: int, company: Company | None, roll: random.Random) -> Deal:
    """The deal numbered so. It all happens at least four days before now, so that a twin may be days behind."""
    pattern = PATTERNS[number * 7 % len(PATTERNS)]
    path = _path(pattern, roll)
    stages = _times(path, pattern, born, now - 4 * DAY, roll)
    name = f"{company.core if company else 'Inbound'} - {roll.choice(PRODUCTS)}"
    currency = places.BY_CODE[company.country].currency if company else "USD"
    amount = int(10 ** roll.uniform(3.3, 5.3)) // 50 * 50 if roll.random() > 0.1 else None
    lost = path[-1] == LOST
    return Deal(
        name=name,
        currency=currency,
        new_business=roll.random() < 0.7,
        stages=stages,
        closes=_closes(pattern, stages, now, roll),
        amounts=_amounts(amount, stages, roll),
        owner=roll.randrange(OWNERS),
        next_step=roll.choice(NEXT_STEPS) if path[-1] < WON and roll.random() < 0.65 else None,
        lost_reason=roll.choice(LOST_REASONS) if lost and roll.random() < 0.7 else None,
        pattern=pattern,
        activities=_work(pattern, stages, now, roll),
    )


def moved(deal: Deal, by: int) -> Deal:
    """The same story, told `by` milliseconds later: as the twin in the other CRM has it."""
    return replace(
        deal,
        stages=tuple((at + by, stage) for at, stage in deal.stages),
        closes=tuple((at + by, day) for at, day in deal.closes),
        amounts=tuple((at + by, amount) for at, amount in deal.amounts),
    )


def entered_again(deal: Deal, at: int) -> Deal:
    """The deal typed in a second time: it begins where the first stood then and has no past."""
    stage = [stage for when, stage in deal.stages if when <= at] or [deal.stages[0][1]]
    return replace(
        deal,
        stages=((at, stage[-1]),),
        closes=((at, deal.closes[-1][1]),),
        amounts=((at, deal.amounts[-1][1]),),
        activities=(),
    )


def _path(pattern: str, roll: random.Random) -> list[int]:
    """The stages in the order in which they were entered."""
    depth = roll.randint(1, 4)
    match pattern:
        case "skip":
            return [0, *((3,) if depth < 3 else (1, 4)), *((roll.choice((WON, LOST)),) if roll.random() < 0.4 else ())]
        case "skip_to_won":
            return [0, 1, WON]
        case "backward":
            return [0, 1, 2, 1] if depth < 3 else [0, 1, 2, 3, 1, 2]
        case "reopened":
            return [0, 1, 2, LOST, 2, *((3,) if depth > 2 else ())]
        case "mid_pipeline":
            return [3, *((4, WON) if depth > 2 else ())]
        case "bulk":
            return [0, 1, 2, 3, *((4,) if depth > 2 else ())]
    depth = depth if roll.random() < 0.8 else 0
    ended = pattern not in OPEN and roll.random() < 0.6
    return [*range(depth + 1), *((roll.choice((WON, WON, LOST)),) if ended else ())]


def _times(path: list[int], pattern: str, born: int, end: int, roll: random.Random) -> tuple[tuple[int, int], ...]:
    """When each stage was entered; a bulk move enters all of them within one second."""
    if pattern == "bulk":
        second = (born + (end - born) // 2) // 1000 * 1000
        return ((born, path[0]), *((second + 120 * step, stage) for step, stage in enumerate(path[1:])))
    gaps = [roll.randint(2 * DAY, 25 * DAY) for _ in path[1:]]
    room = max(end - born, DAY)
    scale = min(1.0, room / (sum(gaps) or 1))
    at, told = born, [(born, path[0])]
    for gap, stage in zip(gaps, path[1:], strict=True):
        at += int(gap * scale)
        told.append((at, stage))
    return tuple(told)


def _closes(
    pattern: str, stages: tuple[tuple[int, int], ...], now: int, roll: random.Random
) -> tuple[tuple[int, str], ...]:
    born, (last, stage) = stages[0][0], stages[-1]
    if stage in (WON, LOST):
        return ((born, day_of(born + roll.randint(40, 120) * DAY)), (last, day_of(last)))
    if pattern == "stale":
        return ((born, day_of(born + roll.randint(20, 60) * DAY)),)
    if pattern != "pushed":
        return ((born, day_of(now + roll.randint(-10, 90) * DAY)),)
    pushes = roll.randint(1, 4)
    step = (now - 4 * DAY - born) // (pushes + 1)
    return tuple(
        (born + step * turn, day_of(born + step * (turn + 1) + roll.randint(5, 30) * DAY)) for turn in range(pushes + 1)
    )


def _amounts(
    amount: int | None, stages: tuple[tuple[int, int], ...], roll: random.Random
) -> tuple[tuple[int, int | None], ...]:
    first = (stages[0][0], amount)
    if amount is None or len(stages) < 3 or roll.random() < 0.6:
        return (first,)
    return (first, (stages[2][0], int(amount * roll.choice((0.8, 0.9, 1.1, 1.25))) // 50 * 50))


def _work(pattern: str, stages: tuple[tuple[int, int], ...], now: int, roll: random.Random) -> tuple[Activity, ...]:
    """Calls and the like from the first stage to a while after the last; long ago where the deal is stale."""
    born, last = stages[0][0], stages[-1][0]
    end = now - 45 * DAY if pattern == "stale" else min(last + 12 * DAY, now - DAY)
    count = roll.randint(1, 5) if end > born and roll.random() > 0.08 else 0
    return tuple(activity(at, roll) for at in sorted(roll.randint(born, end) for _ in range(count)))


def activity(at: int, roll: random.Random) -> Activity:
    """Some piece of work at that time; one task in six was never done."""
    kind = roll.choice(("call", "call", "email", "email", "meeting", "note", "task"))
    subject = {
        "call": "Call", "email": "Follow-up", "meeting": "Demo", "note": "Note", "task": roll.choice(("Send quote",
        "Follow up", "Check in")),
    }[kind]  # fmt: skip
    return Activity(at, kind, subject, roll.randrange(OWNERS), kind != "task" or roll.random() > 0.17)


def first_touch(created: int, now: int, roll: random.Random) -> tuple[Activity, ...]:
    """What was done about a new lead: within minutes, hours or days, or not at all."""
    chance = roll.random()
    wait = (
        roll.randint(1, 15) if chance < 0.35 else roll.randint(30, 600) if chance < 0.6 else roll.randint(900, 9000)
    ) * 60_000
    if chance > 0.82 or created + wait >= now:
        return ()
    touch = activity(created + wait, roll)
    return (
        (touch, activity(min(created + wait + roll.randint(1, 9) * DAY, now - 1), roll)) if chance < 0.5 else (touch,)
    )
