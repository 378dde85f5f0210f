"""LeadStatus and RecordType: what administrators set up, as records."""

from sandbox.salesforce.catalog.shared import AUDIT

LEAD_STATUS = (
    "LeadStatus | lead_status | Lead Status Value | Lead Status Value | queryable retrieveable",
    f"""
Id                      id              d    Lead Status Value ID
MasterLabel             string:255      n    Master Label
ApiName                 string:255      m    Api Name
SortOrder               int:9           n    Sort Order
IsDefault               boolean         d    Is Default
IsConverted             boolean         d    Is Converted
{AUDIT}
""",
)

RECORD_TYPE = (
    "RecordType | record_type | Record Type | Record Types | queryable retrieveable searchable",
    f"""
Id                      id              d    Record Type ID
Name                    string:80       m    Name
DeveloperName           string:80       -    Record Type Name
NamespacePrefix         string:15       n    Namespace Prefix
Description             string:255      n    Description
SobjectType             picklist:40     r    SObject Type Name
IsActive                boolean         d    Active
IsPersonType            boolean         d    Is Person Type
{AUDIT}
""",
)
