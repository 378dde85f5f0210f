"""Changes every byte of an approved plan, cuts it, and applies it within bounds that it breaks: nothing is written."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.errors import RefusedError
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.session import Session
from sync.settings import load
from tests.rel.bench import Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine

SMALL = 400
FREE, TIGHT = Bounds(), (Bounds(calls=1), Bounds(irreversible=0), Bounds(reserve=10**12))


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every byte of a plan in the release tier, some in the small one; then its parts and its bounds."""
    with bench("whole") as made:
        dice = random.Random(seed)
        with made.trial("whole") as trial, opened(trial) as session:
            content = trial.scene.made.content
            places = range(len(content)) if tier is Tier.RELEASE else dice.sample(range(len(content)), SMALL)
            for number, place in enumerate(places):
                change = dice.randint(1, 255)
                if mine(share, number):
                    yield Result(refused(trial, session, flipped(content, place, change), f"byte {place}"))
            if mine(share, 0):
                yield from (Result(refused(trial, session, other, what)) for what, other in cut(content))
                yield from (Result(refused(trial, session, content, str(one), one)) for one in TIGHT)


def flipped(content: bytes, place: int, change: int) -> bytes:
    """The plan with another byte at a place."""
    return content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]


def cut(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The plan in parts, doubled and with something behind it."""
    yield "nothing", b""
    yield "half", content[: len(content) // 2]
    yield "without its end", content[:-1]
    yield "twice", content + content
    yield "with a space behind it", content + b" "


def refused(trial: Trial, session: Session, content: bytes, what: str, bounds: Bounds = FREE) -> list[str]:
    """What went wrong when these bytes were handed over."""
    effects = trial.watched.last()
    try:
        carry_out(content, session, bounds)
    except RefusedError:
        pass
    except Exception as error:  # noqa: BLE001 - whatever else gets out is a finding
        return [f"{what}: not refused but {type(error).__name__}: {error}"]
    else:
        return [f"{what}: applied"]
    return [f"{what}: refused after a write"] if trial.watched.last() != effects else []


@contextmanager
def opened(trial: Trial) -> Iterator[Session]:
    """A session of the trial."""
    session = Session(load(trial.stage.environ), sleep=trial.watched.clock.advance, adapter=trial.stage.adapter)
    try:
        yield session
    finally:
        session.close()


PART = Part("guard", "plans with a byte changed, cut, or beyond the bounds that were set", trials)
