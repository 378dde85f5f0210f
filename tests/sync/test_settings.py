"""Settings: every mistake is told at once with its place, and nothing hostile in a file does harm."""

from pathlib import Path

import pytest

from connectors.errors import UsageError
from sync.plan.strategy import Strategy
from sync.settings import Config, load

ROOT = Path(__file__).parents[2]


def mistakes(folder: Path, content: str | bytes, **environ: str) -> str:
    """What loading these settings complains of."""
    path = folder / "revops.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as told:
        load({"REVOPS_CONFIG": str(path), **environ})
    return str(told.value).replace(str(folder), "")


MANY = """\
version: 1
guards:
  max_share: 7
  max_shares: 0.1
checks:
- check: duplicates
- check: duplicate
  kinds: x
"""


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    told = mistakes(tmp_path, MANY, REVOPS_STAET="x")
    assert told.startswith("5 mistakes")
    for place, what in [(3, "guards.max_share"), (4, "no such setting"), (6, "'duplicates'"), (8, "checks.1.kinds")]:
        assert any(f"revops.yaml:{place}: " in line and what in line for line in told.splitlines()), (place, told)
    assert "REVOPS_STAET: no such variable" in told


WRONG = {
    "an unknown key": ("verison: 1\n", "verison: no such setting"),
    "a newer version": ("version: 2\n", "version"),
    "an unknown crm": ("crms: [pipedrive]\n", "crms.0"),
    "an unknown strategy": ("merge: {company: magic}\n", "merge.company"),
    "a check that is no map": ("checks: [duplicate]\n", "checks.0"),
    "a list for a map": ("- a\n- b\n", "not a map"),
    "a text": ("hello\n", "not a map"),
    "an anchor": ("merge: &a {company: native}\n", "anchors"),
    "a key twice": ("version: 1\nversion: 1\n", "duplicate key"),
    "no YAML": ("merge: {company: native\n", "revops.yaml:"),
    "a tab": ("guards:\n\tmax_share: 1\n", "revops.yaml:2"),
    "a control character": (b"version: 1\x00\n", "ReaderError"),
    "not UTF-8": (b"version: \xff\n", "UTF-8"),
    "a negative number": ("apply: {settle_seconds: -1}\n", "apply.settle_seconds"),
    "a word for a number": ("apply: {stop: {consecutive: many}}\n", "apply.stop.consecutive"),
}


@pytest.mark.parametrize(("content", "what"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named(tmp_path: Path, content: str | bytes, what: str) -> None:
    assert what in mistakes(tmp_path, content)


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
HOSTILE = {
    "a bomb": BOMB,
    "deep lists": "merge: " + "[" * 500 + "]" * 500,
    "deep maps": "merge: " + "{a: " * 500 + "}" * 500,
    "a tag": "merge: !!python/object/apply:os.system ['true']\n",
    "a large file": "# " + "x" * 1_000_001,
    "a merge key": "guards: {<<: {max_share: 0.1}, max_shares: 1}\n",
    "a huge number": "guards: {max_records: " + "9" * 5000 + "x}\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_a_mistake_and_nothing_else(tmp_path: Path, content: str) -> None:
    assert "revops.yaml" in mistakes(tmp_path, content)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="revops-sync init"):
        load({"REVOPS_CONFIG": str(tmp_path / "none.yaml")})


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = load({})
    assert found.path is None and found.config == Config() and found.crms() == ()
    assert [check.label for check in found.checks][:1] == ["duplicate:company"]


@pytest.mark.parametrize("place", ["sync", "config"])
def test_the_file_that_init_writes_says_what_holds_anyway(place: str) -> None:
    found, bare = load({"REVOPS_CONFIG": str(ROOT / place / "revops.yaml")}), load({"REVOPS_CONFIG": ""})
    assert found.config == Config() and [check.label for check in found.checks] == [
        check.label for check in bare.checks
    ]


def test_a_crm_counts_only_with_a_readers_credential() -> None:
    url = {"SALESFORCE_INSTANCE_URL": "https://x.example"}
    assert load({"HUBSPOT_WRITE_TOKEN": "t"} | url).crms() == ()
    assert load({"HUBSPOT_ACCESS_TOKEN": "t"}).crms() == ("hubspot",)
    assert load({"SALESFORCE_CLIENT_ID": "c"} | url).crms() == ("salesforce",)


def test_no_secret_shows_in_what_is_printed_of_the_settings() -> None:
    names = (
        "HUBSPOT_ACCESS_TOKEN",
        "HUBSPOT_WRITE_TOKEN",
        "SALESFORCE_CLIENT_SECRET",
        "SALESFORCE_WRITE_CLIENT_SECRET",
    )
    found = load({name: f"canary-{name}" for name in names})
    assert "canary" not in repr(found) + str(found.env) + found.env.model_dump_json()


def test_the_hash_names_the_rules_in_force(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path, content in zip(
        paths, ["version: 1\n", "# words\nversion: 1\n", "guards: {max_share: 0.1}\n"], strict=True
    ):
        path.write_text(content)
    hashes = [load({"REVOPS_CONFIG": str(path)}).hash for path in paths]
    assert hashes[0] == hashes[1] != hashes[2]


STRATEGIES = [
    ({}, False, Strategy.NATIVE),
    ({}, True, Strategy.MARK),
    ({"company": Strategy.SOFT}, True, Strategy.SOFT),
    ({"company": Strategy.SOFT, "hubspot.company": Strategy.NATIVE}, True, Strategy.NATIVE),
    ({"salesforce.company": Strategy.SOFT}, False, Strategy.NATIVE),
]


@pytest.mark.parametrize(("merge", "first_live", "wanted"), STRATEGIES)
def test_the_strategy_is_the_teams_and_a_mark_in_a_first_live_run(
    merge: dict[str, Strategy], first_live: bool, wanted: Strategy
) -> None:
    assert Config(merge=merge).strategy("hubspot:1", "company", first_live) is wanted
