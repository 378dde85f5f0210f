"""Types that the customer or a package made: the fields that every such type has, around its own."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.catalog.shared import AUDIT, FULL

ABILITIES = f"{FULL} compactLayoutable custom"


def custom_sheet(name: str, spec: Mapping[str, Any]) -> tuple[str, str]:
    """The catalog sheet of a type in the switch `custom_objects`.

    `spec` holds `fields` (catalog lines) and may hold `label`, `plural`, `abilities` and `name` (the catalog line of
    its name field); with `whole` its lines are all there are. A type that hangs below a master by a reference that
    cascades has no owner of its own.
    """
    label = str(spec.get("label") or name.removesuffix("__c"))
    abilities = spec.get("abilities") or (ABILITIES if name.endswith("__c") else FULL)
    lines = [str(line) for line in spec.get("fields", ())]
    own = {line.split()[0].lower() for line in lines}
    detail = any(line.rstrip().endswith("!") for line in lines)
    base = [
        "Id id d Record ID",
        "" if detail else "OwnerId reference cud Owner ID; to=Owner:Group,User",
        "IsDeleted boolean d Deleted",
        str(spec.get("name") or f"Name string:80 ncudml {label} Name"),
        *AUDIT.strip().splitlines(),
    ]
    kept = [line for line in base if line and line.split()[0].lower() not in own]
    kept = [] if spec.get("whole") else kept
    head = f"{name} | {name.lower()} | {label} | {spec.get('plural') or f'{label}s'} | {abilities}"
    return head, "\n".join([*kept, *lines])
