"""The upper anchor: gradient boosting over some thirty features, trained on labels of the same making."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from exchange import Columns, answer, asked, closure, columns, filled
from lessons import Pairs, blocked, enriched, truth
from numpy.typing import NDArray
from rapidfuzz import distance, fuzz, process
from sklearn.ensemble import HistGradientBoostingClassifier

TEXTS = ("name", "first", "last", "company", "email", "street", "domain", "city", "phone", "mobile", "label")
EQUAL: tuple[str, ...] = (
    "legal",
    "house",
    "road",
    "postcode",
    "country",
    "tax_id",
    "birth_date",
    "employer",
    "mailbox",
    "middle",
)
EQUAL += ("generation", "first_root", "phone", "mobile", "domain", "email", "name", "street")
SURE, LIKELY = 0.99, 0.5


def main() -> None:
    """Learn on one table, apply to the other."""
    to = asked()
    if to.labels is None:
        raise SystemExit("the upper anchor needs labels")
    used = filled(columns(to.labels))
    shown, pairs, _ = described(to.labels, to.kind, used)
    entity = truth(to.labels)
    model = HistGradientBoostingClassifier(max_iter=300, learning_rate=0.08, random_state=1)
    model.fit(shown, entity[pairs[0]] == entity[pairs[1]])
    shown, pairs, rows = described(to.file, to.kind, used)
    score = model.predict_proba(shown)[:, 1]
    verdict = np.where(score >= SURE, 2, np.where(score >= LIKELY, 1, 0))
    sure = verdict == 2
    answer(to, *pairs, score, verdict=verdict, group=closure(rows, pairs[0][sure], pairs[1][sure]))


def described(file: Path, kind: str, used: list[str]) -> tuple[NDArray[np.float32], Pairs, int]:
    """The features of every candidate pair, the pairs, and the number of rows."""
    data = columns(file)
    pairs = blocked(enriched(data, kind), kind)
    parts = [part for name in TEXTS if name in used for part in _alike(data, name, pairs)]
    parts += [part for name in EQUAL if name in used for part in _agree(data, name, pairs)]
    parts += _words(data["name" if kind == "company" else "company"], pairs)
    return np.stack(parts, axis=1).astype(np.float32), pairs, len(data["phone"])


def _alike(data: Columns, name: str, pairs: Pairs) -> list[NDArray[np.float32]]:
    """Scores of rapidfuzz; unknown where either is blank."""
    a, b = (data[name][side] for side in pairs)
    both = (a != "") & (b != "")
    used: list[Any] = [distance.JaroWinkler.similarity, fuzz.ratio]
    used += [fuzz.token_set_ratio, fuzz.token_sort_ratio] if name in ("name", "company", "street") else []
    return [np.where(both, process.cpdist(a, b, scorer=scorer), np.nan) for scorer in used]


def _agree(data: Columns, name: str, pairs: Pairs) -> list[NDArray[np.float32]]:
    """Equal, different or unknown; and how many rows hold the more frequent value."""
    count = Counter(data[name].tolist())
    often = np.log1p(np.array([count[text] if text else 0 for text in data[name].tolist()], dtype=np.float32))
    a, b = (data[name][side] for side in pairs)
    known = np.where((a != "") & (b != ""), (a == b).astype(np.float32), np.nan)
    return [known, np.maximum(often[pairs[0]], often[pairs[1]])]


def _words(column: NDArray[np.object_], pairs: Pairs) -> list[NDArray[np.float32]]:
    """How many words stand on one side alone, and how rare the rarest and all of them are."""
    words = [frozenset(text.split()) for text in column.tolist()]
    count = Counter(word for one in words for word in one)
    rarity = {word: float(np.log(len(words) / seen)) for word, seen in count.items()}
    alone = [words[a] ^ words[b] for a, b in zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)]
    weights = [[rarity[word] for word in one] or [0.0] for one in alone]
    common = [max((rarity[word] for word in words[a] & words[b]), default=0.0) for a, b in zip(*pairs, strict=True)]
    parts = [[float(len(one)) for one in alone], [max(one) for one in weights], [sum(one) for one in weights], common]
    return [np.array(part, dtype=np.float32) for part in parts]


if __name__ == "__main__":
    main()
