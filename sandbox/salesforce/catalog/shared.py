"""Catalog lines that several types have alike."""

FULL = (
    "createable deletable queryable replicateable retrieveable searchable triggerable undeletable updateable layoutable"
)

AUDIT = """
CreatedDate             datetime        d    Created Date
CreatedById             reference       d    Created By ID; to=CreatedBy:User
LastModifiedDate        datetime        d    Last Modified Date
LastModifiedById        reference       d    Last Modified By ID; to=LastModifiedBy:User
SystemModstamp          datetime        d    System Modstamp
"""

VIEWED = """
LastActivityDate        date            n    Last Activity
LastViewedDate          datetime        n    Last Viewed Date
LastReferencedDate      datetime        n    Last Referenced Date
"""


def address(prefix: str, label: str) -> str:
    """The parts of a compound address and the compound itself; `prefix` and `label` may be empty."""
    whole = f"{prefix}Address"
    space = f"{label} " if label else ""
    return f"""
{prefix}Street          textarea:255    ncu  {space}Street; in={whole}
{prefix}City            string:40       ncu  {space}City; in={whole}
{prefix}State           string:80       ncu  {space}State/Province; in={whole}
{prefix}PostalCode      string:20       ncu  {space}Zip/Postal Code; in={whole}
{prefix}Country         string:80       ncu  {space}Country; in={whole}
{prefix}Latitude        double:18.15    ncu  {space}Latitude; in={whole}
{prefix}Longitude       double:18.15    ncu  {space}Longitude; in={whole}
{prefix}GeocodeAccuracy picklist:40     ncur {space}Geocode Accuracy; in={whole}; values=accuracy
{whole}                 address         n    {space}Address
"""
