"""The plan file: the same plan gives the same bytes, and no other bytes give a plan."""

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import Change
from connectors.errors import RefusedError, UsageError
from sync.files import write
from sync.forms import canonical, dump_change, load_change
from sync.plan.file import decode, encode, plan_hash, read
from sync.plan.model import Plan
from tests.sync.desk import group, plan_of, ref
from tests.sync.values import CHANGES, plans

SMALL = plan_of(
    group("a", load_change({"verb": "set", "ref": str(ref("a")), "before": {}, "after": {"name": "Zoë", "vip": True}})),
    group("b", load_change({"verb": "merge", "ref": str(ref("b")), "merged": [str(ref("c"))], "carry": {}})),
)


@settings(max_examples=60)
@given(plans())
def test_a_plan_comes_back_from_its_bytes(plan: Plan) -> None:
    content = encode(plan)
    assert decode(content) == plan and encode(decode(content)) == content
    assert plan_hash(content) == hashlib.sha256(content).hexdigest()


@given(CHANGES)
def test_a_change_comes_back_from_its_json(change: Change) -> None:
    assert load_change(json.loads(json.dumps(dump_change(change)))) == change


def test_a_group_stands_on_a_line_of_its_own() -> None:
    lines = encode(SMALL).decode().splitlines()
    assert [line[:12] for line in lines] == ['{"plan":{"co', '"groups":[', '{"after":[],', '{"after":[],', "]}"]


def test_every_flip_of_a_byte_is_refused_or_is_another_plan() -> None:
    content = encode(SMALL)
    flips = ((place, bit) for place in range(len(content)) for bit in (0x01, 0x20, 0x80))
    for place, bit in flips:
        other = bytearray(content)
        other[place] ^= bit
        assert _refused(bytes(other)) or decode(bytes(other)) != SMALL


def test_no_byte_can_be_taken_out_or_said_twice() -> None:
    content = encode(SMALL)
    for place in range(len(content)):
        for other in (
            content[:place] + content[place + 1 :],
            content[:place] + content[place : place + 1] + content[place:],
        ):
            assert other == content or _refused(other) or decode(other) != SMALL


@pytest.mark.parametrize("extra", [b" ", b"\n", b"\x00", b"{}", b"\xef\xbb\xbf"])
def test_nothing_can_be_put_around_a_plan(extra: bytes) -> None:
    assert _refused(extra + encode(SMALL)) and _refused(encode(SMALL) + extra)


def _refused(content: bytes) -> bool:
    try:
        decode(content)
    except RefusedError:
        return True
    return False


def _with(change: Any) -> bytes:
    """The plan with a change made to its JSON, laid out as the tool does it."""
    data = json.loads(encode(SMALL))
    change(data)
    lines = ",\n".join(canonical(item) for item in data["groups"]) if isinstance(data["groups"], list) else "1"
    return f'{{"plan":{canonical(data["plan"])},\n"groups":[\n{lines}\n]}}\n'.encode("utf-8", "surrogatepass")


def _put(*path: Any, value: Any) -> bytes:
    def change(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return _with(change)


STEP = ("groups", 0, "steps", 0)
HOSTILE = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "no groups": b'{"plan":{}}',
    "not UTF-8": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "deep maps": b'{"a":' * 100_000,
    "huge number": b'{"plan":' + b"9" * 10_000 + b"}",
    "not a number": _put(*STEP, "after", value={"name": {"number": "twelve"}}),
    "endless number": _put(*STEP, "after", value={"name": {"number": "1E+999999"}}),
    "NaN": _put("groups", 0, "evidence", value=[float("nan")]),
    "half a character": _put("groups", 0, "title", value="\ud800"),
    "a date beyond time": _put("plan", "made_at", value="0001-01-01T00:00:00+23:59"),
    "a moment without a zone": _put("plan", "expires_at", value="2027-01-01T00:00:00"),
    "another verb": _put(*STEP, "verb", value="drop"),
    "a path for an id": _put(*STEP, "ref", value="hubspot:1/company/../../x"),
    "a ref that is a number": _put(*STEP, "ref", value=7),
    "another format": _put("plan", "format", value=3),
    "a format that says more than it holds": _put("plan", "format", value=2),
    "an effect of another sort": _put("groups", 0, "impact", value=[{"about": "luck"}]),
    "a title that is a map": _put("groups", 0, "title", value={"a": 1}),
    "a grade of its own": _put("groups", 0, "grade", value="harmless"),
    "counts that lie": _put("plan", "counts", value={"groups": 0}),
    "a key too many": _put("plan", "extra", value=1),
    "counts of one group more": _with(lambda data: data["groups"].append(data["groups"][0])),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_anything_else_is_refused_and_nothing_but_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        decode(content)


@settings(max_examples=200)
@given(st.data())
def test_a_plan_with_any_part_replaced_is_refused_or_stays_readable(data: st.DataObject) -> None:
    def change(tree: Any) -> None:
        while True:
            key = data.draw(st.sampled_from(sorted(tree) if isinstance(tree, dict) else list(range(len(tree)))))
            if not isinstance(tree[key], dict | list) or not tree[key] or data.draw(st.booleans()):
                tree[key] = data.draw(st.sampled_from([None, -1, 1e300, "x", [], {}, [[]], {"number": "x"}, "\ud800"]))
                return
            tree = tree[key]

    _refused(_with(change))


def test_a_file_is_private_whole_and_read_once(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write(path, encode(SMALL))
    assert read(path) == encode(SMALL) and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_in_place_of_a_plan_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "plan.json", encode(SMALL))
    (tmp_path / "link.json").symlink_to(tmp_path / "plan.json")
    with pytest.raises(UsageError):
        read(tmp_path / "link.json")


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json"):
        read(tmp_path / "none.json")
    with pytest.raises(UsageError, match=r"plan\.json"):
        write(tmp_path / "no folder" / "plan.json", b"")
