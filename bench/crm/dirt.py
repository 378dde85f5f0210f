"""What people and imports do to a text: typos, other spellings of numbers and streets, lost accents."""

import random
import string

from anyascii import anyascii

from bench.crm.words import ENDINGS, FORMS, SAME_FORM

NEAR = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuioplsdfghjkkxcvbnmn", strict=False))
OCR = {"o": "0", "l": "1", "i": "l", "s": "5", "b": "6", "m": "rn", "g": "q"}
SHORT = {
    "Systems": "Sys",
    "Services": "Svcs",
    "Manufacturing": "Mfg",
    "Technology": "Tech",
    "International": "Intl",
    "Associates": "Assoc",
    "Consulting": "Cons.",
    "Engineering": "Eng.",
    "Construction": "Constr.",
    "Marketing": "Mktg",
    "Logistics": "Log.",
    "National": "Natl",
    "Insurance": "Ins.",
    "Solutions": "Soln",
    "Maschinenbau": "Masch.-Bau",
    "Logistik": "Log.",
}
STREETS = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Boulevard": "Blvd", "Drive": "Dr", "Lane": "Ln"}
STREETS |= {"straße": "str.", "Court": "Ct", "Place": "Pl", "Parkway": "Pkwy", "Square": "Sq", "Rue": "R."}
CODES = {"US": "1", "GB": "44", "DE": "49", "FR": "33", "NL": "31", "ES": "34", "SE": "46"}


def typo(pick: random.Random, text: str) -> str:
    """One slip: a letter lost, doubled, swapped with its neighbor or hit beside its key."""
    if len(text) < 4:
        return text
    at = pick.randrange(1, len(text) - 1)
    kind = pick.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + NEAR.get(text[at].lower(), "e") + text[at + 1 :]


def ocr(pick: random.Random, text: str) -> str:
    """Letters that a scanner misreads."""
    return "".join(OCR[letter] if letter in OCR and pick.random() < 0.18 else letter for letter in text)


def case(pick: random.Random, text: str) -> str:
    """All upper, all lower or with stray blanks."""
    return pick.choice((text.upper(), text.lower(), f" {text}", text.replace(" ", "  ")))


def unaccented(pick: random.Random, text: str) -> str:
    """Without accents, umlauts spelled out or just dropped."""
    if pick.random() < 0.5:
        for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"), ("ß", "ss")):
            text = text.replace(letter, pair)
    return anyascii(text)


def reformed(pick: random.Random, name: str, form: str, country: str) -> str:
    """The name with its legal form dropped, written otherwise, or with one it never had."""
    kind = pick.random()
    if kind < 0.55 or not form:
        return name
    if kind < 0.92:
        other = pick.choice(SAME_FORM.get(form, (form.upper(),)))
        return f"{name}{other}" if other.startswith(",") else f"{name} {other}"
    return f"{name} {pick.choice(FORMS[country])}"


def abbreviated(name: str) -> str:
    """Long words in their usual short form."""
    return " ".join(SHORT.get(word, word) for word in name.split())


def street(pick: random.Random, text: str) -> str:
    """Another spelling of the same door."""
    for long, short in STREETS.items():
        if text.endswith(long) or f"{long} " in text:
            text = text.replace(long, pick.choice((short, f"{short}.")))
            break
    kind = pick.random()
    if kind < 0.25:
        text += pick.choice((", Suite ", " Ste ", " #", ", Unit ")) + str(pick.randint(1, 400))
    return text.upper() if kind > 0.9 else text


def website(pick: random.Random, domain: str) -> str:
    """The domain as people paste it."""
    forms = ("https://www.{}", "http://{}/", "www.{}", "https://{}/en/home", "{}/", "https://www.{}/about?ref=x")
    return pick.choice(forms).format(domain.upper() if pick.random() < 0.08 else domain)


def phone(pick: random.Random, digits: str, country: str) -> str:
    """National digits as people write them."""
    code, trunk = CODES[country], "" if country in ("US", "ES") else "0"
    if country == "US":
        a, b, c = digits[:3], digits[3:6], digits[6:]
        shown = pick.choice(
            (f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", digits, f"+1 {a} {b} {c}", f"1-{a}-{b}-{c}")
        )
    else:
        cut = pick.choice((2, 3))
        spaced = f"{digits[:cut]} {digits[cut:]}"
        shown = pick.choice((f"+{code} {spaced}", f"{trunk}{spaced}", f"+{code}{digits}", f"{trunk}{digits}"))
    return f"{shown} ext. {pick.randint(10, 999)}" if pick.random() < 0.05 else shown


def wrong_digit(pick: random.Random, digits: str) -> str:
    """One digit off."""
    at = pick.randrange(len(digits) - 4, len(digits))
    return digits[:at] + pick.choice(string.digits) + digits[at + 1 :]


def slug(text: str) -> str:
    """Letters and digits in lower-case ASCII."""
    return "".join(letter for letter in anyascii(text).lower() if letter.isalnum())


def ending(pick: random.Random, country: str) -> str:
    """A top-level domain that a company of this country would have."""
    return ENDINGS[country] if pick.random() < 0.55 else pick.choice(("com", "com", "com", "net", "io", "co", "eu"))
