"""Different things that look like one: holdings, subsidiaries, franchises, namesakes, families, shared mailboxes.

Each trap makes a relative from a base and from what the relative would otherwise have been. The relative is an entity
of its own; its record's note in the truth table reads "<trap>: <entity of the base>".
"""

import random
from collections.abc import Callable

from sandbox.seed import names, places
from sandbox.seed.entities import Company, Person, slug


def _form(name: str, core: str) -> str:
    return name.removeprefix(core).strip()


HOSTS = ("facebook.com", "instagram.com", "sites.google.com")


def holding(base: Company, own: Company, roll: random.Random) -> Company:
    """The parent that owns "X": "X Holdings", at the same address and often the same switchboard."""
    word = roll.choice(("Holdings", "Holding", "Group", "Capital Group"))
    core = f"{base.core} {word}"
    same = roll.random() < 0.6
    return base._replace(
        core=core,
        name=f"{core} {_form(base.name, base.core)}",
        phone=base.phone if same else own.phone,
        employees=own.employees,
        revenue=own.revenue,
        industry="FINANCIAL_SERVICES",
    )


def subsidiary(base: Company, own: Company, roll: random.Random) -> Company:
    """A legal entity of the same group on the group's domain, in another country or under another line of business."""
    country = places.BY_CODE[own.country]
    word = (
        country.name
        if own.country != base.country
        else roll.choice(("Services", "International", "Leasing", "Real Estate"))
    )
    core = f"{base.core} {word}"
    return own._replace(
        core=core, name=f"{core} {roll.choice(country.forms)}", domain=base.domain, website=base.website
    )


def franchise(base: Company, own: Company, roll: random.Random) -> Company:
    """Another shop of the brand: same name and domain, other town and telephone, sometimes a store number."""
    name = base.core if roll.random() < 0.5 else f"{base.core} #{roll.randint(2, 90)}"
    home = places.BY_CODE[base.country]
    # Never the base's own town: there only the street would tell the two shops apart.
    towns = [town for town in home.towns if town.name != base.city]
    town = towns[int(roll.random() * len(towns))]
    code = "".join(str(roll.randrange(10)) if char == "#" else char for char in town.postcode)
    phone = places.fixed_line(home, 400_000 + roll.randrange(400_000))
    street = roll.choice(home.streets).format(n=roll.randint(1, 240), m=roll.randint(1, 40))
    return base._replace(
        name=name,
        phone=phone,
        street=street,
        city=town.name,
        state=town.state or None,
        postcode=code,
        revenue=own.revenue,
    )


def switchboard(base: Company, own: Company, roll: random.Random) -> Company:
    """A stranger in the same serviced office: same street and reception telephone."""
    return own._replace(
        phone=base.phone,
        street=base.street,
        city=base.city,
        state=base.state,
        postcode=base.postcode,
        country=base.country,
    )


def namesake(base: Company, own: Company, roll: random.Random) -> Company:
    """A company of the same name that has nothing to do with it, often in another country."""
    form = roll.choice(places.BY_CODE[own.country].forms)
    return own._replace(core=base.core, name=f"{base.core} {form}")


def sound_alike(base: Company, own: Company, roll: random.Random) -> Company:
    """A name one letter away, another domain, telephone and trade."""
    first, _, rest = base.core.partition(" ")
    place = roll.randrange(1, max(len(first), 2))
    letter = roll.choice([char for char in "aeiounrstl" if first[place : place + 1] != char])
    core = f"{first[:place]}{letter}{first[place + 1 :]} {rest}".strip()
    return own._replace(core=core, name=f"{core} {_form(own.name, own.core)}")


def hosted_page(base: Company, own: Company, roll: random.Random) -> Company:
    """A small firm whose web site is a page on somebody else's domain, as is the base's neighbor's."""
    host = HOSTS[base.mail_pattern % len(HOSTS)]
    return own._replace(
        domain=host,
        website=f"https://www.{host}/{own.core.replace(' ', '').lower()}",
        employees=roll.randint(1, 9),
    )


def job_changer(base: Person, own: Person, roll: random.Random) -> Person:
    """The same human being with a new employer: related, but the two records must stay apart."""
    return _renamed(base, own)._replace(mobile=base.mobile or own.mobile, title=roll.choice((base.title, own.title)))


def same_name(base: Person, own: Person, roll: random.Random) -> Person:
    """Another person of the same name at another company, often in another country."""
    return _renamed(base, own)


def same_name_colleague(base: Person, own: Person, roll: random.Random) -> Person:
    """Two people of one name at one company: hofmann@ and hofmann2@."""
    return own._replace(first=base.first, last=base.last, email=_numbered(base.email, 2))


def shared_initial(base: Person, own: Person, roll: random.Random) -> Person:
    """A colleague whose first name begins with the same letter and whose last name is the same."""
    culture = places.BY_CODE[base.country].culture
    others = [name for name in culture.women + culture.men if name[0] == base.first[0] and name != base.first]
    return own._replace(first=roll.choice(others or [own.first]), last=base.last, email=_numbered(base.email, 3))


def family(base: Person, own: Person, roll: random.Random) -> Person:
    """A relative at the same address and telephone with an own mailbox; sometimes father and son of one name."""
    junior = roll.random() < 0.3
    first = base.first if junior else own.first if own.first != base.first else names.CULTURES["english"].women[0]
    last = f"{base.last} Jr." if junior else base.last
    return own._replace(
        first=first,
        last=last,
        phone=base.phone or base.mobile,
        mobile=None if junior else own.mobile,
        street=base.street,
        city=base.city,
        state=base.state,
        postcode=base.postcode,
        country=base.country,
    )


def free_mail(base: Person, own: Person, roll: random.Random) -> Person:
    """Strangers of one name whose free mailboxes differ by digits only."""
    box, _, host = (base.email or "").partition("@")
    digits = "".join(char for char in (own.email or "") if char.isdigit())
    return own._replace(first=base.first, last=base.last, email=f"{box.rstrip('0123456789')}{digits}@{host}")


def role_mailbox(base: Person, own: Person, roll: random.Random) -> Person:
    """Somebody else behind the shared mailbox that the base's colleague also gave."""
    host = (base.email or own.email or "@example.com").partition("@")[2]
    box = ("info", "sales", "office", "support")[len(host) % 4]
    return own._replace(email=f"{box}@{host}", phone=base.phone or own.phone)


def _renamed(base: Person, own: Person) -> Person:
    """`own` under the base's name, its mailbox too."""
    box, at, host = (own.email or "").partition("@")
    renamed = box.replace(slug(own.last), slug(base.last)).replace(slug(own.first), slug(base.first))
    return own._replace(first=base.first, last=base.last, email=f"{renamed}{at}{host}" if box else None)


def _numbered(email: str | None, number: int) -> str | None:
    box, at, host = (email or "").partition("@")
    return f"{box}{number}{at}{host}" if box else None


COMPANIES: dict[str, Callable[[Company, Company, random.Random], Company]] = {
    make.__name__: make for make in (holding, subsidiary, franchise, switchboard, namesake, sound_alike, hosted_page)
}
PEOPLE: dict[str, Callable[[Person, Person, random.Random], Person]] = {
    make.__name__: make
    for make in (same_name, same_name_colleague, shared_initial, family, free_mail, role_mailbox, job_changer)
}
COLLEAGUES = frozenset({"same_name_colleague", "shared_initial", "role_mailbox"})
"""Traps whose two people work at one company."""
AT_HOME = frozenset({"family", "free_mail"})
"""Traps whose people have no employer we know."""
