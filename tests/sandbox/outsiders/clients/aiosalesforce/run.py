"""aiosalesforce at work on the sandbox: many calls at once, Composite, Bulk 2.0, and what its retries survive."""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow
from aiosalesforce.exceptions import AuthenticationError, NotFoundError, RequestLimitExceededError, SalesforceError
from tell import control, holds, perform, same

KEY = "HubSpot_Company_Id__c"
HOST = "https://revops-demo.my.salesforce.com"  # reached through the proxy of the environment


def crm_of(http: httpx.AsyncClient, secret: str = os.environ["SALESFORCE_CLIENT_SECRET"]) -> Salesforce:
    """The client, which signs in by itself when it is first used."""
    auth = ClientCredentialsFlow(client_id=os.environ["SALESFORCE_CLIENT_ID"], client_secret=secret)
    return Salesforce(http, base_url=HOST, auth=auth, version="66.0")


async def refused(kind: type[SalesforceError], call: Awaitable[Any]) -> SalesforceError:
    """The exception of that kind which a call ends in."""
    try:
        answer = await call
    except kind as wrong:
        return wrong
    raise AssertionError(f"{kind.__name__} was not raised; the answer was {answer!r:.200}")


async def records(crm: Salesforce, soql: str, deleted: bool = False) -> list[dict[str, Any]]:
    """The records of a query, to its end."""
    return [record async for record in crm.query(soql, include_all_records=deleted)]


async def is_refused_with_a_wrong_secret(crm: Salesforce) -> None:
    stranger = crm_of(crm.httpx_client, "no")
    same((await refused(AuthenticationError, stranger.get_limits())).error_code, "invalid_client")


async def makes_reads_changes_and_deletes_a_record(crm: Salesforce) -> None:
    made = await crm.sobject.create("Account", {"Name": "Async", "Industry": "Energy"})
    await crm.sobject.update("Account", made, {"Industry": None, "Phone": "1"})
    same(await crm.sobject.get("Account", made, fields=["Industry", "Phone"]) | {"attributes": None, "Id": None}, {
        "attributes": None, "Id": None, "Industry": None, "Phone": "1",
    })  # fmt: skip
    await crm.sobject.delete("Account", made)
    same((await refused(NotFoundError, crm.sobject.get("Account", made))).error_code, "ENTITY_IS_DELETED")
    [gone] = await records(crm, f"SELECT IsDeleted FROM Account WHERE Id = '{made}'", deleted=True)
    same(gone["IsDeleted"], True)


async def upserts_by_external_id(crm: Salesforce) -> None:
    answers = [await crm.sobject.upsert("Account", "async-1", KEY, {"Name": name}) for name in ("One", "Two")]
    same([answer.created for answer in answers], [True, False])
    same((await crm.sobject.get("Account", "async-1", external_id_field=KEY))["Name"], "Two")


async def makes_sixty_records_at_once(crm: Salesforce) -> None:
    rows = [crm.sobject.create("Contact", {"LastName": f"async {n}"}) for n in range(60)]
    same(len(set(await asyncio.gather(*rows))), 60)
    same(len(await records(crm, "SELECT Id FROM Contact WHERE LastName LIKE 'async %'")), 60)


