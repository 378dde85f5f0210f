"""The words that names, towns and streets are made of; the names of people and places come from Faker's lists."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from faker import Faker

LOCALES = {
    "US": "en_US",
    "GB": "en_GB",
    "DE": "de_DE",
    "FR": "fr_FR",
    "NL": "nl_NL",
    "ES": "es_ES",
    "SE": "sv_SE",
}
NAMES = {"US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "NL": "Netherlands"}
NAMES |= {"ES": "Spain", "SE": "Sweden"}
ENDINGS = {"US": "com", "GB": "co.uk", "DE": "de", "FR": "fr", "NL": "nl", "ES": "es", "SE": "se"}
FORMS = {
    "US": ("Inc.", "LLC", "Corp.", "Inc", "Co.", "Ltd."),
    "GB": ("Ltd", "Limited", "PLC", "LLP"),
    "DE": ("GmbH", "AG", "GmbH & Co. KG", "KG", "e.K."),
    "FR": ("SARL", "SAS", "SA", "EURL"),
    "NL": ("B.V.", "BV", "N.V."),
    "ES": ("S.L.", "S.A.", "SL"),
    "SE": ("AB",),
}
SAME_FORM = {
    "Inc.": ("Inc", "Incorporated", ", Inc.", "INC"),
    "Inc": ("Inc.", "Incorporated"),
    "LLC": ("L.L.C.", "llc", ", LLC"),
    "Corp.": ("Corporation", "Corp"),
    "Co.": ("Company", "Co"),
    "Ltd.": ("Limited", "Ltd"),
    "Ltd": ("Limited", "Ltd.", "LTD"),
    "Limited": ("Ltd", "Ltd."),
    "PLC": ("plc", "P.L.C."),
    "GmbH": ("Gesellschaft mbH", "GMBH", "mbH"),
    "AG": ("Aktiengesellschaft",),
    "GmbH & Co. KG": ("GmbH & Co KG", "GmbH u. Co. KG", "GmbH und Co. KG"),
    "B.V.": ("BV", "bv"),
    "BV": ("B.V.",),
    "N.V.": ("NV",),
    "S.L.": ("SL", "S.L"),
    "S.A.": ("SA",),
    "SARL": ("S.A.R.L.", "Sarl"),
    "SAS": ("S.A.S.",),
}
TRADES = {
    "US": """Software Systems Analytics Logistics Manufacturing Consulting Plumbing Roofing Foods Insurance Staffing
        Media Design Robotics Networks Energy Electric Dental Motors Furniture Hardware Packaging Pharmaceuticals
        Bakery Brewing Printing Marketing Partners Engineering Construction Landscaping Aerospace Textiles Optics
        Instruments Trucking Security""",
    "GB": """Software Systems Logistics Consulting Builders Joinery Foods Insurance Recruitment Media Design Networks
        Energy Electrical Dental Motors Furniture Packaging Bakery Brewery Printing Marketing Engineering
        Scaffolding Textiles Optics Haulage Security Lettings Interiors""",
    "DE": """Software Systeme Logistik Maschinenbau Beratung Elektrotechnik Metallbau Werkzeugbau Bau Versicherungen
        Medien Design Energie Möbel Verpackungen Bäckerei Brauerei Druckerei Technik Spedition Optik Sicherheit
        Immobilien Gartenbau Anlagenbau Kältetechnik Fördertechnik Haustechnik""",
    "FR": """Logiciels Conseil Transports Industrie Bâtiment Électricité Assurances Médias Design Énergie Meubles
        Emballages Boulangerie Imprimerie Ingénierie Textile Optique Sécurité Immobilier Mécanique Plomberie""",
    "NL": """Software Logistiek Advies Bouw Techniek Transport Verzekeringen Media Ontwerp Energie Meubelen Verpakkingen
        Bakkerij Drukkerij Installaties Beveiliging Vastgoed Machines Schilders""",
    "ES": """Software Logística Consultores Construcciones Ingeniería Transportes Seguros Medios Diseño Energía Muebles
        Envases Panadería Imprenta Textiles Óptica Seguridad Inmobiliaria Maquinaria""",
    "SE": """Programvara Logistik Konsult Bygg Teknik Transport Försäkring Media Design Energi Möbler Förpackning Bageri
        Tryckeri Maskin Säkerhet Fastigheter El Måleri""",
}
QUALITIES = """
    Advanced Allied Apex Atlas Beacon Blue Bright Capital Cascade Central Clear Coastal Continental Crown Delta
    Eagle Eastern Evergreen First Frontier Global Golden Granite Great Green Harbor Heritage Highland Horizon
    Imperial Integrated Keystone Lakeside Liberty Metro Midland Modern Mountain National New Northern Oak Omega
    Pacific Pinnacle Pioneer Premier Prime Quality Red Reliable River Royal Silver Smart Southern Star Sterling
    Summit Sun Superior Titan Trident Union United Universal Valley Vanguard Vertex Victory Western White"""
FAMILY = """Holdings Group International Europe Services Capital Ventures Americas Asia Digital Labs Foundation Finance
    Leasing Distribution Retail Healthcare Properties Solutions Research North South Iberia Nordic Canada"""
SYLLABLES = "al an ar bel bo ca cen cor da den dra el en fi fo ga glo ha ix ja ka ko la li lo lu ma men mi na neo no nu or pa pe qua ra ri ro sa se si so ta te ti to tri u va ve vi vo xa ya ze zo"  # noqa: E501
TITLES = """CEO;CFO;CTO;VP Sales;VP Marketing;Sales Manager;Account Executive;Marketing Manager;Office Manager;Buyer;
    Purchasing Manager;Engineer;Project Manager;Operations Director;HR Manager;Controller;Founder;Consultant"""
ROLES = ("info", "sales", "office", "contact", "support", "admin", "accounts", "hello", "marketing", "billing")
FREE = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "aol.com",
    "gmx.de",
    "web.de",
    "orange.fr",
    "icloud.com",
)
NICKNAMES = """William:Bill,Will Robert:Bob,Rob James:Jim,Jimmy John:Jack Richard:Rick,Dick Thomas:Tom Michael:Mike
    Elizabeth:Liz,Beth Margaret:Peggy,Maggie Katherine:Kate,Kathy Catherine:Cathy Jennifer:Jen,Jenny Susan:Sue
    Patricia:Pat,Trish Joseph:Joe Charles:Charlie,Chuck Christopher:Chris Daniel:Dan Matthew:Matt Anthony:Tony
    Andrew:Andy,Drew Joshua:Josh Nicholas:Nick Benjamin:Ben Samuel:Sam Gregory:Greg Timothy:Tim Stephen:Steve
    Steven:Steve Edward:Ed,Ted Kenneth:Ken Deborah:Debbie Rebecca:Becky Kimberly:Kim Alexander:Alex Victoria:Vicky
    Samantha:Sam Jessica:Jess Amanda:Mandy David:Dave Douglas:Doug Donald:Don Lawrence:Larry Gerald:Jerry
    Philip:Phil Frederick:Fred Abigail:Abby Jacqueline:Jackie Pamela:Pam Cynthia:Cindy Maximilian:Max Johannes:Hans
    Sebastian:Basti Johanna:Hanna"""


def listed(table: str) -> tuple[str, ...]:
    """The words of a table written as text."""
    return tuple(table.split())


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Given name -> its short forms."""
    return {full: tuple(short.split(",")) for full, _, short in (item.partition(":") for item in listed(NICKNAMES))}


