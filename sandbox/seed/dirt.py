"""How one record comes to differ from another of the same thing: typing, sources, age and carelessness."""

import random
from collections.abc import Callable

from sandbox.seed import names, places
from sandbox.seed.entities import Company, Person, slug

PLACEHOLDERS = ("N/A", "-", "test", "unknown", "tbd", "n/a", "xxx")
SUBSTITUTES = {"&": "and", " and ": " & ", " und ": " & "}


def typo(text: str, roll: random.Random) -> str:
    """One slip of the fingers: two letters swapped, one dropped, doubled or hit beside; short words stay."""
    if len(text) < 5:
        return text
    place = roll.randrange(1, len(text) - 2)
    left, char, right = text[:place], text[place], text[place + 1 :]
    return roll.choice(
        (
            left + right,
            left + char + char + right,
            left + right[:1] + char + right[1:],
            left + roll.choice("aeiorstn") + right,
        )
    )


def phone_style(phone: str | None, roll: random.Random) -> str | None:
    """ "+CC AREA REST" in one of the ways people write numbers: international, national, dotted, bare."""
    if phone is None:
        return None
    calling, area, rest = phone.split(" ")
    country = places.BY_CALLING[calling]
    area = "" if area == "-" else area
    national = f"{country.trunk}{area}"
    split = f"{rest[:-4]}-{rest[-4:]}" if len(rest) > 5 else rest
    forms = (
        f"{calling} {area} {rest}", f"{calling}{area}{rest}", f"00{calling[1:]} {area}{rest}", f"({national}) {split}",
        f"{national} {rest}", f"{national}{rest}", f"{national}.{split.replace('-', '.')}", f"{national}/{rest}",
        f"{calling} ({country.trunk}){area} {split}" if country.trunk else f"{calling} {area} {split}",
    )  # fmt: skip
    chosen = roll.choice(forms).replace("()", "").replace("  ", " ").strip(" ./")
    return f"{chosen} {roll.choice(('ext.', 'x', 'Ext'))} {roll.randint(10, 499)}" if roll.random() < 0.03 else chosen


def shout(text: str, roll: random.Random) -> str:
    """The text in capitals, in small letters, or with white space around and inside it."""
    return roll.choice((text.upper(), text.lower(), f" {text}", f"{text}  ", text.replace(" ", "  ", 1)))


def plain(text: str) -> str:
    """The text without its accents, as old systems exported it."""
    return " ".join(
        "".join(char if char in " &.-'()#" or char.isascii() else slug(char) for char in word) for word in text.split()
    )


def _legal(company: Company, roll: random.Random) -> Company:
    form = roll.choice(places.BY_CODE[company.country].forms)
    bare = company.core if company.name != company.core else f"{company.core} {form}"
    return company._replace(name=roll.choice((bare, f"{company.core}, {form}", bare)))


def _typo(company: Company, roll: random.Random) -> Company:
    return company._replace(name=typo(company.name, roll))


def _dba(company: Company, roll: random.Random) -> Company:
    trade = company.core.split(" ")[0]
    return company._replace(
        name=roll.choice(
            (f"{company.name} dba {trade}", f"{trade} ({company.core})", f"{company.core} - {company.city}")
        ),
    )


def _ampersand(company: Company, roll: random.Random) -> Company:
    name = company.name
    for old, new in SUBSTITUTES.items():
        if old in name:
            return company._replace(name=name.replace(old, new, 1))
    return company._replace(name=plain(name) if not name.isascii() else shout(name, roll))


def _order(company: Company, roll: random.Random) -> Company:
    words = company.core.split(" ")
    return company._replace(
        name=roll.choice((f"{' '.join(words[1:])} {words[0]}".strip(), f"The {company.core}", f"{company.core} Intl")),
    )


def _domain(company: Company, roll: random.Random) -> Company:
    if company.domain is None:
        return company
    label, _, rest = company.domain.partition(".")
    other = [suffix for suffix in places.BY_CODE[company.country].suffixes if suffix != f".{rest}"] or [".com"]
    domain = roll.choice(
        (label + roll.choice(other), f"{label.replace('-', '')}-group.{rest}", f"{slug(label)}.{rest}")
    )
    return company._replace(domain=domain, website=f"http://{domain}")


def _moved(company: Company, roll: random.Random) -> Company:
    street = roll.choice(places.BY_CODE[company.country].streets).format(n=roll.randint(1, 240), m=roll.randint(1, 40))
    return company._replace(street=street, phone=company.phone if roll.random() < 0.6 else None)


def _no_domain(company: Company, roll: random.Random) -> Company:
    return company._replace(domain=None, website=company.website if roll.random() < 0.3 else None)


COMPANY_DIRT: tuple[tuple[str, int, Callable[[Company, random.Random], Company]], ...] = (
    ("legal form", 6, _legal), ("typo", 4, _typo), ("dba", 2, _dba), ("ampersand or case", 4, _ampersand),
    ("word order", 1, _order),
    ("other domain", 3, _domain), ("moved", 2, _moved), ("no domain", 4, _no_domain),
)  # fmt: skip


def _nickname(person: Person, roll: random.Random) -> Person:
    short = names.NICKNAMES.get(person.first)
    return person._replace(first=roll.choice(short) if short else f"{person.first[0]}.")


