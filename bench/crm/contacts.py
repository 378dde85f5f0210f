"""Contacts: people, the copies of each that a CRM collects, and the relatives that must stay apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.crm import companies, dirt
from bench.crm.companies import Company
from bench.crm.mix import Dice
from bench.crm.words import FREE, NAMES, ROLES, TITLES, land, nicknames, skewed

FIELDS = ("first_name", "last_name", "email", "phone", "mobile", "company", "website", "title", "city", "country")
MOBILES = {"GB": "7", "DE": "17", "FR": "6", "NL": "6", "ES": "6", "SE": "70"}
SIZES = {"GB": 10, "DE": 10, "FR": 9, "NL": 9, "ES": 9, "SE": 9}
JOBS = [title.strip() for title in TITLES.split(";")]


@dataclass(frozen=True, slots=True)
class Person:
    """One real person at one employer."""

    first: str
    last: str
    middle: str
    email: str
    private: str
    mobile: str
    other_mobile: str
    line: str
    title: str
    home: str
    at: Company
    generation: str = ""


def entity(dice: Dice, at: Company) -> Person:
    """A person who resembles no other by design."""
    pick, names = dice.pick, land(at.country)
    first, last = skewed(pick, names.first), skewed(pick, names.last)
    return Person(
        first,
        last,
        pick.choice("ABCDEFGHJKLMRST"),
        mailbox(dice, first, last, at),
        private(dice, first, last),
        mobile(dice, at.country),
        mobile(dice, at.country),
        companies.lines(dice, at.country)[0][:-4] + f"{pick.randint(0, 9999):04}",
        pick.choice(JOBS),
        pick.choice(names.cities)[0],
        at,
    )


def relative(dice: Dice, base: Person, kind: str, elsewhere: Company) -> Person:
    """Somebody who resembles `base` and must not be merged with them."""
    pick, other = dice.pick, entity(dice, base.at)
    if kind == "colleague_initial":
        alike = [name for name in land(base.at.country).first if name[0] == base.first[0] and name != base.first]
        first = pick.choice(alike or [other.first])
        taken = replace(other, first=first, last=base.last)
        return replace(taken, email=f"{dirt.slug(first)}.{dirt.slug(base.last)}@{base.at.domain}")
    if kind == "numbered_mailbox":
        box, _, site = base.email.partition("@")
        first = base.first if dice.chance(50) else other.first
        return replace(other, first=first, last=base.last, email=f"{box}{pick.randint(2, 9)}@{site}")
    if kind == "family":
        shared = replace(other, last=base.last, home=base.home, mobile=base.mobile if dice.chance(40) else other.mobile)
        return replace(shared, email=base.private if dice.chance(30) else private(dice, other.first, base.last))
    if kind == "father_son":
        son = replace(other, first=base.first, last=base.last, generation="Jr.", home=base.home)
        return replace(son, line=base.line, email=private(dice, son.first, "jr"))
    if kind == "namesake":
        far = entity(dice, elsewhere)
        return replace(far, first=base.first, last=base.last, email=mailbox(dice, base.first, base.last, elsewhere))
    if kind == "job_changer":
        moved = replace(base, at=elsewhere, email=mailbox(dice, base.first, base.last, elsewhere))
        return replace(moved, line=other.line, mobile=base.mobile if dice.chance(30) else other.mobile, private="")
    return replace(other, email=f"{pick.choice(ROLES)}@{base.at.domain}")


def record(dice: Dice, base: Person) -> dict[str, str]:
    """One record of a person as a CRM would hold it."""
    kinds, pick = dice.befalls("contact"), dice.pick
    first, last = _names(dice, base, kinds)
    digits = base.at.phones[0] if "switchboard" in kinds else base.line
    country = base.at.country
    number = base.other_mobile if "mobile_changed" in kinds else base.mobile
    row = {
        "first_name": first,
        "last_name": last,
        "email": _mail(dice, base, kinds),
        "phone": dirt.phone(pick, digits, country) if "phone_form" in kinds else f"+{dirt.CODES[country]}{digits}",
        "mobile": dirt.phone(pick, number, country) if "phone_form" in kinds else f"+{dirt.CODES[country]}{number}",
        "company": _company(dice, base, kinds),
        "website": dirt.website(pick, base.at.domain),
        "title": pick.choice(JOBS) if "changed_title" in kinds else base.title,
        "city": base.at.city if dice.chance(70) else base.home,
        "country": pick.choice((country, NAMES[country])),
    }
    shown = {field: value if value and dice.filled("contacts", field) else "" for field, value in row.items()}
    return shown if shown["last_name"] or shown["email"] else shown | {"email": row["email"], "last_name": last}


def records(dice: Dice, base: Person, copies: int) -> Iterator[dict[str, str]]:
    """That many records of one person, each with its own dirt."""
    for _ in range(copies):
        yield record(dice, base)


def mailbox(dice: Dice, first: str, last: str, at: Company) -> str:
    """An address by one of the usual patterns; a company keeps to its own."""
    a, b = dirt.slug(first), dirt.slug(last)
    pattern = sum(map(ord, at.domain)) % 5
    boxes = (f"{a}.{b}", f"{a[:1]}{b}", f"{a}{b}", a if dice.chance(20) else f"{a}.{b}", f"{b}.{a}")
    return f"{boxes[pattern]}@{at.domain}"


def private(dice: Dice, first: str, last: str) -> str:
    """An address at a free provider."""
    a, b, number = dirt.slug(first), dirt.slug(last), dice.pick.randint(1, 99)
    shapes = (f"{a}.{b}", f"{a}{b}{number}", f"{a[:1]}{b}{number}", f"{a}_{b}", f"{b}{a[:1]}{number}")
    return f"{dice.pick.choice(shapes)}@{dice.pick.choice(FREE)}"


def mobile(dice: Dice, country: str) -> str:
    """National digits of a mobile phone."""
    if country == "US":
        return companies.lines(dice, "US")[0]
    start = MOBILES[country]
    return start + "".join(dice.pick.choice("123456789") for _ in range(SIZES[country] - len(start)))


def _names(dice: Dice, base: Person, kinds: set[str]) -> tuple[str, str]:
    pick, first, last = dice.pick, base.first, base.last
    if "nickname" in kinds:
        first = pick.choice(nicknames().get(first, (first,)))
    first = f"{first[:1]}." if "initial" in kinds else first
    first = f"{first} {base.middle}." if "middle" in kinds else first
    first = f"{pick.choice(('Dr.', 'Prof.', 'Mr', 'Ms'))} {first}" if "title" in kinds else first
    if "married" in kinds:
        new = skewed(pick, land(base.at.country).last)
        last = f"{last}-{new}" if dice.chance(50) else new
    if "typo" in kinds:
        first, last = (dirt.typo(pick, first), last) if dice.chance(50) else (first, dirt.typo(pick, last))
    if "accent" in kinds:
        first, last = dirt.unaccented(pick, first), dirt.unaccented(pick, last)
    first, last = _unseen_names(dice, base, kinds, first, last)
    last = f"{last} {base.generation}".strip()
    if "case" in kinds:
        first, last = dirt.case(pick, first), dirt.case(pick, last)
    return (last, first) if "swapped" in kinds else (first, last)


def _unseen_names(dice: Dice, base: Person, kinds: set[str], first: str, last: str) -> tuple[str, str]:
    if "ocr" in kinds:
        first, last = dirt.ocr(dice.pick, first), dirt.ocr(dice.pick, last)
    first = f"{first} {last}" if "surname_twice" in kinds else first
    last = f"{last} ({base.at.name})" if "company_tail" in kinds else last
    last = last.replace("-", " ") if "hyphen_lost" in kinds else last
    first = first.replace("j", "y").replace("ck", "k") if "transliterated" in kinds and not first.isascii() else first
    return (base.email, last) if "mail_in_name" in kinds else (first, last)


def _mail(dice: Dice, base: Person, kinds: set[str]) -> str:
    address = base.private if "private_mail" in kinds and base.private else base.email
    box, _, site = address.partition("@")
    if "other_pattern" in kinds and address == base.email and box not in ROLES:
        a, b = dirt.slug(base.first), dirt.slug(base.last)
        box = dice.pick.choice((f"{a[:1]}.{b}", f"{a[:1]}{b}", f"{a}.{b}", f"{a}{b[:1]}"))
    box = f"{box}+{dice.pick.choice(('news', 'crm', 'event'))}" if "plus_tag" in kinds else box
    address = f"{box}@{site}"
    return address.title() if "mail_case" in kinds else address


def _company(dice: Dice, base: Person, kinds: set[str]) -> str:
    name, at = base.at.name, base.at
    return (
        dirt.reformed(dice.pick, name, at.form, at.country) if "company_form" in kinds else f"{name} {at.form}".strip()
    )
