"""Field histories: a row for every change of a tracked field."""

ABILITIES = "queryable replicateable retrieveable"


def _history(name: str, kind: str, parent: str, label: str) -> tuple[str, str]:
    """The sheet of one type's field history; they differ in the reference to what changed."""
    return (
        f"{name} | {kind} | {label} | {label} | {ABILITIES}",
        f"""
Id                      id              d    {label} ID
IsDeleted               boolean         d    Deleted
{parent}Id              reference       -    {parent} ID; to={parent}:{parent}<Histories!
CreatedById             reference       d    Created By ID; to=CreatedBy:User
CreatedDate             datetime        d    Created Date
Field                   picklist:255    r    Changed Field
DataType                picklist:40     nr   Datatype
OldValue                anyType         n    Old Value
NewValue                anyType         n    New Value
""",
    )


HISTORIES = (
    _history("AccountHistory", "company_history", "Account", "Account History"),
    _history("ContactHistory", "contact_history", "Contact", "Contact History"),
    _history("LeadHistory", "lead_history", "Lead", "Lead History"),
    _history("OpportunityFieldHistory", "deal_field_history", "Opportunity", "Opportunity Field History"),
)
