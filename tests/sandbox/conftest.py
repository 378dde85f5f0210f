"""HubSpot's own client at a served sandbox."""

from collections.abc import Iterator

import pytest
from hubspot import HubSpot

from sandbox.app import Sandbox
from sandbox.server import serve


@pytest.fixture
def client() -> Iterator[HubSpot]:
    sandbox = Sandbox()
    sandbox.store.set("hubspot", "search_lag_seconds", 0)
    with serve(sandbox) as base_url:
        yield HubSpot(access_token="pat-na1-sandbox-writer", host=base_url)
