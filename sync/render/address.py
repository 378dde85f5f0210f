"""The address at which a person opens a record in its CRM."""

from connectors.records import Ref
from sync.environment import Environment

API, APP = "https://api.hubapi.com", "https://app.hubspot.com"
TYPES = {"contact": "0-1", "company": "0-2", "deal": "0-3"}
"""HubSpot's object type ids, as its addresses and webhooks name kinds."""


def address(ref: Ref, env: Environment) -> str:
    """Where the record stands in HubSpot's app or in the Salesforce organization; empty where nothing tells it, as for
    a HubSpot that is not HubSpot's own."""
    if ref.crm == "salesforce":
        return env.salesforce_instance_url and f"{env.salesforce_instance_url.rstrip('/')}/{ref.id}"
    if ref.kind in TYPES and env.hubspot_base_url.rstrip("/") == API:
        return f"{APP}/contacts/{ref.workspace.partition(':')[2]}/record/{TYPES[ref.kind]}/{ref.id}"
    return ""
