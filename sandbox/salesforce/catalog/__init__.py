"""The sObject types and fields that the organization has, one sheet a type."""

from sandbox.salesforce.catalog.account import ACCOUNT
from sandbox.salesforce.catalog.activity import EVENT, TASK
from sandbox.salesforce.catalog.history import HISTORIES
from sandbox.salesforce.catalog.opportunity import HISTORY, OPPORTUNITY, ROLE, STAGE
from sandbox.salesforce.catalog.organization import ORGANIZATION, USER
from sandbox.salesforce.catalog.people import CONTACT, LEAD
from sandbox.salesforce.catalog.setup import LEAD_STATUS, RECORD_TYPE

OWN = (ACCOUNT, CONTACT, EVENT, LEAD, OPPORTUNITY, ROLE, HISTORY, STAGE, ORGANIZATION, TASK, USER)
SHEETS = (*OWN, LEAD_STATUS, RECORD_TYPE, *HISTORIES)
