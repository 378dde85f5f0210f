"""A country as its ISO 3166 code of two letters."""

from phonenumbers import SUPPORTED_REGIONS

from hygiene.clean.text import fold

NAMES = {
    "AE": "uae, united arab emirates, are",
    "AR": "argentina, arg",
    "AT": "austria, osterreich, oesterreich, aut",
    "AU": "australia, aus",
    "BE": "belgium, belgien, belgique, belgie, bel",
    "BG": "bulgaria, bgr",
    "BR": "brazil, brasil, bra",
    "BY": "belarus, blr",
    "CA": "canada, can",
    "CH": "switzerland, schweiz, suisse, svizzera, che",
    "CL": "chile, chl",
    "CN": "china, peoples republic of china, pr china, prc, chn",
    "CO": "colombia, col",
    "CZ": "czech republic, czechia, tschechien, cze",
    "DE": "germany, deutschland, allemagne, ger, deu, federal republic of germany",
    "DK": "denmark, danmark, danemark, dnk",
    "EE": "estonia, est",
    "EG": "egypt, egy",
    "ES": "spain, espana, spanien, esp",
    "FI": "finland, suomi, fin",
    "FR": "france, frankreich, fra",
    "GB": "uk, united kingdom, great britain, england, scotland, wales, northern ireland, gbr, u.k.",
    "GR": "greece, hellas, grc",
    "HK": "hong kong, hkg",
    "HR": "croatia, hrv",
    "HU": "hungary, hun",
    "ID": "indonesia, idn",
    "IE": "ireland, eire, irl",
    "IL": "israel, isr",
    "IN": "india, ind",
    "IT": "italy, italia, italien, ita",
    "JP": "japan, jpn, nippon",
    "KR": "south korea, korea, republic of korea, kor",
    "LT": "lithuania, ltu",
    "LU": "luxembourg, luxemburg, lux",
    "LV": "latvia, lva",
    "MX": "mexico, mex",
    "MY": "malaysia, mys",
    "NG": "nigeria, nga",
    "NL": "netherlands, the netherlands, holland, nederland, niederlande, nld",
    "NO": "norway, norge, nor",
    "NZ": "new zealand, nzl",
    "PH": "philippines, phl",
    "PK": "pakistan, pak",
    "PL": "poland, polska, polen, pol",
    "PT": "portugal, prt",
    "RO": "romania, rou",
    "RS": "serbia, srb",
    "RU": "russia, russian federation, rus",
    "SA": "saudi arabia, sau, ksa",
    "SE": "sweden, sverige, schweden, swe",
    "SG": "singapore, sgp",
    "SI": "slovenia, svn",
    "SK": "slovakia, slovak republic, svk",
    "TH": "thailand, tha",
    "TR": "turkey, turkiye, tur",
    "TW": "taiwan, twn",
    "UA": "ukraine, ukr",
    "US": "usa, united states, united states of america, u.s., u.s.a., america",
    "VN": "vietnam, viet nam, vnm",
    "ZA": "south africa, zaf",
}
CODES = {name: code for code, names in NAMES.items() for name in names.split(", ")}
WORDS = frozenset(
    word for names in NAMES.values() for name in names.split(", ") if len(name) > 3 for word in name.split()
)
"""The words of country names: in a company's name they tell one subsidiary from another."""


def country(text: str) -> str:
    """`DE` of `Deutschland`, `Germany`, `GER` or `de`; "" for what is no country known here."""
    folded = fold(text)
    if folded in CODES:
        return CODES[folded]
    code = folded.upper()
    return code if code in SUPPORTED_REGIONS else ""
