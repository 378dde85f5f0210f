"""A company's name as bare words, its legal form apart."""

import re
from functools import cache

from cleanco.termdata import terms_by_country, terms_by_type

from hygiene.clean.text import fold, listed, usable, words

LONG_FORMS = {
    "gesellschaft mit beschrankter haftung": "gmbh",
    "gesellschaft mit beschraenkter haftung": "gmbh",
    "gesellschaft mbh": "gmbh",
    "mbh": "gmbh",
    "aktiengesellschaft": "ag",
    "kommanditgesellschaft": "kg",
    "offene handelsgesellschaft": "ohg",
    "eingetragener verein": "ev",
    "eingetragener kaufmann": "ek",
    "e kfm": "ek",
    "ek": "ek",
    "unternehmergesellschaft": "ug",
    "haftungsbeschrankt": "",
    "sociedad anonima": "sa",
    "sociedad limitada": "sl",
    "societe anonyme": "sa",
    "societe par actions simplifiee": "sas",
    "societe a responsabilite limitee": "sarl",
    "societa per azioni": "spa",
    "societa a responsabilita limitata": "srl",
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "aktiebolag": "ab",
    "osakeyhtio": "oy",
    "s de rl de cv": "srl de cv",
    "sa de cv": "sa de cv",
    "private limited": "ltd",
    "public limited company": "plc",
    "limited liability company": "llc",
    "limited liability partnership": "llp",
    "limited partnership": "lp",
    "proprietary limited": "pty ltd",
}
"""What cleanco does not know; read after folding."""

SCRIPTS = {
    "株式会社": " kk ",
    "有限会社": " yk ",
    "有限公司": " ltd ",
    "股份": " ",
    "주식회사": " kk ",
    "유한회사": " ltd ",
}
ABBREVIATIONS = {
    "intl": "international",
    "int": "international",
    "natl": "national",
    "mfg": "manufacturing",
    "mgmt": "management",
    "svc": "service",
    "svcs": "services",
    "sys": "systems",
    "tech": "technology",
    "technologies": "technology",
    "assn": "association",
    "assoc": "associates",
    "bros": "brothers",
    "univ": "university",
    "ctr": "center",
    "centre": "center",
    "cntr": "center",
    "grp": "group",
    "hldgs": "holdings",
    "hldg": "holdings",
    "holding": "holdings",
    "eng": "engineering",
    "dev": "development",
    "inst": "institute",
    "hosp": "hospital",
    "dept": "department",
    "labs": "laboratories",
    "lab": "laboratories",
    "pharma": "pharmaceuticals",
    "amer": "american",
    "elem": "elementary",
    "ent": "enterprises",
    "ft": "fort",
    "mt": "mount",
}
NOISE = frozenset({"the", "and", "of", "und", "et"})
ANGLO = listed("""
    inc incorporated corp corporation co company llc ltd limited lc plc
""")
"""Forms that people use for one another; any two other forms are two companies."""

DBA = re.compile(r"\b(?:d\.?\s?/?b\.?\s?/?a\.?|doing business as|t/a|trading as)\s")
ASIDE = re.compile(r"\((?:formerly|previously|fka|ehemals|vormals)\b[^)]*\)")
STATUS = "old|new|dup|duplicate|do not (?:use|contact|call)|inactive|obsolete|archived|deleted|copy"
ENDINGS = ("old", "new", "dup", "cate", "use", "contact", "call", "active", "olete", "archived", "deleted", "copy")
NOTE = re.compile(rf"[\s(\[*#-]+(?:{STATUS})[\s)\]*!.]*$|[\s*]+$")
"""What people write behind a name to say what to do with the record: `Acme (old)`, `Acme - DUPLICATE`."""

NO_SIGNS = str.maketrans("", "", " ./")
DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}")
FORM = "|"
FORE = frozenset({"ab", "pt", "kk", "yk", "ooo", "oao", "zao"})
"""Legal forms that stand before the name."""

JOINTS = frozenset({"and", "und", "u"})
"""What joins a legal form to the name, or two forms."""

JOINERS = {"&": " and ", "+": " and ", "a/s": "as", "i/s": "is", "k/s": "ks", "p/s": "ps"}


