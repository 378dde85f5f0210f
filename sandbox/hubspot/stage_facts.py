"""What a stage means, by type: the metadata that must, may and will be there."""

from collections.abc import Mapping

from sandbox.hubspot import bodies
from sandbox.hubspot.errors import invalid

TENTHS = tuple(f"{n / 10:.1f}" for n in range(11))
STATES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ticket": ("ticketState", ("OPEN", "CLOSED")),
    "lead": ("leadState", ("NEW", "IN_PROGRESS", "QUALIFIED", "UNQUALIFIED")),
}


def metadata(kind: str, given: object, before: Mapping[str, str]) -> dict[str, str]:
    """A stage's facts: a deal's needs a probability in tenths (documented), closed at both ends of the scale."""
    named = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in _of(given).items()}
    found = {**before, **named}
    if kind == "deal":
        return _deal(found)
    if kind in STATES:
        name, allowed = STATES[kind]
        state = found.setdefault(name, allowed[0])
        if state not in allowed:
            raise invalid(f"Invalid {name}: {state}. Must be one of: {', '.join(allowed)}")
        return {**found, **({"isClosed": str(state == "CLOSED").lower()} if kind == "ticket" else {})}
    return found


def _of(given: object) -> dict[str, object]:
    return {} if given is None else bodies.one(given)


def _deal(found: dict[str, str]) -> dict[str, str]:
    text = found.get("probability", "")
    tenths = {**{name: name for name in TENTHS}, "0": "0.0", "1": "1.0"}
    if text not in tenths:
        raise invalid("Deal stages need metadata.probability between 0.0 and 1.0 in steps of 0.1")
    probability = tenths[text]
    closed = found.get("isClosed") or str(probability in ("0.0", "1.0")).lower()
    return {"isClosed": closed, "probability": probability}
