"""A value of one CRM in the terms of the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from connectors.records import Ref
from connectors.values import Value, empty, same
from hygiene.sync.mapping import Convert, FieldRule, Side


class Unmapped(Exception):
    """The other CRM has no word for the value; the message names what lacks, never the value."""


@dataclass(frozen=True, slots=True)
class Owners:
    """The users of both CRMs who are one person, by id."""

    hubspot: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    salesforce: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, pairs: Mapping[Ref, Ref]) -> "Owners":
        """HubSpot's owners with the users they are."""
        there = {a.id: b.id for a, b in pairs.items()}
        return cls(MappingProxyType(there), MappingProxyType({b: a for a, b in there.items()}))


NOBODY = Owners()


def across(rule: FieldRule, value: Value, to: Side, owners: Owners = NOBODY) -> Value:
    """The value as the side `to` says it; blank stays blank. `Unmapped` where that side has no word for it."""
    if rule.convert is Convert.BOOLEAN:
        return value is True
    if empty(value):
        return None
    return _WAYS[rule.convert](rule, value, to, owners)


def agree(rule: FieldRule, hubspot: Value, salesforce: Value, owners: Owners = NOBODY) -> bool:
    """Whether the two say the same thing: told in either side's terms, since one of them may be coarser."""
    return _is(rule, hubspot, salesforce, Side.SALESFORCE, owners) or _is(
        rule, salesforce, hubspot, Side.HUBSPOT, owners
    )


def _is(rule: FieldRule, value: Value, held: Value, to: Side, owners: Owners) -> bool:
    try:
        told = across(rule, value, to, owners)
    except Unmapped:
        return False
    return same(told, held is True if rule.convert is Convert.BOOLEAN else held)


def _same(rule: FieldRule, value: Value, to: Side, owners: Owners) -> Value:
    return value


def _options(rule: FieldRule, value: Value, to: Side, owners: Owners) -> Value:
    words = rule.options if to is Side.SALESFORCE else {there: here for here, there in reversed(rule.options.items())}
    found = [words.get(part) for part in (value if isinstance(value, tuple) else (str(value),))]
    if None in found:
        raise Unmapped("the mapping has no option for it")
    kept = tuple(dict.fromkeys(word for word in found if word is not None))
    return kept if isinstance(value, tuple) else kept[0]


def _date(rule: FieldRule, value: Value, to: Side, owners: Owners) -> Value:
    """HubSpot keeps a day as a moment of it, midnight UTC where nothing else is said."""
    if to is Side.SALESFORCE:
        return value.astimezone(UTC).date() if isinstance(value, datetime) else value
    plain = isinstance(value, date) and not isinstance(value, datetime)
    return datetime.combine(value, time(), UTC) if plain else value  # type: ignore[arg-type]


def _text(rule: FieldRule, value: Value, to: Side, owners: Owners) -> Value:
    """A number in HubSpot is a text in Salesforce."""
    if to is Side.SALESFORCE:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise Unmapped("it is not a number") from None
    if not number.is_finite():
        raise Unmapped("it is not a number")
    return number


def _owner(rule: FieldRule, value: Value, to: Side, owners: Owners) -> Value:
    found = (owners.hubspot if to is Side.SALESFORCE else owners.salesforce).get(str(value))
    if found is None:
        raise Unmapped(f"the owner has no twin in {to.value}")
    return found


_WAYS: Mapping[Convert, Callable[[FieldRule, Value, Side, Owners], Value]] = MappingProxyType(
    {
        Convert.SAME: _same,
        Convert.OPTIONS: _options,
        Convert.DATE: _date,
        Convert.TEXT: _text,
        Convert.OWNER: _owner,
    }
)