def company(text: str) -> str:
    """The words that name the company, in their order: no legal form, no `the` and `and`, abbreviations in full."""
    return entity(text).partition(FORM)[0]


def legal(text: str) -> str:
    """The legal form, `anglo` for those that people use for one another (Inc, Ltd, LLC); "" where none is named."""
    return entity(text).partition(FORM)[2]


def entity(text: str) -> str:
    """`company` and `legal` of a name with a `|` between, "" where neither is named: both for the price of one."""
    found, form = _parts(text)
    return " ".join(found) + FORM + form if found else ""


def initials(found: list[str]) -> str:
    """The first letters of a cleaned name's words where it has three or more: `ibm`."""
    return "".join(word[0] for word in found) if len(found) >= 3 else ""


def ordered(name: str) -> str:
    """The distinct words of a cleaned name in alphabetical order."""
    found = name.split()
    return " ".join(sorted(set(found))) if len(found) > 1 else name


def squashed(name: str) -> str:
    """A cleaned name without spaces: `facebook` of `face book`."""
    return name.replace(" ", "")


def _parts(text: str) -> tuple[list[str], str]:
    for script, form in () if text.isascii() else SCRIPTS.items():
        text = text.replace(script, form)
    folded = _bare(fold(text))
    if not usable(folded):
        return [], ""
    found, form = stripped(words(_joined(folded).replace("'", "").replace("`", "")))
    kept = [ABBREVIATIONS.get(word, word) for word in found if word not in NOISE]
    return kept or found, form


def _bare(folded: str) -> str:
    """The name without asides and notes; the patterns run only where the text may hold one."""
    if "(" in folded:
        folded = ASIDE.sub(" ", folded)
    noted = folded.endswith(("*", " ")) or folded.rstrip(" )]*!.").endswith(ENDINGS)
    return (NOTE.sub("", folded) or folded) if noted else folded


def _joined(folded: str) -> str:
    """The name that is done business as, with `and` for its signs and no dots in its abbreviations."""
    if "dba" in folded.translate(NO_SIGNS) or " as " in folded or "t/a " in folded:
        folded = DBA.split(folded)[-1]
    for sign, word in JOINERS.items():
        folded = folded.replace(sign, word)
    return undotted(folded) if "." in folded else folded


def undotted(folded: str) -> str:
    """The text with its abbreviations as words: `ibm` of `i.b.m.`."""
    return DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", folded)


def stripped(found: list[str]) -> tuple[list[str], str]:
    """The words without the legal form at the end (or before the name, as in `AB Volvo`), and the form."""
    forms: list[str] = []
    terms = legal_forms()
    while len(found) > 1 and found[-1] in endings():
        sizes = range(min(LONGEST, len(found) - 1), 0, -1)
        term = next((size for size in sizes if tuple(found[-size:]) in terms), 0)
        if not term:
            break
        forms.append(terms[tuple(found[-term:])])
        found = found[:-term]
        if found[-1] in JOINTS and len(found) > 1:
            found = found[:-1]
    if len(found) > 1 and found[0] in FORE:
        forms.append(found[0])
        found = found[1:]
    return found, _form(forms)


def _form(forms: list[str]) -> str:
    named = sorted({form for form in forms if form})
    return "anglo" if named and all(form in ANGLO for form in named) else " ".join(named)


@cache
def endings() -> frozenset[str]:
    """The words in which legal forms end."""
    return frozenset(term[-1] for term in legal_forms())


@cache
def legal_forms() -> dict[tuple[str, ...], str]:
    """Legal forms as folded words -> one spelling of each."""
    known = [term for table in (terms_by_type, terms_by_country) for group in table.values() for term in group]
    found = {tuple(words(fold(term).replace(".", ""))): fold(term).replace(".", "").strip() for term in known}
    found |= {tuple(words(fold(term))): fold(term).replace(".", "").strip() for term in known if "." in term.strip(".")}
    found |= {tuple(words(long)): short for long, short in LONG_FORMS.items()}
    return {term: form for term, form in found.items() if term and term not in KEPT}


LONGEST = 6
KEPT = frozenset(
    {(word,) for word in ("uk", "private", "ok", "da", "is", "et", "st", "s", "sp", "a", "co op", "de", "nl", "ks")}
)
"""Entries of cleanco's lists that are everyday words, names or countries."""
