"""Matching rules: which records of a type look like the given values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sandbox.salesforce.rows import PERSONS, full_name
from sandbox.salesforce.schema import SObject
from sandbox.store import Row, Store

FUZZY = 0.85
LEGAL = "and co company corp corporation gmbh inc incorporated limited llc ltd plc the"
SUFFIXES = frozenset(LEGAL.split(" "))


@dataclass(frozen=True, slots=True)
class Term:
    """One field of a matching rule; `column` is the field on the other side, `exact` or alike is enough."""

    field: str
    column: str
    exact: bool

    @classmethod
    def of(cls, spec: Any) -> "Term":
        """From a name, or `{field, as?, method?: exact | fuzzy}`."""
        if isinstance(spec, str):
            return cls(spec, spec, True)
        return cls(spec["field"], spec.get("as", spec["field"]), spec.get("method", "exact") == "exact")


def matches(store: Store, sobject: SObject, terms: list[Term], values: Mapping[str, Any]) -> list[tuple[Row, float]]:
    """The live records that match in every term, each with a confidence in percent; an empty value matches nothing."""
    wanted = {term: text for term in terms if (text := text_of(values, term.field))}
    if len(wanted) < len(terms):
        return []
    found = []
    for row in _candidates(store, sobject, wanted):
        scores = [_score(term, text, text_of(_named(row), term.column)) for term, text in wanted.items()]
        # Converted leads are never compared.
        if all(scores) and not row.fields.get("IsConverted"):
            found.append((row, round(100 * min(scores), 1)))
    return found


def _named(row: Row) -> Mapping[str, Any]:
    return {**row.fields, "Name": full_name(row.fields)} if row.kind in PERSONS else row.fields


def text_of(values: Mapping[str, Any], field: str) -> str:
    """A value as it is compared: without blanks at its ends, in one case."""
    value = values.get(field)
    return "" if value is None else str(value).strip().casefold()


def _candidates(store: Store, sobject: SObject, wanted: dict[Term, str]) -> list[Row]:
    """The live records that have the value of the first exact term; all of them where no term is exact."""
    where, params = "crm='salesforce' AND kind=? AND archived=0", [sobject.kind]
    exact = next(((term, text) for term, text in wanted.items() if term.exact and text.isascii()), None)
    if exact and exact[0].column != "Name":
        where += f" AND trim(json_extract(data, '$.{exact[0].column}')) = ? COLLATE NOCASE"
        params.append(exact[1])
    return store.rows(where, tuple(params), order="+seq")


def _score(term: Term, left: str, right: str) -> float:
    if left == right:
        return 1.0
    if term.exact or not right:
        return 0.0
    ratio = SequenceMatcher(None, _plain(left), _plain(right)).ratio()
    return ratio if ratio >= FUZZY else 0.0


def _plain(text: str) -> str:
    """A name without punctuation and the words that companies end in."""
    words = re.findall(r"\w+", text)
    return " ".join([word for word in words if word not in SUFFIXES] or words)
