"""Lead conversion: a lead becomes an account, a contact and an opportunity, new ones or those that are named."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sandbox.salesforce import deals, history, persons, writes
from sandbox.salesforce.catalog.person import TWINS
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM, below, full_name, transaction
from sandbox.salesforce.rules import locks
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import moment
from sandbox.store import Row

# Help page "Lead Conversion Field Mapping".
ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy")
TO_ACCOUNT = {
    "Company": "Name",
    **{part: f"Billing{part}" for part in ADDRESS},
    **{name: name for name in ("AnnualRevenue", "Fax", "Industry", "NumberOfEmployees", "Phone", "Rating", "Website")},
}
PERSON = ("Salutation", "FirstName", "LastName", "Title", "Email", "Phone", "MobilePhone", "Fax", "Description")
TO_CONTACT = {**{part: f"Mailing{part}" for part in ADDRESS}, **{name: name for name in (*PERSON, "LeadSource")}}
# Consent goes to new contacts only.
CONSENT = ("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall")
NOT_OWNED = (
    "Converted objects can only be owned by users.  If the lead is not owned by a user, you must specify a user for the"
    " Owner field."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One LeadConvert: ids of records to use, None where one is to be made."""

    lead_id: str | None
    status: str | None
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    no_opportunity: bool = False
    overwrite_source: bool = False
    skip_account_rules: bool = False
    skip_contact_rules: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead became."""

    lead: str
    account: str
    contact: str
    opportunity: str | None


def convert(call: Call, wish: Wish) -> Converted:
    """Convert one lead in one transaction; ApiError for one that is converted, a status that does not convert…"""
    lead = _lead(call, wish)
    if wish.status not in _statuses(call):
        raise ApiError("INVALID_STATUS", f"invalid convertedStatus: {wish.status}", ("Status",))
    owner = wish.owner_id or str(lead.fields.get("OwnerId"))
    if not owner.startswith("005"):
        raise ApiError("UNKNOWN_EXCEPTION", NOT_OWNED, ())
    with transaction(call.store):
        account, contact = _party(call, wish, lead, owner)
        deal = _opportunity(call, wish, lead, {"AccountId": account.id, "OwnerId": owner})
        if deal is not None:
            role = {"OpportunityId": deal.id, "ContactId": contact.id, "IsPrimary": True}
            writes.create(call, call.whole.by_kind["deal_contact_role"], role)
        _activities(call, lead, contact, (deal or account).id)
        _close(call, lead, {"Account": account, "Contact": contact, "Opportunity": deal}, str(wish.status))
    return Converted(lead.id, account.id, contact.id, deal.id if deal else None)


def _lead(call: Call, wish: Wish) -> Row:
    sobject = call.schema.by_kind.get("lead") or call.whole.by_kind["lead"]
    writes.able(call, sobject, "updateable")
    if wish.lead_id is None:
        raise ApiError("REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId]", ("LeadId",))
    _, id18 = writes.dml_id(call, sobject, wish.lead_id)
    lead = writes.live(call, sobject, id18)
    if lead.fields.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    locks.acquire(call, sobject, lead.id, lead.fields)
    return lead


def _statuses(call: Call) -> set[str]:
    return {each["MasterLabel"] for each in switch(call.store, "lead_statuses") if each.get("IsConverted")}


def _ruled(call: Call, skip: bool) -> Call:
    """The call with the rules that run on conversion: none unless the organization validates converted leads."""
    validated = switch(call.store, "validate_converted_leads")
    options = replace(call.options, validate=validated, compare=validated and not skip, assign=False)
    return replace(call, options=options)


def _mapped(call: Call, lead: Row, name: str, fields: dict[str, str]) -> dict[str, Any]:
    """The lead's values under their names on another type, with what the administrators mapped besides.

    The switch `lead_field_mapping` holds by lead field `[type, field]`.
    """
    own = {field: target for field, (sobject, target) in switch(call.store, "lead_field_mapping").items()
           if sobject == name}  # fmt: skip
    found = {target: lead.fields.get(field) for field, target in {**fields, **own}.items()}
    sobject = call.whole.sobjects[name.lower()]
    return {target: value for target, value in found.items() if value is not None and sobject.field(target)}


def _party(call: Call, wish: Wish, lead: Row, owner: str) -> tuple[Row, Row]:
    """The account and the contact; a lead without a company is one person (where there are person accounts)."""
    if lead.fields.get("Company") is None and wish.account_id is None:
        sobject = call.schema.by_kind["company"]
        person = _mapped(call, lead, "Contact", TO_CONTACT)
        values = {own: person[name] for own, name in TWINS.items() if name in person}
        account = writes.create(_ruled(call, wish.skip_account_rules), sobject, {**values, "OwnerId": owner})
        return account, persons.contacts_of(call, [account])[0]
    account = _account(call, wish, lead, owner)
    return account, _contact(call, wish, lead, {"AccountId": account.id, "OwnerId": owner})


def _account(call: Call, wish: Wish, lead: Row, owner: str) -> Row:
    ruled, sobject = _ruled(call, wish.skip_account_rules), call.schema.by_kind["company"]
    values = _mapped(call, lead, "Account", TO_ACCOUNT)
    if wish.account_id is None:
        row = writes.create(ruled, sobject, {**values, "OwnerId": owner})
        history.event(call, row, "accountCreatedFromLead")
        return row
    return _filled(ruled, "company", wish.account_id, values)


def _contact(call: Call, wish: Wish, lead: Row, links: dict[str, Any]) -> Row:
    ruled, sobject = _ruled(call, wish.skip_contact_rules), call.schema.by_kind["contact"]
    values = _mapped(call, lead, "Contact", TO_CONTACT)
    if wish.contact_id is None:
        consent = {name: bool(lead.fields.get(name)) for name in CONSENT}
        row = writes.create(ruled, sobject, {**values, **consent, **links})
        history.event(call, row, "contactCreatedFromLead")
        return row
    _, id18 = writes.dml_id(call, sobject, wish.contact_id)
    if writes.live(call, sobject, id18).fields.get("AccountId") != links["AccountId"] or wish.account_id is None:
        # A named contact must be one of the named account (call reference, LeadConvert).
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ("ContactId",))
    source = {"LeadSource": values["LeadSource"]} if wish.overwrite_source and "LeadSource" in values else {}
    return _filled(ruled, "contact", id18, values, source)


def _filled(call: Call, kind: str, id_text: str, values: dict[str, Any], over: dict[str, Any] | None = None) -> Row:
    """An existing record with its empty fields filled; only `over` replaces what is there."""
    sobject = call.schema.by_kind[kind]
    _, id18 = writes.dml_id(call, sobject, id_text)
    row = writes.live(call, sobject, id18)
    missing = {name: value for name, value in values.items() if row.fields.get(name) in (None, "")}
    after = writes.update(call, sobject, id18, {**missing, **(over or {})})
    history.event(call, after, f"{sobject.name.lower()}UpdatedByLeadConvert")
    return after


def _opportunity(call: Call, wish: Wish, lead: Row, links: dict[str, Any]) -> Row | None:
    if wish.no_opportunity:
        return None
    sobject = call.schema.by_kind["deal"]
    if wish.opportunity_id is not None:
        _, id18 = writes.dml_id(call, sobject, wish.opportunity_id)
        return writes.live(call, sobject, id18)
    values = {
        "Name": wish.opportunity_name or lead.fields.get("Company") or full_name(lead.fields),
        "StageName": _first_stage(call),
        "CloseDate": quarter_end(moment(call.now).date(), _fiscal_start(call)).isoformat(),
    }
    mapped = _mapped(call, lead, "Opportunity", {"LeadSource": "LeadSource"})
    row = writes.create(_ruled(call, False), sobject, {**mapped, **values, **links})
    history.event(call, row, "opportunityCreatedFromLead")
    return row


def _first_stage(call: Call) -> str:
    stages = [each for each in deals.stages(call.store) if each.get("IsActive", True) and not each.get("IsClosed")]
    return str(stages[0]["MasterLabel"]) if stages else "Prospecting"


def _fiscal_start(call: Call) -> int:
    row = call.store.get(CRM, "organization", switch(call.store, "organization_id"))
    return int((row and row.fields.get("FiscalYearStartMonth")) or 1)


def quarter_end(day: date, first_month: int) -> date:
    """The last day of the fiscal quarter that a day lies in, of years that start with `first_month`."""
    months_left = 3 - (day.month - first_month) % 3
    years, month = divmod(day.month - 1 + months_left, 12)
    return date(day.year + years, month + 1, 1) - timedelta(days=1)


def _activities(call: Call, lead: Row, contact: Row, what: str) -> None:
    """Tasks and events of the lead go to the contact and hang below the opportunity, else the account."""
    for kind in ("task", "event"):
        fields = call.whole.by_kind[kind].fields
        for row in below(call.store, kind, "WhoId", [lead.id]):
            writes.move(call, row, fields["whoid"], contact.id, "convert")
            writes.move(call, row, fields["whatid"], what, "convert")


def _close(call: Call, lead: Row, made: dict[str, Row | None], status: str) -> None:
    facts = {f"Converted{name}Id": row.id for name, row in made.items() if row}
    today = moment(call.now).date().isoformat()
    writes.apply(
        call,
        lead,
        {"Status": status, "IsConverted": True, "ConvertedDate": today, "IsUnreadByOwner": False, **facts},
    )
    history.event(call, lead, "leadConverted")
