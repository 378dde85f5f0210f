"""Every connector verb replayed from its cassette at the HTTP edge: the bytes sent, what is made of the answers."""

import re
from pathlib import Path
from typing import Any

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from sandbox.server import serve
from sync.cli.sandbox import environment
from tests.halves import NOWHERE, Edge, Time, edge
from tests.record import credentials, live, record, sandboxed, small
from tests.scenes import SCENES, WARM, Given, played
from tests.tape import FOLDER, HOSTS, PHONE, SCRUBBED, Tape, scrub

TAKES = [(crm, name) for crm in sorted(HOSTS) for name, scene in SCENES.items() if crm in scene.crms]
FILES = sorted(FOLDER.glob("*/*.yaml"))


def warmed(crm: str, name: str) -> Edge:
    """A connector that has learned from the first two cassettes what it knows before a scene."""
    half = edge(crm, NOWHERE, Time())
    for warm, learn in zip(WARM, (half.sign_in, half.describe), strict=True):
        if name == warm:
            break
        with Tape(crm).play(warm, repeats=True):
            learn()
        half.reconnect()
    return half


def replay(crm: str, name: str, **given: Any) -> tuple[Any, Any, Any]:
    """What the scene comes to, what it came to when it was recorded, and the cassette; `given` departs from it."""
    half = warmed(crm, name)
    with Tape(crm).play(name) as cassette:
        start: Given = {**cassette.get_metadata("given", None), **given}
        return played(SCENES[name], half, start), cassette.get_metadata("result", None), cassette


@pytest.mark.parametrize(("crm", "name"), TAKES)
def test_a_verb_sends_the_recorded_bytes_and_reads_the_same_from_the_answers(crm: str, name: str) -> None:
    result, recorded, cassette = replay(crm, name)
    assert result == recorded
    assert cassette.all_played and len(cassette) > 0


def test_every_verb_has_its_cassette_and_no_other_lies_about() -> None:
    assert {(path.parent.name, path.stem) for path in FILES} == set(TAKES)


@pytest.mark.parametrize(
    ("crm", "name", "statuses"),
    [
        ("hubspot", "set_one_bad_row", ["applied", "rejected"]),
        ("salesforce", "set_one_bad_row", ["applied", "rejected"]),
        *((crm, name, ["applied", "applied"]) for crm in HOSTS for name in ("set", "archive")),
        *((crm, name, ["applied"]) for crm in HOSTS for name in ("create", "merge", "link", "unlink")),
        ("salesforce", "restore", ["applied"]),
    ],
)
def test_each_row_of_a_write_is_answered_for(crm: str, name: str, statuses: list[str]) -> None:
    assert [row["status"] for row in replay(crm, name)[0]] == statuses


def test_a_merge_of_hubspot_leaves_a_new_id_and_one_of_salesforce_the_survivor() -> None:
    left = {crm: replay(crm, "merge")[0][0]["ref"] for crm in HOSTS}
    given = {crm: _given(crm, "merge")["refs"] for crm in HOSTS}
    assert left["hubspot"] not in given["hubspot"]
    assert left["salesforce"] == given["salesforce"][0]


@pytest.mark.parametrize("crm", sorted(HOSTS))
def test_what_is_gone_is_told_with_what_it_was_merged_into(crm: str) -> None:
    merged, archived, absent = replay(crm, "read_gone")[0].values()
    assert merged["merged_into"] and not archived["merged_into"] and not absent["merged_into"]


def test_hubspot_is_waited_for_and_the_end_of_a_day_of_salesforce_is_not() -> None:
    assert replay("hubspot", "rate_limited")[0]["waited"] == [10.0]
    assert replay("salesforce", "rate_limited")[0]["error"] == "Exhausted"


