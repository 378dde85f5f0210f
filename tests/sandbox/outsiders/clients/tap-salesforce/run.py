"""tap-salesforce at work on the sandbox: discovery, a full replication, increments by bookmark, quotas, refusals."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tell import control, holds, perform, same

SCRATCH = Path(os.environ["SCRATCH"])
STREAMS = ("Account", "Contact", "Lead", "Opportunity", "OpportunityHistory", "Task")
CONFIG = {
    "client_id": os.environ["SALESFORCE_CLIENT_ID"],
    "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
    "refresh_token": "tap-refresh-token",
    "start_date": "2015-01-01T00:00:00Z",
    "api_type": "REST",
    "select_fields_by_default": True,
    "is_sandbox": False,
}


def tap(*options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the tap with its configuration, changed by `more`."""
    write("config.json", {**CONFIG, **more})
    return subprocess.run(["tap-salesforce", "--config", "config.json", *options], capture_output=True, text=True)


def write(name: str, value: Any) -> None:
    """A JSON file of the tap's."""
    (SCRATCH / name).write_text(json.dumps(value), "utf-8")


def messages(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What the tap put out, each line a message; fails where the tap did."""
    holds(done.returncode == 0, done.stderr[-500:])
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def records(found: list[dict[str, Any]], stream: str) -> list[dict[str, Any]]:
    """The records of one stream."""
    return [item["record"] for item in found if item["type"] == "RECORD" and item["stream"] == stream]


def is_refused_with_a_stale_token(_: None) -> None:
    done = tap("--discover", refresh_token="stale")
    same(done.returncode != 0, True)
    holds("expired access/refresh token" in done.stderr, done.stderr[-500:])


def signs_in_and_discovers(_: None) -> None:
    done = tap("--discover")
    holds(done.returncode == 0, done.stderr[-500:])
    catalog = json.loads(done.stdout)
    streams = {item["stream"]: item for item in catalog["streams"]}
    holds(set(STREAMS) <= streams.keys(), f"missing: {set(STREAMS) - streams.keys()}")
    for name in STREAMS:
        [own] = [item["metadata"] for item in streams[name]["metadata"] if not item["breadcrumb"]]
        same((own["table-key-properties"], own["valid-replication-keys"]), (["Id"], ["SystemModstamp"]))
        own |= {"selected": True, "replication-method": "INCREMENTAL", "replication-key": "SystemModstamp"}
    same(streams["Account"]["schema"]["properties"]["NumberOfEmployees"]["type"], ["null", "integer"])
    write("catalog.json", catalog)


def replicates_everything(_: None) -> None:
    found = messages(tap("--properties", "catalog.json"))
    sizes = {stream: len({row["Id"] for row in records(found, stream)}) for stream in STREAMS}
    wanted = {"Account": 300, "Contact": 700, "Lead": 150, "Opportunity": 200}
    same({stream: sizes[stream] for stream in wanted}, wanted)
    holds(sizes["OpportunityHistory"] > 200 and sizes["Task"] > 0, str(sizes))
    write("state.json", [item["value"] for item in found if item["type"] == "STATE"][-1])


def replicates_only_what_changed_and_what_was_deleted(_: None) -> None:
    control("POST", "clock", {"advance_seconds": 60})
    rows = control("GET", "truth")["results"]
    first, second = [row["id"] for row in rows if (row["crm"], row["kind"]) == ("salesforce", "company")][:2]
    for change in ({"id": first, "fields": {"Name": "Changed since"}}, {"id": second, "archive": True}):
        control("POST", "edit", {"crm": "salesforce", "kind": "company", **change})
    found = records(messages(tap("--properties", "catalog.json", "--state", "state.json")), "Account")
    seen = {row["Id"]: (row["Name"] == "Changed since", row["IsDeleted"]) for row in found}
    same((seen[first], seen[second][1]), ((True, False), True))
    holds(len(found) < 300, f"{len(found)} accounts again")


def stops_at_its_quota(_: None) -> None:
    limit = control("GET", "settings")["salesforce"]["daily_limit"]
    control("POST", "settings", {"salesforce": {"daily_limit": 500}})
    done = tap("--properties", "catalog.json", quota_percent_total="1")
    control("POST", "settings", {"salesforce": {"daily_limit": limit}})
    same(done.returncode, 1)
    holds("total REST quota" in done.stderr, done.stderr[-500:])


OPERATIONS = [
    is_refused_with_a_stale_token,
    signs_in_and_discovers,
    replicates_everything,
    replicates_only_what_changed_and_what_was_deleted,
    stops_at_its_quota,
]

if __name__ == "__main__":
    os.chdir(SCRATCH)
    username = "a.administrator@revops-demo.example"  # the seed's first user
    control("POST", "settings", {"salesforce": {"refresh_tokens": {CONFIG["refresh_token"]: username}}})
    perform(OPERATIONS, None)
