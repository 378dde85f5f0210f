"""Tokens and limits through hubspot-api-client: OAuth, scopes, 429s told apart and survived by its own retry."""

import json
import os
from typing import Any

from hubspot import HubSpot
from hubspot.crm.contacts import ApiException, PublicObjectSearchRequest
from hubspot.crm.contacts.exceptions import ForbiddenException, UnauthorizedException
from hubspot.oauth import ApiException as TokenRefused
from records import address, contact
from tell import control, holds, refusal, same

HOST = os.environ["HUBSPOT_URL"]


def refreshed(client: HubSpot, token: str) -> Any:
    """An access token for a refresh token."""
    return client.oauth.tokens_api.create(
        grant_type="refresh_token",
        refresh_token=token,
        client_id=os.environ["HUBSPOT_CLIENT_ID"],
        client_secret=os.environ["HUBSPOT_CLIENT_SECRET"],
    )


def exchanges_a_refresh_token_and_works_with_it(client: HubSpot) -> None:
    found = refreshed(client, os.environ["HUBSPOT_REFRESH_TOKEN"])
    same((found.token_type.lower(), found.expires_in), ("bearer", 1800))
    other = HubSpot(access_token=found.access_token, host=HOST)
    key = contact(other, email=address())
    same(other.crm.contacts.basic_api.get_by_id(key).id, key)
    told = client.oauth.access_tokens_api.get(found.access_token)
    same((told.token, told.token_type), (found.access_token, "access"))


def is_refused_a_wrong_refresh_token(client: HubSpot) -> None:
    refused = refusal(TokenRefused, refreshed, client, "nonsense")
    same((refused.status, json.loads(refused.body)["status"]), (400, "BAD_REFRESH_TOKEN"))


def sees_an_expired_token(client: HubSpot) -> None:
    found = refreshed(client, os.environ["HUBSPOT_REFRESH_TOKEN"])
    other = HubSpot(access_token=found.access_token, host=HOST)
    control("POST", "faults", {"on": {"path": "/objects/contacts$"}, "do": ["expire_token"]})
    refused = refusal(UnauthorizedException, other.crm.contacts.basic_api.get_page)
    same((refused.status, json.loads(refused.body)["category"]), (401, "EXPIRED_AUTHENTICATION"))


def is_refused_without_a_token_and_without_the_scope(client: HubSpot) -> None:
    nobody = HubSpot(access_token="nobody", host=HOST)
    same(refusal(UnauthorizedException, nobody.crm.contacts.basic_api.get_page).status, 401)
    reader = HubSpot(access_token="pat-na1-sandbox-reader", host=HOST)
    refused = refusal(ForbiddenException, contact, reader, email=address())
    same((refused.status, json.loads(refused.body)["category"]), (403, "MISSING_SCOPES"))


def survives_the_search_limit_by_its_own_retry(client: HubSpot) -> None:
    request = PublicObjectSearchRequest(limit=1, properties=[], after="0", sorts=[], filter_groups=[])
    bare = HubSpot(access_token=client.access_token, host=HOST).crm.contacts.search_api
    refused = refusal(ApiException, lambda: [bare.do_search(request) for _ in range(60)])
    same((refused.status, json.loads(refused.body)["category"]), (429, "RATE_LIMITS"))
    before = searches(429)
    api = client.crm.contacts.search_api
    same([api.do_search(request).total > 600 for _ in range(12)], [True] * 12)
    holds(searches(429) > before, "no 429 came in its way")


def searches(status: int) -> int:
    """How many searches the sandbox answered so."""
    found = control("GET", "metrics")["results"]
    return sum(item["calls"] for item in found if item["path"].endswith("/search") and item["status"] == status)


def tells_the_rolling_limit_from_the_daily(client: HubSpot) -> None:
    api = HubSpot(access_token=client.access_token, host=HOST).crm.contacts.basic_api
    for limit, policy in (({"rate_ten_seconds": 1}, "TEN_SECONDLY_ROLLING"), ({"rate_day": 1}, "DAILY")):
        control("POST", "settings", {"hubspot": limit})
        refused = refusal(ApiException, lambda: [api.get_page() for _ in range(3)])
        same((refused.status, json.loads(refused.body)["policyName"]), (429, policy))
        control("POST", "settings", {"hubspot": {"rate_ten_seconds": 1000, "rate_day": 1_000_000}})
    holds(api.get_page().results, "no answer afterwards")


OPERATIONS = (
    exchanges_a_refresh_token_and_works_with_it,
    is_refused_a_wrong_refresh_token,
    sees_an_expired_token,
    is_refused_without_a_token_and_without_the_scope,
    survives_the_search_limit_by_its_own_retry,
    tells_the_rolling_limit_from_the_daily,
)
