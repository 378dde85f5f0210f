"""Every fault script does on the wire what it says, to the calls that it names and to no other."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sandbox.faults import Script, read
from sandbox.server import serve
from tests.faults.wire import Seen, World, over_wire, own_headers, template

SCRIPTS = {path.stem: read(path) for path in sorted(Path(__file__).parent.glob("*.yaml"))}
CATALOGUE = YAML(typ="safe").load((Path(__file__).parents[1] / "catalogue.yaml").read_text("utf-8"))
TEMPLATE = template()
CHANCES = [name for name, script in SCRIPTS.items() if any("probability" in rule["on"] for rule in script.rules)]


def played(script: Script, wire: bool = False) -> list[Seen]:
    """What a client sees of the script's calls in a world of its own, over a socket or in process."""
    world = World(TEMPLATE)
    world.sandbox.faults.follow(script, world.sandbox.clock.now_ms())
    if not wire:
        return world.play(script.shows, world.in_process)
    with serve(world.sandbox) as url:
        return world.play(script.shows, over_wire(url))


def paired(script: Script, seen: list[Seen]) -> Iterator[tuple[Mapping[str, Any], list[Seen]]]:
    """Each call of the script with what was seen of it."""
    rest = iter(seen)
    for show in script.shows:
        yield show, list(islice(rest, show.get("repeat", 1)))


def ids(seen: Seen) -> list[str]:
    value = json.loads(seen.body)
    rows = value if isinstance(value, list) else value.get("results", value.get("records"))
    return [str(row.get("id", row.get("Id"))) for row in rows]


CLAIMS = {
    "status": lambda seen, wanted: seen.status == wanted,
    "end": lambda seen, wanted: seen.end == wanted,
    "body": lambda seen, wanted: re.search(wanted, seen.body.decode()) is not None,
    "lacks": lambda seen, wanted: re.search(wanted, seen.body.decode("latin-1")) is None,
    "ids": lambda seen, wanted: ids(seen) == wanted,
    "size": lambda seen, wanted: len(seen.body) == wanted,
    "size_below": lambda seen, wanted: len(seen.body) < wanted,
    "unpacks_to": lambda seen, wanted: len(gzip.decompress(seen.body)) == wanted,
    "unpacked": lambda seen, wanted: wanted in gzip.decompress(seen.body).decode(),
    "not_utf8": lambda seen, wanted: wanted and "\ufffd" in seen.body.decode("utf-8", "replace"),
    "type": lambda seen, wanted: own_headers(seen)["content-type"].startswith(wanted),
    "header": lambda seen, wanted: all(headed(seen, name, text) for name, text in wanted.items()),
    "changes": lambda seen, wanted: seen.changes == wanted,
    "waited_ms": lambda seen, wanted: seen.moved == wanted,
    "waited_above_ms": lambda seen, wanted: seen.moved > wanted,
}


def headed(seen: Seen, name: str, wanted: str | None) -> bool:
    text = own_headers(seen).get(name.lower())
    return text is None if wanted is None else re.search(wanted, text or "") is not None


def held(show: Mapping[str, Any], every: list[Seen]) -> list[str]:
    """The claims of a call that do not hold."""
    claims = dict(show["sees"])
    shares = claims.pop("statuses", {})
    claims.pop("differs", None)
    counts = Counter(seen.status for seen in every)
    wrong = [f"{counts}" for status, (low, high) in shares.items() if not low <= counts[status] <= high]
    return wrong + [name for name, wanted in claims.items() for seen in every if not CLAIMS[name](seen, wanted)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_does_what_it_says_and_the_same_every_time(name: str) -> None:
    script = SCRIPTS[name]
    seen = played(script, wire=True)
    wrong = [(show["call"], held(show, every), every[0]) for show, every in paired(script, seen) if "sees" in show]
    assert [item for item in wrong if item[1]] == []
    assert seen == played(script)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_touches_no_other_call(name: str) -> None:
    script = SCRIPTS[name]
    plain = paired(script, played(replace(script, rules=())))
    struck = 0
    for (show, seen), (_, usual) in zip(paired(script, played(script)), plain, strict=True):
        alike = [(one, own_headers(one)) == (other, own_headers(other)) for one, other in zip(seen, usual, strict=True)]
        assert "sees" in show or all(alike)
        struck += not all(alike)
    assert struck


@pytest.mark.parametrize("name", CHANCES)
def test_another_seed_strikes_other_calls(name: str) -> None:
    script = SCRIPTS[name]
    assert played(script) != played(replace(script, seed=script.seed + 1))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_which_failure_it_is(name: str) -> None:
    script = SCRIPTS[name]
    assert script.title and script.shows
    assert script.modes and set(script.modes) <= CATALOGUE.keys()
    assert name.startswith(script.modes[0].lower())


def test_every_fault_of_the_transport_has_a_script() -> None:
    told = {mode for script in SCRIPTS.values() for mode in script.modes}
    assert {mode for mode in CATALOGUE if mode.startswith("A")} <= told
