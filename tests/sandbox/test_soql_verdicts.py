"""The vendor's own parser and the sandbox's take the same texts; the verdicts are kept as data."""

from pathlib import Path

from sandbox.salesforce.soql.parser import parse
from tests.sandbox.outsiders.soql.differences import Known, accepted, known
from tests.sandbox.outsiders.soql.texts import Writer
from tests.sandbox.salesforce_org import Org

LINES = Path(__file__).with_name("soql_verdicts.txt").read_text("utf-8").splitlines()
VERDICTS = [(line[0] == "+", line[2:]) for line in LINES]
DIFFERING = [(verdict, text) for verdict, text in VERDICTS if accepted(text) is not verdict]


def explains(each: Known, verdict: bool, text: str) -> bool:
    return each.accepts == verdict and each.pattern.search(text) is not None


def test_the_vendors_verdicts_are_ours() -> None:
    unknown = [pair for pair in DIFFERING if not any(explains(each, *pair) for each in known())]
    assert unknown == [] and len(VERDICTS) > 1000 and len(DIFFERING) < 12


def test_every_known_difference_occurs() -> None:
    assert all(any(explains(each, *pair) for pair in DIFFERING) for each in known())


def test_the_sandbox_answers_or_refuses_every_text_without_stumbling() -> None:
    org = Org()
    for text in Writer(7).texts(150):
        org.query(text)
    assert org.sandbox.errors == []


def test_made_texts_are_those_of_their_seed_and_the_unmutated_ones_are_right() -> None:
    texts = list(Writer(3).texts(200))
    assert texts == list(Writer(3).texts(200)) and texts != list(Writer(4).texts(200))
    assert all(parse(text).source for text in texts[::2] if "ALL ROWS" not in text)