def _misspelled(person: Person, roll: random.Random) -> Person:
    if roll.random() < 0.5:
        return person._replace(last=typo(person.last, roll))
    return person._replace(first=typo(person.first, roll))


def _swapped(person: Person, roll: random.Random) -> Person:
    return person._replace(first=person.last, last=person.first)


def _unaccented(person: Person, roll: random.Random) -> Person:
    first, last = plain(person.first), plain(person.last)
    return (
        person._replace(first=first, last=last) if (first, last) != (person.first, person.last) else _case(person, roll)
    )


def _case(person: Person, roll: random.Random) -> Person:
    return person._replace(first=shout(person.first, roll), last=shout(person.last, roll))


def _alias(person: Person, roll: random.Random) -> Person:
    box, _, host = (person.email or "").partition("@")
    given, family = slug(person.first), slug(person.last)
    if not box:
        return person
    if host == "gmail.com":
        return person._replace(
            email=roll.choice((f"{box.replace('.', '')}@gmail.com", f"{box}@googlemail.com", f"{box}+crm@gmail.com")),
        )
    return person._replace(
        email=roll.choice((f"{box}+newsletter@{host}", f"{family}.{given}@{host}", f"{given}{family[:1]}@{host}")),
    )


def _no_email(person: Person, roll: random.Random) -> Person:
    return person._replace(email=None)


def _private_email(person: Person, roll: random.Random) -> Person:
    host = roll.choice(names.free_mail(person.country))
    return person._replace(email=f"{slug(person.first)}{slug(person.last)}{roll.randint(1, 99)}@{host}")


def _promoted(person: Person, roll: random.Random) -> Person:
    return person._replace(title=roll.choice(names.TITLES[person.team]) if person.team else None)


PERSON_DIRT: tuple[tuple[str, int, Callable[[Person, random.Random], Person]], ...] = (
    ("nickname", 5, _nickname), ("typo", 4, _misspelled), ("names swapped", 1, _swapped), ("no accents", 3,
    _unaccented),
    ("case", 3, _case), ("alias address", 5, _alias), ("no address", 4, _no_email), ("private address", 2,
    _private_email),
    ("new title", 3, _promoted),
)  # fmt: skip
COMPANY_DRAW = tuple((label, make) for label, weight, make in COMPANY_DIRT for _ in range(weight))
PERSON_DRAW = tuple((label, make) for label, weight, make in PERSON_DIRT for _ in range(weight))


def company_copy(company: Company, copy: int, roll: random.Random) -> tuple[Company, str]:
    """The company as its nth record has it, and what was done to it; the first (0) is only incomplete."""
    made, labels = company, list[str]()
    for label, make in roll.sample(COMPANY_DRAW, roll.randint(1, 3)) if copy else ():
        made = make(made, roll)
        labels.append(label)
    made = _blank_company(made, roll, 0.22 if copy else 0.07)
    if not (made.domain or made.phone or made.street):
        made = made._replace(phone=company.phone)
    made = made._replace(phone=phone_style(made.phone, roll), website=_web(made.website, roll))
    return made, ", ".join(dict.fromkeys(labels))


def person_copy(person: Person, copy: int, roll: random.Random) -> tuple[Person, str]:
    """The person as the nth record has it, and what was done to it; the first (0) is only incomplete."""
    made, labels = person, list[str]()
    for label, make in roll.sample(PERSON_DRAW, roll.randint(1, 3)) if copy else ():
        made = make(made, roll)
        labels.append(label)
    made = _blank_person(made, roll, 0.3 if copy else 0.12)
    if not (made.email or made.phone or made.mobile):
        made = made._replace(email=person.email, mobile=person.mobile)
    made = made._replace(phone=phone_style(made.phone, roll), mobile=phone_style(made.mobile, roll))
    return made, ", ".join(dict.fromkeys(labels))


def _blank_company(company: Company, roll: random.Random, share: float) -> Company:
    def kept(value: str | None) -> str | None:
        return value if roll.random() >= share else None

    def filled(value: str | None) -> str | None:
        return kept(value) if roll.random() > 0.02 else roll.choice(PLACEHOLDERS)

    return company._replace(
        domain=kept(company.domain),
        website=kept(company.website),
        phone=kept(company.phone),
        street=filled(company.street),
        city=filled(company.city),
        state=kept(company.state),
        postcode=kept(company.postcode),
        employees=company.employees if roll.random() >= share else None,
        revenue=company.revenue if roll.random() >= share else None,
    )


def _blank_person(person: Person, roll: random.Random, share: float) -> Person:
    def kept(value: str | None) -> str | None:
        return value if roll.random() >= share else None

    def filled(value: str | None) -> str | None:
        return kept(value) if roll.random() > 0.015 else roll.choice(PLACEHOLDERS)

    return person._replace(
        phone=kept(person.phone),
        mobile=kept(person.mobile),
        title=filled(person.title),
        company=filled(person.company),
        street=kept(person.street),
        city=filled(person.city),
        state=kept(person.state),
        postcode=kept(person.postcode),
    )


def _web(website: str | None, roll: random.Random) -> str | None:
    if website is None or "." not in website:
        return website
    bare = website.split("://")[-1].removeprefix("www.")
    return roll.choice(
        (
            website,
            website,
            bare,
            f"www.{bare}",
            f"http://{bare}/",
            f"https://{bare}/en/index.html",
            f"HTTPS://WWW.{bare.upper()}",
        )
    )
