"""A script as a user writes it: a little cleaning, a few blocks, rapidfuzz on the names, points for what agrees."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import numpy as np
from exchange import Columns, answer, asked, closure, columns, given
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Texts = NDArray[np.object_]
Clean = Callable[[str], str]
FORMS = re.compile(
    r"\b(inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|ug|sarl|sas|sa|bv|nv|sl|ab|plc|llp|lp)\b"
)
LARGEST = 60
"""A block of more records is left out, as such scripts do."""

SURE, LIKELY = 95, 80


def main() -> None:
    """Clean, block, compare."""
    to = asked()
    clean = companies if to.kind == "company" else contacts
    data = clean(columns(to.file))
    rows = len(data["name"])
    a, b = given(to) or pairs(data)
    score = process.cpdist(data["name"][a], data["name"][b], scorer=fuzz.token_sort_ratio).astype(np.float64)
    for name in data.keys() - {"name"}:
        score += 25 * ((data[name][a] == data[name][b]) & (data[name][a] != ""))
    verdict = np.where(score >= SURE, 2, np.where(score >= LIKELY, 1, 0))
    answer(to, a, b, score, verdict=verdict, group=closure(rows, a[verdict == 2], b[verdict == 2]))


def companies(raw: Columns) -> Columns:
    """Name without its legal form, bare domain, last nine digits."""
    data = {"name": _each(raw["name"], lambda text: _plain(FORMS.sub(" ", text.lower().replace(".", ""))))}
    return data | _shared(raw, "domain", _domain) | _shared(raw, "phone", _digits)


def contacts(raw: Columns) -> Columns:
    """Full name, lower-case address, last nine digits."""
    names = (raw[name] for name in ("first_name", "last_name", "name") if name in raw)
    joined = np.array([" ".join(filter(None, parts)) for parts in zip(*names, strict=True)], dtype=object)
    data = {"name": _each(joined, lambda text: _plain(text.lower()))}
    for name in ("phone", "mobile"):
        data |= _shared(raw, name, _digits)
    return data | _shared(raw, "email", lambda text: text.strip().lower())


def pairs(data: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Records that share a value, or the first six letters of a name."""
    found: set[tuple[int, int]] = set()
    heads = _each(data["name"], lambda text: text.replace(" ", "")[:6])
    for column in (*data.values(), heads):
        found.update(_blocked(column))
    both = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _blocked(column: Texts) -> Iterable[tuple[int, int]]:
    blocks: Mapping[str, list[int]] = defaultdict(list)
    for row, text in enumerate(column.tolist()):
        if text:
            blocks[text].append(row)
    return (pair for rows in blocks.values() if len(rows) <= LARGEST for pair in combinations(rows, 2))


def _shared(raw: Columns, name: str, clean: Clean) -> Columns:
    return {name: _each(raw[name], clean)} if name in raw else {}


def _each(column: Texts, clean: Clean) -> Texts:
    return np.array([clean(text) for text in column.tolist()], dtype=object)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def _domain(text: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", text.strip().lower()).split("/")[0]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-9:]


if __name__ == "__main__":
    main()
