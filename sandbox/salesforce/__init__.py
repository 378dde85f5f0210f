"""A Salesforce organization that answers the REST and SOAP interfaces from the store."""

from sandbox.salesforce.people import edit
from sandbox.salesforce.service import handle

__all__ = ["edit", "handle"]
