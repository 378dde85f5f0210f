"""dlt at work on the sandbox: its REST source pages, retries and loads into DuckDB; a second run loads what changed."""

import os
from typing import Any

import dlt
from dlt.sources.rest_api import rest_api_source
from tell import control, holds, perform, same

KINDS = ("contacts", "companies", "deals")
CURSOR = {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"}


def endpoint(kind: str) -> dict[str, Any]:
    """A full load of one kind."""
    params = {"limit": 100, "properties": "name,email,dealname,amount,hs_lastmodifieddate"}
    return {"name": kind, "primary_key": "id", "endpoint": {"path": f"crm/v3/objects/{kind}", "params": params}}


def searched(kind: str, modified: str) -> dict[str, Any]:
    """What changed of one kind since the last load, by search."""
    since = {"propertyName": modified, "operator": "GT", "value": "{incremental.start_value}"}
    body = {
        "filterGroups": [{"filters": [since]}],
        "sorts": [modified],
        "properties": [modified, "description"],
        "limit": 100,
    }
    cursor = {"type": "cursor", "cursor_path": "paging.next.after", "cursor_body_path": "after"}
    call = {"path": f"crm/v3/objects/{kind}/search", "method": "POST", "json": body, "data_selector": "results"}
    moved = {"cursor_path": f"properties.{modified}", "initial_value": "2000-01-01T00:00:00.000Z"}
    return {
        "name": f"{kind}_changes",
        "primary_key": "id",
        "write_disposition": "merge",
        "endpoint": {**call, "paginator": cursor, "incremental": moved},
    }


def load(pipeline: dlt.Pipeline, *resources: dict[str, Any], token: str = os.environ["HUBSPOT_TOKEN"]) -> None:
    """Run the pipeline over these resources; raises where a job failed."""
    auth = {"type": "bearer", "token": token}
    client = {"base_url": os.environ["HUBSPOT_URL"], "auth": auth, "paginator": CURSOR}
    pipeline.run(rest_api_source({"client": client, "resources": list(resources)})).raise_on_failed_jobs()


def ids(pipeline: dlt.Pipeline, table: str) -> list[str]:
    """The ids that stand in a table of the database."""
    with pipeline.sql_client() as client:
        return [row[0] for row in client.execute_sql(f"SELECT id FROM {table}")]


def seeded(kind: str) -> list[str]:
    """The ids of a kind that the sandbox was seeded with, in order."""
    found = control("GET", "truth")["results"]
    return sorted(item["id"] for item in found if item["crm"] == "hubspot" and item["kind"] == kind)


def loads_every_record_of_every_kind(pipeline: dlt.Pipeline) -> None:
    load(pipeline, *map(endpoint, KINDS))
    for table, kind in zip(KINDS, ("contact", "company", "deal"), strict=True):
        same(sorted(ids(pipeline, table)), seeded(kind))


def loads_what_changed_and_nothing_else(pipeline: dlt.Pipeline) -> None:
    changes = searched("companies", "hs_lastmodifieddate")
    load(pipeline, changes)
    same(sorted(ids(pipeline, "companies_changes")), seeded("company"))
    changed = seeded("company")[7]
    fields = {"description": "changed by a person"}
    control("POST", "edit", {"crm": "hubspot", "kind": "company", "id": changed, "fields": fields})
    control("POST", "clock", {"advance_seconds": 60})
    before = searches()
    load(pipeline, changes)
    with pipeline.sql_client() as client:
        found = client.execute_sql(
            "SELECT id FROM companies_changes WHERE properties__description = %s", *fields.values()
        )
    same([row[0] for row in found], [changed])
    holds(searches() - before <= 2, f"{searches() - before} searches for one changed company")


def searches() -> int:
    """How many searches of companies the sandbox answered."""
    found = control("GET", "metrics")["results"]
    return sum(row["calls"] for row in found if row["path"].endswith("/companies/search") and row["status"] == 200)


def waits_out_a_limit_and_an_outage(pipeline: dlt.Pipeline) -> None:
    on = {"path": "/v3/objects/deals$", "nth": 2}
    control("POST", "faults", {"on": on, "do": [{"status": 429, "headers": {"Retry-After": "1"}}]})
    control("POST", "faults", {"on": {**on, "nth": 3}, "do": [{"status": 502}]})
    load(pipeline, {**endpoint("deals"), "name": "deals_again"})
    same(sorted(ids(pipeline, "deals_again")), seeded("deal"))
    statuses = {row["status"] for row in control("GET", "metrics")["results"] if row["path"].endswith("/objects/deals")}
    holds({200, 429, 502} <= statuses, f"only {statuses}")


def fails_with_a_token_that_nobody_gave_out(pipeline: dlt.Pipeline) -> None:
    try:
        load(pipeline, {**endpoint("deals"), "name": "refused"}, token="nobody")
    except Exception as refused:  # noqa: BLE001 - dlt wraps what its requests raise in errors of each step
        holds("401" in str(refused), str(refused))
    else:
        raise AssertionError("it loads with a token that nobody gave out")


OPERATIONS = (
    loads_every_record_of_every_kind,
    loads_what_changed_and_nothing_else,
    waits_out_a_limit_and_an_outage,
    fails_with_a_token_that_nobody_gave_out,
)

if __name__ == "__main__":
    perform(OPERATIONS, dlt.pipeline("outsider", destination="duckdb", dataset_name="hubspot"))
