"""recordlinkage: blocks by its index, compares by its comparators, classifies by logistic regression on labels."""

import numpy as np
import pandas as pd
import recordlinkage
from exchange import answer, asked, closure, columns, filled
from lessons import KEYS, LARGEST, enriched, truth

TEXTS = {"name": "jarowinkler", "street": "jarowinkler", "first": "jarowinkler", "last": "jarowinkler"}
TEXTS |= {"company": "jarowinkler", "city": "jarowinkler", "email": "levenshtein", "domain": "jarowinkler"}
EXACT: tuple[str, ...] = (
    "label",
    "phone",
    "mobile",
    "postcode",
    "country",
    "birth_date",
    "tax_id",
    "employer",
    "mailbox",
    "legal",
)
EXACT += ("middle", "generation", "house", "road", "first_root")
SURE, LIKELY = 0.99, 0.5


def main() -> None:
    """Learn on one table, apply to the other."""
    to = asked()
    if to.labels is None:
        raise SystemExit("recordlinkage needs labels")
    table, lesson = (frame(file, to.kind) for file in (to.file, to.labels))
    used = [name for name in filled(columns(to.labels)) if name in table]
    model = recordlinkage.LogisticRegressionClassifier()
    index, entity = pairs(lesson, to.kind), truth(to.labels)
    same = entity[index.get_level_values(0)] == entity[index.get_level_values(1)]
    model.fit(compared(index, lesson, used), index[same])
    index = pairs(table, to.kind)
    score = np.asarray(model.prob(compared(index, table, used)), dtype=np.float64)
    a, b = (np.asarray(index.get_level_values(level), dtype=np.int64) for level in (0, 1))
    verdict = np.where(score >= SURE, 2, np.where(score >= LIKELY, 1, 0))
    answer(to, a, b, score, verdict=verdict, group=closure(len(table), a[verdict == 2], b[verdict == 2]))


def frame(file: "pd.io.common.Path", kind: str) -> pd.DataFrame:
    """The columns with nothing for blank, so that blanks never agree."""
    return pd.DataFrame(enriched(columns(file), kind)).replace("", np.nan).astype(object)


def pairs(table: pd.DataFrame, kind: str) -> pd.MultiIndex:
    """The pairs of all blocks; values that more rows share than a block may have are left out of it."""
    found: list[pd.MultiIndex] = []
    for keys in KEYS[kind]:
        if set(keys) <= set(table.columns):
            known = table.dropna(subset=list(keys))
            size = known.groupby(list(keys))[keys[0]].transform("size")
            indexer = recordlinkage.Index([recordlinkage.index.Block(list(keys))])
            small = known[(size > 1) & (size <= LARGEST)]
            found += [indexer.index(small)] if len(small) else []
    union = found[0]
    for more in found[1:]:
        union = union.union(more)
    return union


def compared(index: pd.MultiIndex, table: pd.DataFrame, used: list[str]) -> pd.DataFrame:
    """A column of likeness a field; another says whether both are filled."""
    compare = recordlinkage.Compare(n_jobs=1)
    for name in used:
        if name in TEXTS:
            compare.string(name, name, method=TEXTS[name], label=name)
        elif name in EXACT:
            compare.exact(name, name, label=name)
    made = compare.compute(index, table)
    left, right = (table[made.columns].notna().to_numpy()[index.get_level_values(level)] for level in (0, 1))
    both = pd.DataFrame((left & right).astype(float), index=made.index, columns=[f"{name} filled" for name in made])
    return pd.concat([made, both], axis=1)


if __name__ == "__main__":
    main()
