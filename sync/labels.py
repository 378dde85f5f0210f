"""Reads labeled pairs from a YAML file: every mistake is named by file, line and mend."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from connectors.errors import UsageError
from connectors.records import Ref

Side = Ref | dict[str, str]
EXAMPLE = "Write a list of pairs, as `- { kind: company, same: true, a: { name: Acme }, b: { name: ACME Inc } }`"


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    same: bool
    a: str | dict[str, str]
    b: str | dict[str, str]
    kind: str = "company"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One labeled pair: two records' fields, or the refs of two records of the mirror; never one of each."""

    kind: str
    same: bool
    a: Side
    b: Side
    where: str


def read(path: Path) -> list[Pair]:
    """The pairs of a file, in its order. Values are text as it is written: a postcode keeps its zeros."""
    try:
        root = YAML().compose(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Name a file of labeled pairs with --labels") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text", "Save it as UTF-8") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{path}:{line}: {error.problem}", "Check the YAML there") from None
    if root is None:
        return []
    if not isinstance(root, SequenceNode):
        raise UsageError(f"{path}:{root.start_mark.line + 1}: not a list of pairs", EXAMPLE)
    return [_pair(f"{path}:{node.start_mark.line + 1}", node) for node in root.value]


def _pair(where: str, node: Node) -> Pair:
    try:
        found = _Pair.model_validate(_plain(node))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:1])
        raise UsageError(f"{where}: {name or 'the pair'}: {first['msg']}", EXAMPLE) from None
    sides = _side(where, found.a), _side(where, found.b)
    refs = [side for side in sides if isinstance(side, Ref)]
    if len(refs) == 1 or len({ref.kind for ref in refs}) > 1:
        raise UsageError(f"{where}: the two sides do not go together", "Give fields twice, or two refs of one kind")
    return Pair(refs[0].kind if refs else found.kind, found.same, *sides, where)


def _side(where: str, side: str | dict[str, str]) -> Side:
    if isinstance(side, dict):
        return side
    try:
        return Ref.parse(side)
    except ValueError as error:
        raise UsageError(f"{where}: {error}", "A ref is workspace/kind/id, as in hubspot:123/company/45") from None


def _plain(node: Node) -> Any:
    """The node as text, lists and maps. (The usual loaders would read 02139 as a number.)"""
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.value]
    return "" if isinstance(node, ScalarNode) and str(node.tag).endswith(":null") else str(node.value)
