"""The pipelines that either CRM begins with, as it names their stages."""

from connectors.records import Pipeline, Stage

HUBSPOT = Pipeline(
    "hubspot:1",
    "deal",
    "default",
    "Sales Pipeline",
    (
        Stage("appointmentscheduled", "Appointment Scheduled"),
        Stage("qualifiedtobuy", "Qualified To Buy"),
        Stage("presentationscheduled", "Presentation Scheduled"),
        Stage("decisionmakerboughtin", "Decision Maker Bought-In"),
        Stage("contractsent", "Contract Sent"),
        Stage("closedwon", "Closed Won", closed=True, won=True),
        Stage("closedlost", "Closed Lost", closed=True),
    ),
)
OPEN = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
)
SALESFORCE = Pipeline(
    "salesforce:1",
    "deal",
    "",
    "Opportunities",
    (
        *(Stage(name, name) for name in OPEN),
        Stage("Closed Won", "Closed Won", closed=True, won=True),
        Stage("Closed Lost", "Closed Lost", closed=True),
    ),
)
