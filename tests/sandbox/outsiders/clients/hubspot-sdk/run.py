"""hubspot-sdk at work on the sandbox."""

import os

import account
import records
from hubspot_sdk import HubSpot
from tell import perform

if __name__ == "__main__":
    client = HubSpot(access_token=os.environ["HUBSPOT_TOKEN"], base_url=os.environ["HUBSPOT_URL"], max_retries=5)
    perform((*records.OPERATIONS, *account.OPERATIONS), client)
