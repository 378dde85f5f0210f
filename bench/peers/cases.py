"""Makes a case out of every labeled set: roles for columns, row numbers for ids, entities as numbers."""

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hygiene.match.table import TABLES

ROOT = Path(__file__).parents[2]
Row = Mapping[str, str]
Fields = Mapping[str, str]

SITES = {"name": "name", "street": "address", "postcode": "zip", "phone": "phone", "domain": "website"}
SITES |= {"email": "email"}
FEBRL = {"first_name": "given_name", "last_name": "surname", "city": "suburb", "state": "state"}
FEBRL |= {"postcode": "postcode", "street": "street_number+address_1", "birth_date": "date_of_birth"}
FEBRL |= {"tax_id": "soc_sec_id"}
SENZING = {"street": "addr_line1|addr_full", "city": "addr_city", "postcode": "addr_postal_code"}
SENZING |= {"country": "addr_country", "phone": "phone_number", "email": "email_address"}
PERSON = SENZING | {"first_name": "primary_name_first+primary_name_middle", "last_name": "primary_name_last"}
PERSON |= {"name": "primary_name_full|native_name_full", "company": "employer", "birth_date": "date_of_birth"}
VERY_DIRTY = {"first_name": "first_name", "last_name": "surname", "birth_date": "dob", "city": "city", "email": "email"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A labeled set in a folder: `a+b` joins two of its columns, `a|b` takes the first filled one.

    `origin` says whose records they are: `public`, `given` (a folder of the caller) or `made` (by the generator).
    """

    name: str
    folder: Path
    kind: str
    fields: Fields
    keep: Callable[[Row], bool] = field(default=lambda row: True)
    origin: str = "public"


@dataclass(frozen=True, slots=True)
class Case:
    """A set made ready: `labels` is where those who learn may learn from, `traps` are pairs of rows with a name."""

    listing: Listing
    folder: Path
    rows: int
    traps: tuple[tuple[int, int, str], ...]
    labels: Path | None = None


def public() -> list[Listing]:
    """The labeled sets of the reference data, in ascending order of trouble."""
    home = Path(os.environ.get("REVOPS_REFERENCE", ROOT.parent / "shared")) / "bench"
    plain = {"name": "name", "street": "addr", "city": "city", "phone": "phone"}
    organization = SENZING | {"name": "primary_name_org"}
    found = [
        Listing("restaurants", home / "restaurants", "company", plain),
        Listing("early_childhood", home / "early_childhood", "company", SITES),
        Listing("affiliations", home / "affiliations", "company", {"name": "affiliation"}),
        Listing("senzing companies", home / "senzing_demo", "company", organization, lambda row: not _person(row)),
        Listing("names of companies", home / "opensanctions_names", "company", {"name": "name"}, _organization),
        Listing("senzing people", home / "senzing_demo", "contact", PERSON, lambda row: _person(row)),
        Listing("febrl1", home / "febrl1", "contact", FEBRL),
        Listing("febrl2", home / "febrl2", "contact", FEBRL),
        Listing("fake_1000", home / "fake_1000", "contact", VERY_DIRTY),
        Listing("names of people", home / "opensanctions_names", "contact", {"name": "name"}, _human),
    ]
    return [listing for listing in found if listing.folder.is_dir()]


def given(folder: Path) -> list[Listing]:
    """The sets in a folder, or in each folder inside it; a known one by its own map, any other by the names of roles.

    `ValueError` where a set names no role of a match table.
    """
    inside = sorted(file.parent for file in folder.glob("*/records.csv"))
    return [one for each in ([folder] if (folder / "records.csv").exists() else inside) for one in _read(each)]


def _read(folder: Path) -> list[Listing]:
    known = [one for one in public() if one.folder.name == folder.name]
    if known:
        return [Listing(one.name, folder, one.kind, one.fields, one.keep, "given") for one in known]
    with (folder / "records.csv").open(newline="", encoding="utf-8") as file:
        head = next(csv.reader(file))
    kind = "contact" if {"first_name", "last_name", "mobile", "birth_date"} & set(head) else "company"
    roles = {role: role for role in TABLES[kind].fields if role in head}
    roles |= {"domain": "website"} if kind == "company" and "website" in head and "domain" not in head else {}
    if not roles:
        raise ValueError(f"{folder}: no column is named after a role; there are {', '.join(TABLES[kind].fields)}")
    return [Listing(folder.name, folder, kind, roles, origin="given")]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of the generator."""

    kind: str
    rows: int
    seed: int
    hard: float = 1.0
    unseen: bool = False


def made(order: Order) -> Listing:
    """Records of the generator, made once for equal orders and kept in the cache."""
    source = b"".join(file.read_bytes() for file in sorted((ROOT / "bench" / "crm").glob("*.*")))
    name = f"{order.kind}-{order.rows}-{order.seed}-{order.hard:g}{'-unseen' if order.unseen else ''}"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "revops-sync" / "bench"
    folder = home / f"{name}-{hashlib.sha256(source).hexdigest()[:8]}"
    if not (folder / "traps.csv").exists():
        asked = ["--rows", str(order.rows), "--seed", str(order.seed), "--hard", str(order.hard), "--out", str(folder)]
        asked += ["--unseen"] if order.unseen else []
        subprocess.run([sys.executable, "-m", "bench.crm", order.kind, *asked], cwd=ROOT, check=True)
    title = f"{order.kind} {order.rows:,} seed {order.seed}" + (" unseen" if order.unseen else "")
    title += "" if order.hard == 1 else f" hard {order.hard:g}"
    kind = {"companies": "company", "contacts": "contact"}[order.kind]
    fields = {role: role for role in TABLES[kind].fields if role in _head(folder)}
    return Listing(title, folder, kind, fields, origin="made")


def _head(folder: Path) -> list[str]:
    with (folder / "records.csv").open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def ready(listing: Listing, folder: Path, labels: Path | None = None) -> Case:
    """The case of a set, written row by row."""
    folder.mkdir(parents=True, exist_ok=True)
    if (listing.folder / "pairs.csv").exists():
        return Case(listing, folder, _pairs(listing, folder), (), None)
    with (listing.folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = dict(csv.reader(file))
    number: dict[str, int] = {}
    entity: dict[str, int] = {}
    owner: list[int] = []
    with (folder / "raw.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", *listing.fields))
        for row in _rows(listing.folder / "records.csv", listing.keep):
            number[row["id"]] = len(owner)
            writer.writerow((len(owner), *(_cell(row, spec) for spec in listing.fields.values())))
            owner.append(entity.setdefault(truth[row["id"]], len(entity)))
    np.save(folder / "truth.npy", np.array(owner, dtype=np.int64))
    return Case(listing, folder, len(owner), _traps(listing.folder / "traps.csv", number), labels)


def half(case: Case, folder: Path) -> Path:
    """The rows of every second entity of a case, for those who want labels where there are no others."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = np.load(case.folder / "truth.npy")
    chosen = np.flatnonzero(owner % 2 == 0)
    with (case.folder / "raw.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    with (folder / "raw.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *([at, *rows[row][1:]] for at, row in enumerate(chosen.tolist()))])
    np.save(folder / "truth.npy", owner[chosen])
    return folder


def _pairs(listing: Listing, folder: Path) -> int:
    """Pairs of names become pairs of rows; the two of a true pair are one entity."""
    rows, owner = 0, []
    with (folder / "raw.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name"))
        for pair in _rows(listing.folder / "pairs.csv", listing.keep):
            writer.writerows(((rows, pair["name1"]), (rows + 1, pair["name2"])))
            owner += [rows, rows if pair["is_match"] == "true" else rows + 1]
            rows += 2
    np.save(folder / "truth.npy", np.array(owner, dtype=np.int64))
    np.save(folder / "given.npy", np.arange(rows, dtype=np.int64).reshape(-1, 2))
    return rows


def _traps(file: Path, number: Mapping[str, int]) -> tuple[tuple[int, int, str], ...]:
    if not file.exists():
        return ()
    return tuple((number[row["id_a"]], number[row["id_b"]], row["trap"]) for row in _rows(file, lambda row: True))


def _rows(file: Path, keep: Callable[[Row], bool]) -> Iterator[Row]:
    with file.open(newline="", encoding="utf-8") as source:
        yield from filter(keep, csv.DictReader(source))


def _cell(row: Row, spec: str) -> str:
    """One mapped value."""
    texts = (" ".join(filter(None, (row[name].strip() for name in part.split("+")))) for part in spec.split("|"))
    return next(filter(None, texts), "")


def _person(row: Row) -> bool:
    return row["record_type"] == "PERSON"


def _human(row: Row) -> bool:
    return row["schema"] == "Person"


def _organization(row: Row) -> bool:
    return row["schema"] in ("Company", "Organization", "LegalEntity")
