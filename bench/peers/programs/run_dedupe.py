"""dedupe 3: learns its blocks and its weights from a few hundred labels, as a person would have given them.

Its index predicates are off: with BTrees 6.5 they raise (`IFBucket` has no `byValue`), with 5.2 they take minutes.
"""

import random
from typing import Any

import dedupe
import numpy as np
from dedupe.predicates import IndexPredicate
from exchange import answer, asked, columns, filled
from lessons import blocked, enriched, truth

ALIKE, APART, SAMPLE = 300, 550, 1_000
LIKELY, SURE = 0.5, 0.99
STRINGS = ("name", "first", "last", "company", "email", "street", "city", "domain")
EXACT = ("phone", "mobile", "postcode", "country", "birth_date", "tax_id", "label", "employer")
Record = dict[str, Any]


def main() -> None:
    """Train on a sample of the lesson with its labels, partition the table."""
    to = asked()
    if to.labels is None:
        raise SystemExit("dedupe needs labels")
    random.seed(1)
    np.random.seed(1)
    used = [name for name in filled(columns(to.file)) if name in filled(columns(to.labels))]
    table, lesson = (records(columns(file), used) for file in (to.file, to.labels))
    kinds = [dedupe.variables.String(name, has_missing=True) for name in used if name in STRINGS]
    kinds += [dedupe.variables.Exact(name, has_missing=True) for name in used if name in EXACT]
    for kind in kinds:
        kind.predicates = [one for one in kind.predicates if not isinstance(one, IndexPredicate)]
    model = dedupe.Dedupe(kinds, num_cores=1, in_memory=True)
    sample = {row: lesson[row] for row in sorted(random.sample(sorted(lesson), min(SAMPLE, len(lesson))))}
    model.prepare_training(sample, sample_size=SAMPLE)
    model.mark_pairs(labels(lesson, to))
    model.train(recall=0.95, index_predicates=False)
    scored = model.score(model.pairs(table))
    found = model.cluster(scored, LIKELY)
    a, b = scored["pairs"].astype(np.int64).T
    score = np.asarray(scored["score"], dtype=np.float64)
    group = np.arange(len(table), dtype=np.int64)
    for rows, _ in found:
        group[np.array(list(rows), dtype=np.int64)] = min(rows)
    answer(to, a, b, score, verdict=np.where(score >= LIKELY, 2, 0), group=group)


def records(data: dict[str, Any], used: list[str]) -> dict[int, Record]:
    """Rows as dedupe wants them: a dict each, None for blank."""
    texts = zip(*(data[name].tolist() for name in used), strict=True)
    return {row: {name: text or None for name, text in zip(used, one, strict=True)} for row, one in enumerate(texts)}


def labels(lesson: dict[int, Record], to: Any) -> Any:
    """Candidate pairs of the lesson with what a person would say of them."""
    entity = truth(to.labels)
    a, b = blocked(enriched(columns(to.labels), to.kind), to.kind)
    same = np.flatnonzero(entity[a] == entity[b])
    other = np.flatnonzero(entity[a] != entity[b])
    chosen = [random.sample(part.tolist(), min(n, len(part))) for part, n in ((same, ALIKE), (other, APART))]
    match, distinct = ([(lesson[int(a[at])], lesson[int(b[at])]) for at in part] for part in chosen)
    return {"match": match, "distinct": distinct}


if __name__ == "__main__":
    main()
