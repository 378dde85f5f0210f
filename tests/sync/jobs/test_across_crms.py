"""What the sandbox's truth says of links between kinds and CRMs is found, nearly all and nearly nothing else."""

from operator import attrgetter

import pytest

from bench.across import Population, Score, across_crms, employers, leads_that_are_contacts, populated
from hygiene.checks.unlinked_contact import UnlinkedContact
from hygiene.checks.unlinked_lead import UnlinkedLead
from hygiene.match.score import Verdict
from hygiene.match.twins import Shape

SIZES = {"companies": 220, "contacts": 350, "leads": 300, "deals": 2}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return populated(3, SIZES, tmp_path_factory.mktemp("across"))


def good(score: Score, recall: float = 0.95) -> bool:
    assert score.true > 60, "too few to tell"
    return score.precision >= 0.99 and score.recall >= recall


@pytest.mark.parametrize("check", [UnlinkedContact(), UnlinkedLead()], ids=attrgetter("kind"))
def test_people_find_their_companies(world: Population, check: UnlinkedContact | UnlinkedLead) -> None:
    assert good(employers(world, check))


def test_leads_find_the_contact_that_they_are(world: Population) -> None:
    assert good(leads_that_are_contacts(world))


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("kinds", [("company", "company"), ("contact", "contact"), ("contact", "lead")])
def test_records_find_their_twins(world: Population, kinds: tuple[str, str], ids: bool) -> None:
    score, groups = across_crms(world if ids else world.silent(), kinds)
    sure = [item for item, _ in groups if item.verdict is Verdict.AUTO]
    assert good(score) and {Shape.ONE, Shape.RIGHT, Shape.LEFT} <= {item.shape for item in sure}
    assert bool(ids) == any(item.told for item in sure)
