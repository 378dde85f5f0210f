"""The gate's rules in the words of a CRM: what can be said there, and what cannot."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a rule asks for that the CRM has no way to hold to, and what a person can do about it."""

    rule: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Export:
    """Files by their path, each a rule or a set of rules, and what they do not say."""

    files: Mapping[str, str]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How a file that a CRM holds to differs from ours."""

    path: str
    what: str
