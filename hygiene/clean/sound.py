"""How a folded name sounds, roughly: a key that survives a wrong vowel, a doubled letter and many a typo."""

CLASSES = {
    letter: str(mark)
    for mark, letters in enumerate(("bfpvw", "cgjkqsxz", "dt", "l", "mn", "r"), 1)
    for letter in letters
}
LONGEST = 6


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
