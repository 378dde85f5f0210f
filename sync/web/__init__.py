"""What is served over HTTP by processes that cannot write to any CRM."""
