"""A person's names: given name, middle initial, family name, and Jr, Sr or III kept apart."""

import re
from collections import defaultdict

from nicknames import NickNamer

from hygiene.clean.text import PLACEHOLDERS, fold, listed, usable, words

NICKNAMES = NickNamer()
TITLES = listed("""
    mr mrs ms miss mx dr prof professor sir dame rev hon herr frau mme mlle sr. sra srta
""")
DEGREES = listed("""
    phd md mba cpa esq dds rn cfa pe jd msc bsc ba ma dipl ing
""")
GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "2", "iii": "3", "iv": "4"}
OWN = listed("""
    alan albert ann anna anne carl christian ellen emma helen jane jean joan john julia julian julie laura lena linda
    maria marie mark martin mary nathan nora paul peter rita rosa rose sandra sara
""")
"""Names that the list has for short forms of others, and that stand for themselves."""

FOND = re.compile(r"(?<=..)(?:ie|ey|y|i|e|o)$")
FEMININE = listed("a e ia na ina ine elle ella ette etta")
USUAL = listed("""
    bob:robert bobby:robert rob:robert bill:william billy:william will:william willie:william liam:william
    dick:richard rick:richard ricky:richard hank:henry harry:henry hal:henry jack:john johnny:john jonny:john
    chuck:charles chip:charles charlie:charles ted:edward ted:theodore teddy:edward teddy:theodore ned:edward
    jim:james jimmy:james jamie:james mike:michael mick:michael mickey:michael micky:michael tom:thomas
    tommy:thomas tony:anthony tony:antonio joe:joseph joey:joseph nick:nicholas nicky:nicholas jake:jacob
    steve:stephen steve:steven jeff:geoffrey geoff:jeffrey drew:andrew andy:andrew andy:andreas larry:lawrence
    larry:laurence harry:harold kit:christopher kris:christopher chris:kristin chris:kristen chris:crystal
    zack:zachary zak:zachary alec:alexander sandy:alexander sandy:alexandra sasha:alexander rick:eric
    rick:frederick fritz:friedrich heinz:heinrich hans:johannes hans:johann sepp:josef klaus:nikolaus uli:ulrich
    jorg:georg rolf:rudolf peggy:margaret peg:margaret meg:margaret maggie:margaret maggy:margaret madge:margaret
    greta:margaret gretchen:margarete molly:mary polly:mary sally:sarah sadie:sarah nan:ann nell:eleanor
    nellie:ellen betty:elizabeth betsy:elizabeth bess:elizabeth bessie:elizabeth liz:elizabeth lizzie:elizabeth
    libby:elizabeth liza:elizabeth lisa:elisabeth kate:catherine katie:catherine kathy:catherine kay:katherine
    cathy:katherine cathy:kathleen trish:patricia patsy:patricia becky:rebecca debbie:deborah debbie:debra
    vicky:victoria vicki:victoria tori:victoria jackie:jacqueline trudy:gertrude ginny:virginia shelly:michelle
    mandy:amanda mindy:melinda cindy:cynthia sue:susan suzie:susan susie:suzanne terry:theresa tess:theresa
    tessa:theresa kim:kimberley nikki:nicole nicky:nicole missy:melissa jerry:gerald basti:sebastian tracy:theresa
    steffi:stephanie pepe:jose paco:francisco pancho:francisco chuy:jesus lalo:eduardo quique:enrique
    memo:guillermo nacho:ignacio lola:dolores beto:roberto beto:alberto lupe:guadalupe gigi:luigi beppe:giuseppe
    peppe:giuseppe pippo:filippo jon:john sara:sarah erik:eric marc:mark steven:stephen stephan:stefan
    catherine:katherine kathryn:katherine bryan:brian geoffrey:jeffrey jeffery:jeffrey allan:alan allen:alan
    philip:phillip mathew:matthew mathias:matthias nicolas:nicholas tomas:thomas teresa:theresa kristen:kristin
    rebekah:rebecca lindsay:lindsey shaun:sean shawn:sean karl:carl klaus:claus katharina:catharina rachael:rachel
    gunter:gunther walter:walther elisabeth:elizabeth deborah:debra jonathon:jonathan johnathan:jonathan
""")
"""Usual short forms that do not begin or end as the name does, and two spellings of one name."""

_FULL: defaultdict[str, set[str]] = defaultdict(set)
for _short_form, _, _name in (pair.partition(":") for pair in USUAL):
    _FULL[_short_form].add(_name)

