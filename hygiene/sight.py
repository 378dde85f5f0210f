"""Tells what is not known from what is empty, in a view of the past."""

from typing import Protocol, runtime_checkable

from connectors.records import Ref
from hygiene.view import View


@runtime_checkable
class Partial(Protocol):
    """A view that knows of some records only what their CRM keeps a history of."""

    def unknown(self, ref: Ref, field: str) -> bool:
        """Whether nobody can tell what a field of a record held."""

    def untied(self, ref: Ref) -> bool:
        """Whether nobody can tell what a record was tied to."""


def unknown(view: View, ref: Ref, field: str) -> bool:
    """Whether nobody can tell what a field of a record held: then it is neither filled nor empty."""
    return isinstance(view, Partial) and view.unknown(ref, field)


def untied(view: View, ref: Ref) -> bool:
    """Whether nobody can tell what a record was tied to: then it is not without ties either."""
    return isinstance(view, Partial) and view.untied(ref)