async def composes_calls_that_refer_to_each_other(crm: Salesforce) -> None:
    async with crm.composite(all_or_none=True, collate_subrequests=False) as request:
        account = request.sobject.create("Account", {"Name": "Composed"})
        contact = request.sobject.create("Contact", {"LastName": "C", "AccountId": f"{account.reference.id}"})
    same([account.status_code, contact.status_code], [201, 201])
    same((await crm.sobject.get("Contact", contact.id))["AccountId"], account.id)
    async with crm.composite(all_or_none=True) as request:
        good = request.sobject.create("Account", {"Name": "Halted"})
        bad = request.sobject.create("Contact", {"FirstName": "No last name"})
    same([good.response_body[0]["errorCode"], bad.response_body[0]["errorCode"]],
         ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"])  # fmt: skip
    same(await records(crm, "SELECT Id FROM Account WHERE Name = 'Halted'"), [])


async def sends_a_batch_of_independent_calls(crm: Salesforce) -> None:
    async with crm.composite.batch() as batch:
        found = batch.query("SELECT Id FROM Account LIMIT 7")
        bad = batch.sobject.create("Contact", {"FirstName": "No last name"})
        good = batch.sobject.create("Contact", {"LastName": "In a batch"})
    same([found.status_code, bad.status_code, good.status_code], [200, 400, 201])
    same(len(found.records), 7)


async def loads_in_bulk_with_a_bad_row(crm: Salesforce) -> None:
    rows = [{"LastName": f"abulk {n}" if n != 5 else "", "Email": f"a{n}@example.com"} for n in range(120)]
    made = await crm.bulk_v2.insert("Contact", rows)
    same((len(made.successful_results), len(made.failed_results), len(made.unprocessed_records)), (119, 1, 0))
    holds(made.failed_results[0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:"), str(made.failed_results[0]))
    same([job.state for job in made.jobs], ["JobComplete"])
    gone = await crm.bulk_v2.delete("Contact", [{"Id": row["sf__Id"]} for row in made.successful_results])
    same((len(gone.successful_results), len(gone.failed_results)), (119, 0))


async def waits_for_a_locked_row(crm: Salesforce) -> None:
    account = await crm.sobject.create("Account", {"Name": "Held"})
    control("POST", "settings", {"salesforce": {"locked_rows": {account: 2}}})
    await crm.sobject.update("Account", account, {"Phone": "2"})
    same((await crm.sobject.get("Account", account))["Phone"], "2")


async def survives_an_outage_and_an_expired_session(crm: Salesforce) -> None:
    control("POST", "faults", {"on": {"path": "/limits", "times": 2}, "do": [{"status": 503}]})
    holds((await crm.get_limits())["DailyApiRequests"]["Max"], "no limits")
    control("POST", "faults", {"on": {"crm": "salesforce", "path": "/query"}, "do": ["expire_token"]})
    same(len(await records(crm, "SELECT Id FROM Organization")), 1)


async def meets_the_organizations_duplicate_rule(crm: Salesforce) -> None:
    match = [{"rule": "Email_Rule", "fields": ["Email"]}]
    rule = {"name": "Same_Email", "object": "Contact", "match": match, "on_insert": "block", "message": "No."}
    await crm.sobject.create("Contact", {"LastName": "A", "Email": "twin@example.com"})
    control("POST", "settings", {"salesforce": {"duplicate_rules": [rule]}})
    twin = crm.sobject.create("Contact", {"LastName": "B", "Email": "twin@example.com"})
    wrong = await refused(SalesforceError, twin)
    control("POST", "settings", {"salesforce": {"duplicate_rules": []}})
    # The client looks for `duplicateResult`; recorded answers misspell the key, so that it shows the whole body.
    holds("DUPLICATES_DETECTED" in str(wrong.error_code or wrong.error_message), str(wrong))


async def is_refused_past_the_daily_limit(crm: Salesforce) -> None:
    limit = (await crm.get_limits())["DailyApiRequests"]["Max"]
    control("POST", "settings", {"salesforce": {"daily_limit": 1}})
    wrong = await refused(RequestLimitExceededError, crm.get_limits())
    control("POST", "settings", {"salesforce": {"daily_limit": limit}})
    same(wrong.error_code, "REQUEST_LIMIT_EXCEEDED")


OPERATIONS = [
    is_refused_with_a_wrong_secret,
    makes_reads_changes_and_deletes_a_record,
    upserts_by_external_id,
    makes_sixty_records_at_once,
    composes_calls_that_refer_to_each_other,
    sends_a_batch_of_independent_calls,
    loads_in_bulk_with_a_bad_row,
    waits_for_a_locked_row,
    survives_an_outage_and_an_expired_session,
    meets_the_organizations_duplicate_rule,
    is_refused_past_the_daily_limit,
]


def awaited(operation: Callable[[Salesforce], Awaitable[None]], runner: asyncio.Runner) -> Callable[[Salesforce], None]:
    """An operation as the suite calls it."""

    @wraps(operation)
    def run(crm: Salesforce) -> None:
        runner.run(operation(crm))  # type: ignore[arg-type]

    return run


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        trust = ssl.create_default_context(cafile=os.environ["CA_FILE"])
        http = httpx.AsyncClient(verify=trust)
        perform(map(partial(awaited, runner=runner), OPERATIONS), crm_of(http))
        runner.run(http.aclose())
