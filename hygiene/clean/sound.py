"""How a folded name sounds, roughly: a key that survives a wrong vowel, a doubled letter and many a typo."""

from itertools import pairwise

CLASSES = {
    letter: mark for mark, letters in enumerate(("bfpvw", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for letter in letters
}


def sound(text: str) -> str:
    """The first letter and the classes of up to five consonants after it (Soundex of Russell and Odell, 1918, longer).

    "" for a text of fewer than three letters: an initial sounds like too many names.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < 3:
        return ""
    marks = [CLASSES.get(letter, 0) for letter in letters]
    kept = [str(mark) for before, mark in pairwise(marks) if mark and mark != before]
    return letters[0] + "".join(kept[:5])