@pytest.mark.parametrize(
    ("crm", "name", "given", "shown"),
    [
        ("hubspot", "create", {"key": "other"}, ['-    "revops_key": "cassette-new"', '+    "revops_key": "other"']),
        ("salesforce", "create", {"key": "other"}, ["Account/Revops_Key__c/other"]),
        ("salesforce", "merge", {"refs": None}, ["-<ns2:Id>", "+<ns2:Id>"]),
        ("hubspot", "pull_changes", {"since": "2026-01-01T00:00:00+00:00"}, ['-     "value": "', "1767225600000"]),
        ("salesforce", "pull_changes", {"since": "2026-01-01T00:00:00+00:00"}, ["uri differs", "2026-01-01T00"]),
    ],
)
def test_a_changed_byte_is_shown_as_a_diff(crm: str, name: str, given: Given, shown: list[str]) -> None:
    if "refs" in given:
        given = {"refs": _given(crm, name)["refs"][::-1]}
    with pytest.raises(CannotOverwriteExistingCassetteException) as told:
        replay(crm, name, **given)
    assert [line for line in shown if line not in str(told.value)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_cassette_holds_a_secret_an_address_or_a_host_of_its_own(path: Path) -> None:
    text = unwrapped(path)
    assert scrub(text) == text
    assert set(re.findall(r"Bearer (\S+)|pat-na1-(\w+)", text)) <= {("scrubbed", ""), ("", "scrubbed")}
    assert set(re.findall(r"[\w.+'-]+@[\w.-]+\w", text)) <= {"someone@example.com"}
    assert not re.search(r"sandbox-(reader|writer)|127\.0\.0\.1|localhost", text)
    assert re.findall(r"uri: (https?://[^/]+)", text) == [HOSTS[path.parent.name]] * text.count("uri: ")


def unwrapped(path: Path) -> str:
    """A cassette's text with YAML's folding and escaping of long strings undone."""
    return re.sub(r"\\?\n\s+\\?", " ", path.read_text("utf-8")).replace('\\"', '"')


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Bearer pat-eu1-0a1b2c3d-4e5f", "Bearer pat-na1-scrubbed"),
        ("grant_type=x&client_id=abc&client_secret=d%2Fe", "grant_type=x&client_id=scrubbed&client_secret=scrubbed"),
        ('{"access_token": "00Dabc", "id": "1"}', '{"access_token": "scrubbed", "id": "1"}'),
        ("<ns1:sessionId>00D1!x</ns1:sessionId>", "<ns1:sessionId>scrubbed</ns1:sessionId>"),
        ("Ann.O'Hara+x@mail.acme.co.uk wrote", "someone@example.com wrote"),
        ("q=Email%3D%27ann%40acme.org%27", "q=Email%3D%27someone@example.com%27"),
        ("ann@example.com", "ann@example.com"),
        ('{"mobilephone":"+49 30 123","fax": "1"}', f'{{"mobilephone":"{PHONE}","fax": "{PHONE}"}}'),
        ("<sf:MobilePhone>+49 30 123</sf:MobilePhone>", f"<sf:MobilePhone>{PHONE}</sf:MobilePhone>"),
        ('{"hs_email_domain": "acme.org", "Website": null}', '{"hs_email_domain": "example.com", "Website": null}'),
        ('{"name": "phone", "type": "email"}', '{"name": "phone", "type": "email"}'),
    ],
)
def test_scrubbing_hides_what_is_secret_and_nothing_else(raw: str, kept: str) -> None:
    assert scrub(raw) == scrub(kept) == kept
    assert len({pattern.pattern for pattern, _ in SCRUBBED}) == len(SCRUBBED)


@pytest.mark.parametrize("name", ["sign_in", "pull_changes", "read_gone", "merge", "rate_limited"])
@pytest.mark.parametrize("crm", sorted(HOSTS))
def test_a_second_recording_gives_the_same_bytes(tmp_path: Path, crm: str, name: str) -> None:
    for take in ("one", "two"):
        record(crm, name, tmp_path / take, sandboxed)
    one, two = (Tape(crm, tmp_path / take).path(name).read_bytes() for take in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("writes", [False, True])
def test_a_live_recording_changes_something_only_with_leave_and_only_records_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: bool
) -> None:
    sandbox = small()
    before = {row.id for row in sandbox.store.rows("kind='company'")}
    with serve(sandbox) as base_url:
        for variable, value in environment(base_url).items():
            monkeypatch.setenv(variable, value)
        for name in ("read_gone", "set"):
            record("salesforce", name, tmp_path, live(writes))
    assert {item["id"] for item in sandbox.store.ledger()} & before == set()
    assert {path.stem for path in tmp_path.glob("*/*")} == {"read_gone", *(["set"] if writes else [])}


def test_a_live_recording_of_reads_never_looks_at_a_writers_credential() -> None:
    environ = {"HUBSPOT_ACCESS_TOKEN": "pat-r", "HUBSPOT_WRITE_TOKEN": "pat-w", "SALESFORCE_WRITE_CLIENT_SECRET": "w"}
    assert credentials(environ, writes=False)["HUBSPOT_WRITE_TOKEN"] == "pat-r"
    assert credentials(environ, writes=False)["SALESFORCE_WRITE_CLIENT_SECRET"] == ""
    assert credentials(environ, writes=True)["HUBSPOT_WRITE_TOKEN"] == "pat-w"


def _given(crm: str, name: str) -> Given:
    """What a scene was recorded from."""
    with Tape(crm).play(name) as cassette:
        found: Given = cassette.get_metadata("given", None)
    return found
