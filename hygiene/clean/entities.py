"""Many company names at once, word by distinct word; what is not plainly written is read on its own."""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hygiene.clean import name
from hygiene.clean.lines import Flags, where
from hygiene.clean.ragged import Ragged
from hygiene.clean.text import EMPTY, LINED, folded

ODD = re.compile(r"\(|/|\*|d[ .]*b[ .]*a")
"""A name with an aside, a note or `dba` in some spelling."""

DOTTED = re.compile(r"\. *[a-z]\.")

SCRIPT = re.compile("|".join(name.SCRIPTS))
PLAIN = {**LINED, **dict.fromkeys(map(ord, "'`"))}
LONGEST = 6
"""So many words of a tail fit into 63 bits."""

STEM = "\n"
"""Stands for a name before the tail that is read without it."""


def entities(texts: list[str]) -> tuple[list[str], list[str]]:
    """What `name.company` and `name.legal` say of each text."""
    whole = folded(texts)
    found = Ragged.of(_undotted(whole.replace("&", " and ").replace("+", " and ")).translate(PLAIN))
    shorn, forms, odd = _shorn(found)
    kept = np.arange(len(found.codes)) < np.repeat(found.starts[1:] - shorn, found.sizes)
    core = found.kept(kept & ~found.flags(name.NOISE.__contains__)[found.codes])
    odd |= _doubtful(found) | where(ODD, whole) | ((core.sizes == 0) & (found.sizes > 0))
    odd |= np.fromiter((not text.isascii() and SCRIPT.search(text) is not None for text in texts), np.bool_)
    names = core.changed(lambda word: name.ABBREVIATIONS.get(word, word)).texts()
    for at in np.flatnonzero(odd).tolist():
        names[at], _, forms[at] = name.entity(texts[at]).partition(name.FORM)
    return names, forms


def _undotted(whole: str) -> str:
    found = whole.split("\n")
    for at in np.flatnonzero(where(DOTTED, whole)).tolist():
        found[at] = name.undotted(" ".join(found[at].split()))
    return "\n".join(found)


def _doubtful(found: Ragged) -> Flags:
    """Names that may be a placeholder, bear a note, hold an `as` (`doing business as`) or start with a legal form."""
    first, last = found.word(0), found.word(-1)
    empty = found.flags(EMPTY.__contains__)[first] & (found.sizes <= 2)
    noted = found.flags(lambda word: word.endswith(name.ENDINGS))[last]
    return empty | noted | found.flags(name.FORE.__contains__)[first] | found.any(found.flags("as".__eq__))


def _shorn(found: Ragged) -> tuple[NDArray[np.int64], list[str], Flags]:
    """How many words at the end of each name are its legal form, and the form; and where that cannot be told here.

    A name's tail, its last words that occur in any legal form, is written as one number, of which few are distinct.
    """
    vocabulary = _vocabulary()
    base, numbers = len(vocabulary), found.each(lambda word: vocabulary.get(word, 0))
    going = (found.sizes > 1) & found.flags(name.endings().__contains__)[found.word(-1)]
    formed, run, key = going, np.zeros(len(found), dtype=np.int64), np.zeros(len(found), dtype=np.int64)
    for back in range(1, LONGEST + 1):
        number = numbers[found.word(-back)]
        going = going & (number > 0)
        key, run = np.where(going, key * base + number, key), run + going
    key = key * 2 + (run == found.sizes)
    tails, ranks = np.unique(key[formed], return_inverse=True)
    read = [_read(tail // 2, bool(tail % 2)) for tail in tails.tolist()]
    shorn, forms = np.zeros(len(found), dtype=np.int64), np.full(len(found), "", dtype=object)
    shorn[formed] = np.array([size for size, _ in read], dtype=np.int64)[ranks]
    forms[formed] = np.array([form for _, form in read], dtype=object)[ranks]
    return shorn, forms.tolist(), going


def _read(tail: int, whole: bool) -> tuple[int, str]:
    """How many words of a tail are a legal form, and the form."""
    found, vocabulary = [] if whole else [STEM], list(_vocabulary())
    while tail:
        tail, number = divmod(tail, len(vocabulary))
        found.append(vocabulary[number])
    rest, form = name.stripped(found)
    return len(found) - len(rest), form


@cache
def _vocabulary() -> dict[str, int]:
    """The words of all legal forms, and what joins them, numbered from 1."""
    known = name.JOINTS.union(*name.legal_forms())
    return {word: number for number, word in enumerate(["", *sorted(known)])}
