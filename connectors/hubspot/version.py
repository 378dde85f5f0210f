"""The one place that names HubSpot's API version and the paths that bear it."""

API_VERSION = "2026-03"
OBJECTS = f"/crm/objects/{API_VERSION}"
ASSOCIATIONS = f"/crm/associations/{API_VERSION}"
PROPERTIES = f"/crm/properties/{API_VERSION}"
PIPELINES = f"/crm/pipelines/{API_VERSION}"
OWNERS = f"/crm/owners/{API_VERSION}"
ACCOUNT = "/account-info/v3/details"  # recorded answers exist of this path only; v3 ends in September 2027
