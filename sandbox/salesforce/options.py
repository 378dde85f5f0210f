"""What a caller asks of one call beyond its values: headers of REST and SOAP that change how rows are saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PAIR = re.compile(r"(\w+)\s*=\s*(\w+)")


@dataclass(frozen=True, slots=True)
class Options:
    """How rows are saved: past alerts of duplicate rules, with matches in full, cut to length, assigned to owners.

    `compare` and `validate` let duplicate and validation rules run at all; merges and lead conversion turn them off.
    """

    allow_save: bool = False
    record_details: bool = False
    truncate: bool = False
    assign: bool = False
    compare: bool = True
    validate: bool = True


def of_headers(headers: Mapping[str, str]) -> Options:
    """The options of a REST request; `Sforce-Auto-Assign` counts as TRUE when it is missing."""
    asked = dict(PAIR.findall(headers.get("sforce-duplicate-rule-header", "")))
    return Options(
        allow_save=asked.get("allowSave", "").lower() == "true",
        record_details=asked.get("includeRecordDetails", "").lower() == "true",
        assign=headers.get("sforce-auto-assign", "true").strip().lower() != "false",
    )
