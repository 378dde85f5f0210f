"""How a folded name sounds, roughly: a key that survives a wrong vowel, a doubled letter and many a typo."""

import numpy as np

from hygiene.clean.lines import lines

CLASSES = {
    letter: str(mark)
    for mark, letters in enumerate(("bfpvw", "cgjkqsxz", "dt", "l", "mn", "r"), 1)
    for letter in letters
}
LONGEST = 6
BREAK = ord("\n")
SIGNS = bytes(code for code in range(128) if not chr(code).isalpha() and code != BREAK)
MARKS = np.frombuffer(bytes(ord(CLASSES.get(chr(code), "\0")) for code in range(256)), dtype=np.uint8)
"""The class of each letter as a digit, 0 for a vowel."""


def sound(text: str) -> str:
    """The first letter and the classes of up to five consonants after it (Soundex of Russell and Odell, 1918, longer).

    "" for a text of fewer than three letters: an initial sounds like too many names.
    """
    letters = text if text.isalpha() else "".join(filter(str.isalpha, text))
    if len(letters) < 3:
        return ""
    found, before = letters[0], CLASSES.get(letters[0], "")
    for letter in letters[1:]:
        mark = CLASSES.get(letter, "")
        if mark != before:
            found, before = found + mark, mark
            if len(found) == LONGEST:
                break
    return found


def sounds(texts: list[str]) -> list[str]:
    """The sound of each text, which is folded."""
    letters = np.frombuffer(("\n" + lines(texts)).encode().translate(None, SIGNS), dtype=np.uint8)
    breaks = letters == BREAK
    marks, first, ends = MARKS[letters], np.roll(breaks, 1), np.flatnonzero(breaks)
    heard = ~breaks & (first | (marks > 0) & (marks != np.roll(marks, 1)))
    counted, sizes = np.cumsum(heard), np.diff(ends)
    heard[1:] &= counted[1:] <= np.repeat(counted[ends[:-1]] + LONGEST, sizes)
    heard[1:] &= np.repeat(sizes > 3, sizes)
    found = np.where(first | breaks, letters, marks)[1:][(heard | breaks)[1:]]
    return str(found.tobytes(), "ascii").split("\n")[:-1]
