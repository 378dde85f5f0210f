"""Companies: entities, the copies of each that a CRM collects, and the relatives that must stay apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.crm import dirt
from bench.crm.mix import Dice
from bench.crm.words import FAMILY, FORMS, FREE, NAMES, QUALITIES, SYLLABLES, land, listed, skewed

FIELDS = ("name", "domain", "phone", "street", "city", "state", "postcode", "country")
AREAS = listed("""
    201 202 203 205 206 212 213 214 215 216 303 305 310 312 313 314 315 401 402 404 407 408 410 412 414 415 417 419
    501 502 503 504 505 508 510 512 513 515 516 517 518 602 603 605 606 607 608 609 610 612 614 615 616 617 619 701
    702 703 704 706 707 713 714 716 717 718 801 802 803 804 805 808 810 812 813 814 815 816 817 818 901 903 904 906
    907 908 909 910 912 913 914 915 916 918 919
""")
LINES = {
    "GB": ("207", "208", "121", "161", "113", "117", "131", "141", "151", "115"),
    "DE": ("30", "89", "40", "69", "221", "711", "211", "351", "341", "911"),
    "FR": ("14", "15", "38", "47", "56", "32", "24", "49"),
    "NL": ("20", "10", "30", "70", "40", "50", "24", "13"),
    "ES": ("91", "93", "96", "95", "94", "98"),
    "SE": ("8", "31", "40", "18", "46"),
}
LENGTH = {"GB": 10, "DE": 10, "FR": 9, "NL": 9, "ES": 9, "SE": 9}


@dataclass(frozen=True, slots=True)
class Company:
    """One real company; `old` is a name it traded under, `phones` its lines (national digits)."""

    core: str
    trade: str
    form: str
    domain: str
    phones: tuple[str, ...]
    street: str
    city: str
    state: str
    postcode: str
    country: str
    old: str = ""

    @property
    def name(self) -> str:
        """Without its legal form."""
        return f"{self.core} {self.trade}".strip()


def entity(dice: Dice, country: str | None = None) -> Company:
    """A company that resembles no other by design."""
    pick = dice.pick
    country = country or str(dice.one("countries"))
    core, trade = _core(dice, country), ""
    if dice.chance(82):
        trade = skewed(pick, land(country).trades)
        trade += f" {pick.choice(land(country).trades)}" if dice.chance(8) else ""
    form = pick.choice(FORMS[country]) if dice.chance(80) else ""
    made = Company(core, trade, form, "", lines(dice, country), *_door(dice, country), country=country)
    old = _core(dice, country) if dice.chance(10) else ""
    return replace(made, domain=_domain(dice, made), old=old)


def family(dice: Dice, base: Company, kind: str) -> Company:
    """A relative of `base` that must not be merged with it."""
    pick, country = dice.pick, base.country
    city, other = land(country), entity(dice, country)
    place = (other.street, other.city, other.state, other.postcode)
    if kind == "subsidiary":
        word = pick.choice(listed(FAMILY)) if dice.chance(70) else pick.choice(city.trades)
        near = base if dice.chance(45) else other
        made = _at(base, near)
        phones = base.phones if dice.chance(35) else other.phones
        trade = f"{base.trade} {word}".strip() if dice.chance(65) else word
        return replace(made, trade=trade, phones=phones, domain=base.domain if dice.chance(65) else other.domain)
    if kind == "holding":
        trade = f"{base.trade} {pick.choice(('Holdings', 'Holding', 'Group', 'Beteiligungs', 'Capital'))}".strip()
        return replace(base, trade=trade, phones=base.phones if dice.chance(60) else other.phones)
    if kind == "franchise":
        tail = pick.choice((f" #{pick.randint(2, 990)}", f" of {other.city}", f" - {other.city}", "", ""))
        made = replace(base, trade=base.trade + tail, phones=other.phones)
        return replace(made, street=place[0], city=place[1], state=place[2], postcode=place[3])
    if kind == "namesake":
        made = entity(dice, country if dice.chance(60) else None)
        return replace(made, core=base.core, trade=base.trade, domain=_domain(dice, made))
    if kind == "shared_office":
        made = _at(other, base)
        return replace(made, phones=base.phones if dice.chance(50) else other.phones)
    label, _, tail = base.domain.partition(".")
    return replace(other, domain=f"{label}{pick.choice(('', 'hq', 'app', 'x'))}.{'org' if tail == 'com' else 'com'}")


def records(dice: Dice, base: Company, copies: int) -> Iterator[dict[str, str]]:
    """That many records of one company, each with its own dirt."""
    for _ in range(copies):
        yield record(dice, base)


def record(dice: Dice, base: Company) -> dict[str, str]:
    """One record of a company as a CRM would hold it."""
    kinds, pick = dice.befalls("company"), dice.pick
    row = {
        "name": _name(dice, base, kinds),
        "domain": _site(dice, base, kinds),
        "phone": _phone(dice, base, kinds),
        "street": dirt.street(pick, base.street) if "street_form" in kinds else base.street,
        "city": _city(dice, base, kinds),
        "state": base.state,
        "postcode": base.postcode + ("-" + str(pick.randint(1000, 9999)) if _plus_four(base, kinds) else ""),
        "country": pick.choice((base.country, NAMES[base.country])),
    }
    if "moved" in kinds:
        row |= dict(zip(("street", "city", "state", "postcode"), _door(dice, base.country), strict=True))
    return {field: value if value and dice.filled("companies", field) else "" for field, value in row.items()}


def lines(dice: Dice, country: str) -> tuple[str, ...]:
    """A switchboard and a direct line, national digits."""
    pick = dice.pick
    if country == "US":
        start = f"{pick.choice(AREAS)}{pick.choice('2346789')}{pick.randint(12, 98)}"
    else:
        area = pick.choice(LINES[country])
        start = area + "".join(pick.choice("23456789") for _ in range(LENGTH[country] - 4 - len(area)))
    return (f"{start}{pick.randint(0, 9999):04}", f"{start}{pick.randint(0, 9999):04}")


def _core(dice: Dice, country: str) -> str:
    pick, names, kind = dice.pick, land(country), dice.pick.random()
    if kind < 0.36:
        count = pick.choice((2, 3, 3, 4))
        return "".join(pick.choice(listed(SYLLABLES)) for _ in range(count)).capitalize()
    if kind < 0.62:
        return skewed(pick, names.last)
    if kind < 0.78:
        return (
            f"{pick.choice(listed(QUALITIES))} {pick.choice(listed(QUALITIES))}" if dice.chance(40) else _quality(dice)
        )
    if kind < 0.86:
        return pick.choice(names.cities)[0]
    if kind < 0.95:
        return f"{skewed(pick, names.last)} & {skewed(pick, names.last)}"
    return "".join(pick.choice("ABCDEFGHIKLMNPRSTV") for _ in range(3))


def _quality(dice: Dice) -> str:
    return dice.pick.choice(listed(QUALITIES))


def _domain(dice: Dice, made: Company) -> str:
    core, trade = dirt.slug(made.core), dirt.slug(made.trade)
    label = dice.pick.choice((core + trade, core + trade, f"{core}-{trade}" if trade else core, core + trade[:4], core))
    return f"{label or 'the'}.{dirt.ending(dice.pick, made.country)}"


def _door(dice: Dice, country: str) -> tuple[str, str, str, str]:
    pick, names = dice.pick, land(country)
    city, state, zone = names.cities[int(len(names.cities) * pick.random() ** 1.6)]
    number, road = pick.randint(1, 9800 if country == "US" else 240), pick.choice(names.streets)
    postcode = f"{zone}{pick.randint(1, 9)}{pick.choice('ABDEHLN')}{pick.choice('ABDEHLN')}"
    if country != "GB":
        postcode = f"{zone}{pick.randint(1, 99):02}"
    street = f"{number} {road}" if country in ("US", "GB", "FR") else f"{road} {number}"
    return street, city, state, postcode


def _at(made: Company, near: Company) -> Company:
    return replace(made, street=near.street, city=near.city, state=near.state, postcode=near.postcode)


def _name(dice: Dice, base: Company, kinds: set[str]) -> str:
    pick, name = dice.pick, base.name
    if "acronym" in kinds and len(name.split()) >= 3:
        return "".join(word[0] for word in name.split() if word != "&").upper()
    if "trade_name" in kinds and base.old:
        name = f"{base.old} dba {name}" if dice.chance(60) else f"{name} (formerly {base.old})"
    name = dirt.abbreviated(name) if "abbreviation" in kinds else name
    name = " ".join(reversed(name.split())) if "word_order" in kinds else name
    name = name.replace(" ", "", 1) if "joined" in kinds else name
    name = name.replace("&", pick.choice(("and", "+", "und"))) if "ampersand" in kinds else name
    name = dirt.typo(pick, name) if "typo" in kinds else name
    name = dirt.unaccented(pick, name) if "accent" in kinds else name
    full = f"{name} {base.form}".strip()
    full = dirt.reformed(pick, name, base.form, base.country) if "legal_form" in kinds else full
    return _unseen_name(dice, dirt.case(pick, full) if "case" in kinds else full, base, kinds) + _note(dice, kinds)


def _note(dice: Dice, kinds: set[str]) -> str:
    return dice.pick.choice((" (old)", " - duplicate", " *", " (do not use)")) if "note" in kinds else ""


def _unseen_name(dice: Dice, name: str, base: Company, kinds: set[str]) -> str:
    name = f"{name} ({base.city})" if "parenthesis_place" in kinds else name
    name = f"The {name}" if "leading_the" in kinds else name
    name = (
        f"{name} - {dice.pick.choice(('Accounts Payable', 'Purchasing', 'HQ', 'IT'))}"
        if "department_tail" in kinds
        else name
    )
    name = f"{name} {NAMES[base.country]}" if "trailing_country" in kinds else name
    return dirt.ocr(dice.pick, name) if "ocr" in kinds else name


def _site(dice: Dice, base: Company, kinds: set[str]) -> str:
    if "free_mail_domain" in kinds:
        return dice.pick.choice(FREE)
    domain = base.domain
    if "other_domain" in kinds:
        domain = f"{domain.partition('.')[0]}.{dice.pick.choice(('com', 'net', 'eu', 'io', 'biz'))}"
    return dirt.website(dice.pick, domain) if "website_form" in kinds else domain


def _phone(dice: Dice, base: Company, kinds: set[str]) -> str:
    digits = base.phones["direct_line" in kinds]
    digits = dirt.wrong_digit(dice.pick, digits) if "phone_typo" in kinds else digits
    shown = dirt.phone(dice.pick, digits, base.country) if "phone_form" in kinds else _plain(digits, base.country)
    second = _plain(base.phones[1], base.country)
    return f"{shown} / {second}" if "two_phones" in kinds else shown


def _plain(digits: str, country: str) -> str:
    return f"+{dirt.CODES[country]}{digits}"


def _city(dice: Dice, base: Company, kinds: set[str]) -> str:
    if "city_form" not in kinds:
        return base.city
    return dice.pick.choice(
        (base.city.upper(), dirt.unaccented(dice.pick, base.city), f"{base.city}, {base.state or base.country}")
    )


def _plus_four(base: Company, kinds: set[str]) -> bool:
    return base.country == "US" and "postcode_form" in kinds