LISTED = NICKNAMES.canonical_lookup
"""Short form -> the names that the list has it for."""

SHORTENED = NICKNAMES.nickname_lookup
"""Name -> the forms that the list has of it."""

NOTHING: frozenset[str] = frozenset()
FORMS = {name: _FULL.get(name, NOTHING) | LISTED.get(name, NOTHING) for name in {*_FULL, *LISTED}}
"""The same with the usual ones."""

PLACE = {name: place for place, name in enumerate(sorted(frozenset(FORMS).union(*FORMS.values())))}


def given(text: str) -> tuple[str, str, str]:
    """The given name, the initial of the first middle name behind it, and the generation.

    Titles are left out; a lone initial stays one letter.
    """
    found = _words(text)
    kept = _tokens(found)
    return kept[0] if kept else "", kept[1][0] if len(kept) > 1 else "", _generation(found)


def family(text: str) -> tuple[str, str]:
    """The family name, particles and all, without degrees, and the generation."""
    found = _words(text)
    return " ".join(_tokens(found)), _generation(found)


def split(text: str) -> tuple[str, str]:
    """Given and family name of `Ann Marie Lee`, `Lee, Ann Marie` or `Ann Lee, Jr.`, as they stand."""
    left, comma, right = text.partition(",")
    if comma and any(word not in GENERATIONS and word not in DEGREES for word in _words(right)):
        return right.strip(), left.strip()
    given, _, family = text.strip().rpartition(" ")
    if GENERATIONS.get(fold(family).strip(".")) and " " in given:
        given, _, family = (*given.rpartition(" ")[:2], f"{given.rpartition(' ')[2]} {family}")
    return given, family


def nickname(a: str, b: str) -> bool:
    """Whether one given name is a usual short form of the other (Bill, William), or both of a third (Bob, Rob)."""
    one, other = FORMS.get(a, NOTHING), FORMS.get(b, NOTHING)
    if b not in one and a not in other and one.isdisjoint(other):  # as most are
        return False
    if _short(a, b) or _short(b, a):
        return True
    fulls = (LISTED.get(a, NOTHING) & LISTED.get(b, NOTHING)) | (_FULL.get(a, set()) & _FULL.get(b, set()))
    return any(_short(a, full) and _short(b, full) for full in fulls)


def known(name: str) -> bool:
    """Whether the list of nicknames has this given name."""
    return name in LISTED or name in SHORTENED


def kin(name: str) -> int:
    """64 bits of which two names share one wherever they are nicknames or related; 0 for a name without others."""
    bits = 0
    for one in (name, *FORMS.get(name, NOTHING)):
        bits |= 1 << PLACE[one] % 64 if one in PLACE else 0
    return bits


def related(a: str, b: str) -> bool:
    """Whether the list of nicknames knows one as a form of the other; it holds sisters too (Helen, Elaine)."""
    return a in LISTED.get(b, NOTHING) or b in LISTED.get(a, NOTHING)


def root(name: str) -> str:
    """One given name for all that share its usual short forms; the name itself where it has none."""
    full = LISTED.get(name)
    return min(full) if full else name


def _short(short: str, full: str) -> bool:
    """Whether a name is listed as a form of another and is made from it: its head (Tim, Dave) or its end (Beth)."""
    if full in _FULL.get(short, ()):
        return True
    if len(short) > len(full) + 2 or short in OWN or full not in LISTED.get(short, NOTHING):
        return False
    # What a name has more for a woman (Paul, Paula) makes two names of two persons.
    if full.startswith(short) and full[len(short) :] in FEMININE:
        return False
    stem = FOND.sub("", short)
    stem = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
    return 1 < len(stem) < len(full) and (full.startswith(stem) or full.endswith(short))


def _generation(found: list[str]) -> str:
    """`jr`, `sr` or a number; "" where nothing tells father from son."""
    return next((GENERATIONS[word] for word in reversed(found[1:]) if word in GENERATIONS), "")


def _tokens(found: list[str]) -> list[str]:
    kept = [word for word in found if word not in TITLES and word not in DEGREES]
    head, tail = kept[:1], kept[1:]
    return head + [word for word in tail if word not in GENERATIONS]


def _words(text: str) -> list[str]:
    folded = fold(text).replace("'", "").replace("`", "")
    if folded.isalpha() and folded not in PLACEHOLDERS:
        return [folded]
    return words(folded) if usable(folded) else []
