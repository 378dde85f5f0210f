"""Turns an index and kept columns into named arrays, and back."""

from collections.abc import Mapping

import numpy as np

from hygiene.match.index import Index, Segment
from hygiene.match.kept import Kept
from hygiene.match.posting import Crowd, Postings
from hygiene.match.score import Pairs
from hygiene.match.statistics import Statistics
from hygiene.match.table import Table
from hygiene.match.terms import Terms
from hygiene.match.texts import Strings, Texts
from sync.mirror.arrays import Array

Arrays = Mapping[str, Array]


def pack_kept(kept: Kept | Segment) -> dict[str, Array]:
    """The columns, the hash of each row's raw texts, and the rows by their refs."""
    made: dict[str, Array] = {"raw": kept.raw} | _postings("refs", kept.refs)
    for name, column in kept.texts.items():
        made[f"text/{name}"] = column.codes
        made |= _strings(f"text/{name}", column.strings)
    return made


def unpack_kept(arrays: Arrays) -> Kept:
    """What `pack_kept` took apart."""
    names = [key.removeprefix("text/") for key in arrays if key.startswith("text/") and key.count("/") == 1]
    texts = {name: Texts(arrays[f"text/{name}"], _read(arrays, f"text/{name}")) for name in names}
    return Kept(texts, arrays["raw"], _posts(arrays, "refs"))


def pack_base(index: Index) -> dict[str, Array]:
    """The part of an index that stands until its statistics are counted anew."""
    terms = index.statistics.terms
    made = _pack_segment(index.base) | {"size": np.array([index.statistics.size])}
    made |= _strings("terms/common", Strings.of(sorted(terms.common)))
    made |= _strings("terms/places", Strings.of(sorted(terms.places)))
    for (feature, by), counts in terms.shared.items():
        made[f"shared/{feature}/{by}"] = np.array(list(counts.values()), dtype=np.int64)
        made |= _strings(f"shared/{feature}/{by}", Strings.of(counts))
    for at, crowd in enumerate(index.statistics.crowds):
        made |= {f"crowd/{at}/groups": crowd.groups, f"crowd/{at}/starts": crowd.starts}
        made |= _strings(f"crowd/{at}", crowd.marks)
    return made


def pack_added(index: Index) -> dict[str, Array]:
    """The part of an index that grows: rows added since, dead rows, pairs; bound to the part that stands."""
    pairs = {f"pairs/{name}": getattr(index.pairs, name) for name in Pairs.__dataclass_fields__}
    return _pack_segment(index.added) | pairs | {"dead": index.dead, "bound": _bound(index.base.raw)}


def unpack(base: Arrays, added: Arrays, table: Table, version: str) -> Index | None:
    """The index of its two parts, None where they do not belong together."""
    if added["bound"].tolist() != _bound(base["raw"]).tolist():
        return None
    pairs = Pairs(*(added[f"pairs/{name}"] for name in Pairs.__dataclass_fields__))
    return Index(table, _statistics(base, version), _segment(base), _segment(added), added["dead"], pairs)


def _pack_segment(segment: Segment) -> dict[str, Array]:
    return pack_kept(segment) | _postings("posts", segment.posts)


def _segment(arrays: Arrays) -> Segment:
    kept = unpack_kept(arrays)
    return Segment(kept.texts, kept.raw, _posts(arrays, "posts"), kept.refs)


def _postings(at: str, posts: Postings) -> dict[str, Array]:
    return {f"{at}/keys": posts.keys, f"{at}/rows": posts.rows, f"{at}/ranks": posts.ranks}


def _posts(arrays: Arrays, at: str) -> Postings:
    return Postings(arrays[f"{at}/keys"], arrays[f"{at}/rows"], arrays[f"{at}/ranks"])


def _strings(at: str, strings: Strings) -> dict[str, Array]:
    return {f"{at}/offsets": strings.offsets, f"{at}/blob": strings.blob}


def _read(arrays: Arrays, at: str) -> Strings:
    return Strings(arrays[f"{at}/offsets"], arrays[f"{at}/blob"])


def _bound(raw: Array) -> Array:
    """What ties the part that grows to the part that stands."""
    return np.array([len(raw), np.bitwise_xor.reduce(raw, initial=np.uint64(0))], dtype=np.uint64)


def _statistics(arrays: Arrays, mark: str) -> Statistics:
    def every(at: str) -> list[str]:
        strings = _read(arrays, at)
        return strings.take(np.arange(len(strings)))

    shared = {}
    for key in (key for key in arrays if key.startswith("shared/") and key.count("/") == 2):
        _, feature, by = key.split("/")
        shared[feature, by] = dict(zip(every(key), arrays[key].tolist(), strict=True))
    count = sum(key.startswith("crowd/") and key.endswith("/groups") for key in arrays)
    crowds = tuple(
        Crowd(arrays[f"crowd/{at}/groups"], arrays[f"crowd/{at}/starts"], _read(arrays, f"crowd/{at}"))
        for at in range(count)
    )
    terms = Terms(frozenset(every("terms/common")), frozenset(every("terms/places")), shared)
    return Statistics(mark, int(arrays["size"][0]), terms, crowds)