@dataclass(frozen=True, slots=True)
class Land:
    """The names of one country."""

    code: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]
    """(city, state, start of its postcodes)"""
    streets: tuple[str, ...]
    trades: tuple[str, ...]


@cache
def land(code: str) -> Land:
    """Faker's names of a country, always the same ones."""
    fake = Faker(LOCALES[code])
    fake.seed_instance(7)
    pick = random.Random(code)
    first = _shuffled(pick, {fake.first_name() for _ in range(3000)})
    last = _shuffled(pick, {fake.last_name() for _ in range(6000)})
    towns = _shuffled(pick, {fake.city() for _ in range(700)})
    cities = tuple((town, _state(pick, code), _zone(pick, code)) for town in towns)
    streets = tuple(sorted({fake.street_name() for _ in range(4000)}))
    return Land(code, first, last, cities, streets, listed(TRADES[code]))


def _shuffled(pick: random.Random, names: set[str]) -> tuple[str, ...]:
    """In an order of its own, which says how frequent each is, and not by the alphabet."""
    found = sorted(names)
    pick.shuffle(found)
    return tuple(found)


STATES = listed("CA TX NY FL IL PA OH GA NC MI NJ VA WA AZ MA TN IN MO MD WI CO MN SC AL LA KY OR OK CT UT")


def _state(pick: random.Random, code: str) -> str:
    return pick.choice(STATES) if code == "US" else ""


def _zone(pick: random.Random, code: str) -> str:
    if code == "GB":
        return f"{pick.choice('BCDEGLMNSW')}{pick.choice('ABEGLNRSW')}{pick.randint(1, 29)} "
    return f"{pick.randint(100, 989)}"


def skewed(pick: random.Random, values: Sequence[str]) -> str:
    """One of the values, the first ones far more often: names are not spread evenly."""
    return values[int(len(values) * pick.random() ** 1.7)]
