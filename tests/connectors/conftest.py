"""The fixtures that the connectors' tests share."""

import pytest

from tests.connectors.crms import MAKERS, Crm


@pytest.fixture(params=sorted(MAKERS))
def crm(request: pytest.FixtureRequest) -> Crm:
    return MAKERS[request.param]()
