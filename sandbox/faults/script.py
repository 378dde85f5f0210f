"""Reads fault scripts, from a file or from JSON, and says of a bad one which key is wrong and what to write instead."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.faults.language import ACTIONS, ARGUMENTS, ON, listed

KEYS = frozenset({"title", "modes", "seed", "rules", "shows"})
"""`modes` names failure modes, `shows` holds calls that show the script at work; neither changes what it does."""
Spec = Mapping[str, Any]


class FaultError(ValueError):
    """A script that cannot be followed; the message names the place, the key and what to write instead."""

    def __init__(self, place: str, problem: str, fix: str) -> None:
        super().__init__(f"{place}: {problem}. {fix}")


@dataclass(frozen=True, slots=True)
class Script:
    """A situation: its rules, and the seed from which every chance in it follows."""

    title: str
    modes: tuple[str, ...]
    seed: int
    rules: tuple[Spec, ...]
    shows: tuple[Spec, ...] = ()


def read(path: Path) -> Script:
    """A script from a YAML or JSON file; `FaultError` for one that cannot be followed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise FaultError(str(path), f"cannot be read: {wrong}", "Name a fault script in UTF-8") from wrong
    try:
        value = json.loads(text) if path.suffix == ".json" else YAML(typ="safe", pure=True).load(text)
    except (ValueError, YAMLError) as wrong:
        told = " ".join(str(wrong).split())
        raise FaultError(str(path), f"not a document: {told}", "Check brackets and indentation there") from wrong
    return parse(value, str(path))


def parse(value: Any, source: str = "faults") -> Script:
    """A script from `{title, modes, seed, rules}`, a list of rules or one rule; `source` stands in the errors.

    A rule is `{on: {crm, method, path, query, body, nth, times, probability, after_ms, for_ms}, do: [action, ...]}`; an
    action is a name or a mapping.
    """
    if isinstance(value, list):
        value = {"rules": value}
    elif isinstance(value, Mapping) and "do" in value:
        value = {"rules": [value]}
    if not isinstance(value, Mapping):
        raise FaultError(source, "not a mapping", "Give {title, modes, seed, rules}, a list of rules or one rule")
    _known(value, KEYS, source)
    rules = value.get("rules")
    if not isinstance(rules, list) or not rules:
        raise FaultError(f"{source}: rules", "no rules", "Give a list of {on: ..., do: [...]}")
    seed, modes, title = value.get("seed", 1), value.get("modes", []), value.get("title", "")
    _must(isinstance(seed, int), f"{source}: seed", "a whole number")
    _must(isinstance(modes, list), f"{source}: modes", "a list of failure-mode ids, as [A04]")
    _must(isinstance(title, str), f"{source}: title", "a text")
    _must(isinstance(value.get("shows", []), list), f"{source}: shows", "a list of calls")
    for number, rule in enumerate(rules):
        check(rule, f"{source}: rules[{number}]")
    return Script(title, tuple(map(str, modes)), seed, tuple(rules), tuple(value.get("shows", ())))


def check(rule: Any, place: str) -> None:
    """Refuse a rule that is not one."""
    if not isinstance(rule, Mapping):
        raise FaultError(place, "not a mapping", "Give {on: ..., do: [...]}")
    _known(rule, {"on", "do"}, place)
    on, do = rule.get("on") or {}, rule.get("do")
    _must(isinstance(on, Mapping), f"{place}.on", f"a mapping of {listed(ON)}")
    _known(on, ON.keys(), f"{place}.on")
    for name, value in on.items():
        _must(ON[name].fits(value), f"{place}.on.{name}", ON[name].wants)
        if name in ("path", "query", "body"):
            _expression(value, f"{place}.on.{name}")
    if not isinstance(do, list) or not do:
        raise FaultError(f"{place}.do", "no actions", "Give a list of actions, as [drop_after]")
    for number, action in enumerate(do):
        _action({action: True} if isinstance(action, str) else action, f"{place}.do[{number}]")


def _action(action: Any, place: str) -> None:
    _must(isinstance(action, Mapping), place, "the name of an action, or a mapping")
    named = ACTIONS.keys() & action.keys()
    if len(named) != 1:
        problem = f"a fault needs exactly one action, not {listed([str(name) for name in named or action]) or 'none'}"
        raise FaultError(place, problem, f"Use one of: {listed(ACTIONS)}")
    (name,) = named
    _known(action, {name, *ACTIONS[name].arguments}, place)
    _must(ACTIONS[name].word.fits(action[name]), f"{place}.{name}", ACTIONS[name].word.wants)
    for argument in ACTIONS[name].arguments & action.keys():
        _must(ARGUMENTS[argument].fits(action[argument]), f"{place}.{argument}", ARGUMENTS[argument].wants)


def _known(value: Spec, names: Collection[str], place: str) -> None:
    wrong = [str(name) for name in value if name not in names]
    if wrong:
        raise FaultError(f"{place}.{wrong[0]}", "no such key", f"Use one of: {listed(names)}")


def _must(fits: bool, place: str, wants: str) -> None:
    if not fits:
        raise FaultError(place, "not what can stand here", f"Give {wants}")


def _expression(text: str, place: str) -> None:
    try:
        re.compile(text)
    except re.error as wrong:
        fix = "Put a backslash before brackets and dots that stand for themselves"
        raise FaultError(place, f"not a regular expression: {wrong}", fix) from wrong
