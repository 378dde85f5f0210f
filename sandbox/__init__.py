"""A HubSpot and a Salesforce on loopback: pure handlers in a thin HTTP(S) shell."""
