"""The standard picklist values of a new organization."""


def _values(text: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in text.split("|"))


PICKLISTS = {
    "account_type": _values(
        "Prospect | Customer - Direct | Customer - Channel | Channel Partner / Reseller | Installation Partner"
        " | Technology Partner | Other"
    ),
    "accuracy": _values(
        "Address | NearAddress | Block | Street | ExtendedZip | Zip | Neighborhood | City | County | State | Unknown"
    ),
    "call_type": _values("Internal | Inbound | Outbound"),
    "clean_status": _values(
        "Matched | Different | Acknowledged | NotFound | Inactive | Pending | SelectMatch | Skipped"
    ),
    "contact_role": _values(
        "Business User | Decision Maker | Economic Buyer | Economic Decision Maker | Evaluator | Executive Sponsor"
        " | Influencer | Technical Buyer | Other"
    ),
    "deal_type": _values(
        "Existing Customer - Upgrade | Existing Customer - Replacement | Existing Customer - Downgrade | New Customer"
    ),
    "forecast": _values("Omitted | Pipeline | BestCase | MostLikely | Forecast | Closed"),
    "forecast_name": _values("Omitted | Pipeline | Best Case | Commit | Closed"),
    "industry": _values(
        "Agriculture | Apparel | Banking | Biotechnology | Chemicals | Communications | Construction | Consulting"
        " | Education | Electronics | Energy | Engineering | Entertainment | Environmental | Finance | Food & Beverage"
        " | Government | Healthcare | Hospitality | Insurance | Machinery | Manufacturing | Media | Not For Profit"
        " | Recreation | Retail | Shipping | Technology | Telecommunications | Transportation | Utilities | Other"
    ),
    "lead_status": _values("Open - Not Contacted | Working - Contacted | Closed - Converted | Closed - Not Converted"),
    "ownership": _values("Public | Private | Subsidiary | Other"),
    "rating": _values("Hot | Warm | Cold"),
    "salutation": _values("Mr. | Ms. | Mrs. | Dr. | Prof. | Mx."),
    "source": _values("Web | Phone Inquiry | Partner Referral | Purchased List | Other"),
    "stage": _values(
        "Prospecting | Qualification | Needs Analysis | Value Proposition | Id. Decision Makers | Perception Analysis"
        " | Proposal/Price Quote | Negotiation/Review | Closed Won | Closed Lost"
    ),
    "task_priority": _values("High | Normal | Low"),
    "task_status": _values("Not Started | In Progress | Completed | Waiting on someone else | Deferred"),
    "task_subject": _values("Call | Send Letter | Send Quote | Other"),
    "task_subtype": _values("Task | Email | ListEmail | Cadence | Call"),
    "event_subtype": _values("Event"),
    "show_as": _values("Busy | OutOfOffice | Free"),
    "user_type": _values("Standard | PowerPartner | PowerCustomerSuccess | CustomerSuccess | Guest | CspLitePortal"),
}
