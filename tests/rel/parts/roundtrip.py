"""Sends generated values through stores and wires in twelve time zones: each comes back exactly, or is refused."""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.errors import RevopsError
from connectors.hubspot import fields as hubspot_fields
from connectors.records import Record, Ref
from connectors.salesforce import body, convert
from connectors.values import Value, dump, empty, frozen, load, same
from sync.database import open_store, writing
from sync.forms import canonical
from sync.ledger.journal import DiskJournal, Entry, State
from sync.mirror.store import Mirror
from sync.mirror.write import store_records
from tests.rel.part import Part, Result, Share, Tier, mine

ZONES = (
    *("UTC", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London", "Europe/Berlin"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Apia"),
)
COUNTS = {Tier.SMALL: 40, Tier.RELEASE: 2800}
PIECES = (
    *(
        "",
        " ",
        "a",
        "0",
        "-1",
        "1e5",
        "null",
        "NULL",
        "#N/A",
        "true",
        "=1+1",
        "@x",
        "a;b",
        ";",
        "\t",
        "\n",
        "\r\n",
        '"',
    ),
    *("'", "\\", "\\u0000", "%", "<b>", "é", "e\u0301", "ß", "İ", "中文", "🙂", "\u202e", "\u200b", "\ufeff", "&amp;"),
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Kind = tuple[str, str, Callable[[random.Random], Value]]
"""The type in HubSpot and in Salesforce, and a maker of values."""


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """So many values of every kind in every zone."""
    for number, zone in enumerate(ZONES):
        if mine(share, number):
            dice = random.Random(f"{seed}/{zone}")
            with there(zone), TemporaryDirectory() as folder:
                values = [(kind, kind[2](dice)) for kind in KINDS for _ in range(COUNTS[tier])]
                faults = [*wired(values), *stored(Path(folder), [value for _, value in values])]
                yield Result([f"{zone}: {fault}" for fault in faults], 4 * len(values))


@contextmanager
def there(zone: str) -> Iterator[None]:
    """This process in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


def wired(values: list[tuple[Kind, Value]]) -> Iterator[str]:
    """What comes back otherwise than it was sent to one of the CRMs."""
    for (hub, force, _), value in values:
        for crm, there_and_back in (("hubspot", _hubspot), ("salesforce", _salesforce)):
            try:
                back = there_and_back(hub if crm == "hubspot" else force, value)
            except (RevopsError, ValueError):
                continue  # refused
            if (type(back) is not type(value) and not (empty(value) and empty(back))) or not _equal(value, back):
                yield f"{crm}: {value!r} came back as {back!r}"


def _hubspot(type_: str, value: Value) -> Value:
    sent = json.loads(json.dumps(hubspot_fields.text(value), ensure_ascii=False))
    return hubspot_fields.value(sent, type_)


def _salesforce(type_: str, value: Value) -> Value:
    sent = json.loads(body.encode({"x": convert.write("x", value)}), parse_float=Decimal, parse_int=Decimal)
    return convert.read(type_, "x", sent["x"])


def stored(folder: Path, values: list[Value]) -> Iterator[str]:
    """What comes back otherwise than it was given to the mirror or the journal."""
    records = [Record(Ref("hubspot:1", "contact", str(at)), frozen({"x": one})) for at, one in enumerate(values)]
    engine = open_store("mirror", f"sqlite:///{folder / 'mirror.db'}", durable=False)
    with writing(engine) as connection:
        store_records(connection, records, NOW)
    back = {record.ref: record.fields["x"] for record in Mirror(engine, NOW).records("contact")}
    engine.dispose()
    yield from (f"mirror: {one.fields['x']!r}" for one in records if not _exact(one.fields["x"], back[one.ref]))
    ledger = open_store("ledger", f"sqlite:///{folder / 'ledger.db'}", durable=False)
    journal = DiskJournal(ledger, lambda: NOW)
    journal.append(
        [Entry("run", str(at), "g", "1", State.INTENT, "", {}, {"x": dump(one)}) for at, one in enumerate(values)]
    )
    read = [load(entry.values["x"]) for entry in journal.entries("run")]
    faults = journal.verify()[1]
    ledger.dispose()
    yield from (f"journal: {a!r}" for a, b in zip(values, read, strict=True) if not _exact(a, b))
    yield from faults
    yield from (f"plan: {one!r}" for one in values if not _exact(one, load(json.loads(canonical(dump(one))))))


def _equal(a: Value, b: Value) -> bool:
    """Equal to the last character; blanks are equal, options are a set."""
    return a == b if isinstance(a, str) and isinstance(b, str) and not empty(a) else same(a, b)


def _exact(a: Value, b: Value) -> bool:
    return type(a) is type(b) and a == b and str(a) == str(b)


def text(dice: random.Random) -> str:
    """Awkward pieces, joined."""
    return "".join(dice.choices(PIECES, k=dice.randint(0, 6)))


def number(dice: random.Random) -> Decimal:
    """From one unit in the last of eighteen places to billions."""
    return Decimal(dice.randint(-(10**18), 10**18)).scaleb(-dice.randint(0, 18))


def day(dice: random.Random) -> date:
    """From 1700 to 4000, where both CRMs keep days."""
    return date(1700, 1, 1) + timedelta(days=dice.randint(0, 839_000))


def moment(dice: random.Random) -> datetime:
    """To the millisecond, in any zone."""
    at = datetime(1970, 1, 3, tzinfo=UTC) + timedelta(milliseconds=dice.randint(0, 4 * 10**12))
    return at.astimezone(timezone(timedelta(minutes=dice.randint(-720, 840)))).astimezone(UTC)


def options(dice: random.Random) -> tuple[str, ...]:
    """A few options."""
    return tuple(sorted({text(dice) for _ in range(dice.randint(0, 3))}))


KINDS: tuple[Kind, ...] = (
    ("string", "string", text),
    ("number", "double", number),
    ("date", "date", day),
    ("datetime", "datetime", moment),
    ("bool", "boolean", lambda dice: dice.random() < 0.5),
    ("checkbox", "multipicklist", options),
)
PART = Part("roundtrip", "values sent through stores and wires and back, in twelve time zones", trials)
