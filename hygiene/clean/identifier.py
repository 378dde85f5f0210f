"""Numbers and pages that belong to one company or person alone."""

import re

from hygiene.clean.text import fold, usable

PAGE = re.compile(r"linkedin\.com/(?:company|school|in|pub)/([^/?#\s]+)")


def tax_id(text: str) -> str:
    """Letters and digits of a VAT, register or tax number; "" for one without a digit or of one digit repeated."""
    folded = fold(text)
    kept = "".join(letter for letter in folded if letter.isalnum())
    digits = set(filter(str.isdigit, kept))
    return kept if usable(folded) and len(digits) > 1 else ""


def linkedin(text: str) -> str:
    """The name of a LinkedIn page, whatever the form of its address; a bare name stands for itself."""
    folded = fold(text)
    found = PAGE.search(folded)
    if found:
        return found.group(1)
    return folded.strip("/") if usable(folded) and "/" not in folded.strip("/") and " " not in folded else ""
