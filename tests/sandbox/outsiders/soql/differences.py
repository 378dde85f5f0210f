"""Where the sandbox's parser knowingly differs from the vendor's, and why."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql.parser import parse

FILE = Path(__file__).with_name("known.toml")


@dataclass(frozen=True, slots=True)
class Known:
    """One known difference from the vendor's parser: texts that match, its verdict, and why it is not ours."""

    accepts: bool
    pattern: re.Pattern[str]
    reason: str


def known() -> list[Known]:
    """The differences of known.toml."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["known"]
    flags = re.IGNORECASE | re.DOTALL
    return [Known(each["accepts"], re.compile(each["pattern"], flags), each["reason"]) for each in listed]


def accepted(text: str) -> bool:
    """Whether the sandbox's parser takes a text."""
    try:
        parse(text)
    except ApiError:
        return False
    return True
