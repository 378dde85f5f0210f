"""Weights are learned where labels speak, held where they do not, and offered only where that helps."""

from dataclasses import replace

import pytest

from hygiene.check import Evidence
from hygiene.match.labels import APART, Case
from hygiene.match.learn import LEAST, enough, fit
from hygiene.match.score import Verdict
from hygiene.match.table import COMPANY

NAME, PHONE = Evidence("company_name", "same name", 6.0), Evidence("phone", "same phone", 5.0)
STREET = Evidence("street", "different roads", -3.5)


def case(same: bool, *reasons: Evidence) -> Case:
    return Case("company", "x", same, Verdict.REVIEW, 0.6, reasons)


def cases(*sorts: Case, times: int = LEAST) -> list[Case]:
    return [one for _ in range(times) for one in sorts]


def test_evidence_that_misleads_loses_weight_and_nothing_else_moves() -> None:
    offer = fit(cases(case(True, NAME), case(False, PHONE)), COMPANY)
    assert offer and offer.after < offer.before
    moved = {
        item.compare: item.weight - old.weight for item, old in zip(offer.comparisons, COMPANY.comparisons, strict=True)
    }
    assert moved["phone"] < 0 < moved["company_name"] and moved["domain"] == moved["town"] == 0


def test_a_weight_never_falls_below_zero() -> None:
    offer = fit(cases(case(True), case(False, PHONE), times=400), COMPANY)
    assert offer and min(min(item.weight, item.against) for item in offer.comparisons) == 0


def test_nothing_is_offered_where_some_labels_say_nothing_of_the_others() -> None:
    assert fit(cases(*(case(same, NAME, STREET) for same in (True, False, True, True, False))), COMPANY) is None


@pytest.mark.parametrize(
    ("same", "different", "apart", "are"), [(LEAST, LEAST, 0, True), (LEAST, LEAST - 1, 9, False), (0, 99, 0, False)]
)
def test_learning_needs_labels_of_both_sorts_that_were_compared(
    same: int, different: int, apart: int, are: bool
) -> None:
    unmet = replace(case(False), reasons=(APART,))
    assert enough([case(True, NAME)] * same + [case(False, PHONE)] * different + [unmet] * apart) is are
