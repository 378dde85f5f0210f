"""hubspot-api-client at work on the sandbox."""

import os

import access
import definitions
import links
import records
import webhooks
from hubspot import HubSpot
from tell import perform
from urllib3.util.retry import Retry

PARTS = (records, links, definitions, access, webhooks)

if __name__ == "__main__":
    # The client's own retry, as its README shows it; by default it has none, and urllib3 leaves out POST and PATCH.
    patient = Retry(total=8, backoff_factor=0.3, status_forcelist=(429, 502), allowed_methods=None)
    token, host = os.environ["HUBSPOT_TOKEN"], os.environ["HUBSPOT_URL"]
    operations = [operation for part in PARTS for operation in part.OPERATIONS]
    perform(operations, HubSpot(access_token=token, host=host, retry=patient))
