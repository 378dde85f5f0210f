"""A record's address opens it in its CRM."""

import pytest

from connectors.records import Ref
from sync.environment import Environment
from sync.render.address import address

ORG = "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    ("ref", "where"),
    [
        (Ref("hubspot:12345", "deal", "9"), "https://app.hubspot.com/contacts/12345/record/0-3/9"),
        (Ref("hubspot:12345", "contact", "7"), "https://app.hubspot.com/contacts/12345/record/0-1/7"),
        (Ref("hubspot:12345", "owner", "7"), ""),
        (Ref("salesforce:00D", "deal", "006A"), f"{ORG}/006A"),
    ],
)
def test_a_record_is_opened_where_it_stands(ref: Ref, where: str) -> None:
    assert address(ref, Environment(salesforce_instance_url=f"{ORG}/")) == where


def test_nothing_is_told_of_a_crm_that_is_not_the_real_one() -> None:
    env = Environment(hubspot_base_url="http://127.0.0.1:1", salesforce_instance_url="")
    assert address(Ref("hubspot:1", "deal", "9"), env) == address(Ref("salesforce:1", "deal", "9"), env) == ""
