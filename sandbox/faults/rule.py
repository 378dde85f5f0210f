"""Which calls a script is about, how often, and what befalls each of them."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sandbox.faults import spoil
from sandbox.faults.script import Script, check
from sandbox.wire import Request, Response

ANY = re.compile("")


@dataclass(frozen=True, slots=True)
class Rule:
    """Calls from the `nth` matching one on, `times` of them (0: for ever), suffer every action in order.

    With a `probability` only that share of them does. The rule wakes `after_ms` after it was given, by the sandbox's
    clock, and sleeps again `for_ms` later (0: never).
    """

    crm: str | None
    method: str | None
    path: re.Pattern[str]
    query: re.Pattern[str]
    body: re.Pattern[str]
    nth: int
    times: int
    do: tuple[Mapping[str, Any], ...]
    probability: float = 1.0
    after_ms: int = 0
    for_ms: int = 0

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Rule":
        """From `{on: {...}, do: [action, ...]}`; `FaultError` for a rule that is none."""
        check(spec, "rule")
        on = spec.get("on") or {}
        path, query, body = (re.compile(on.get(name, "")) for name in ("path", "query", "body"))
        do = tuple({item: True} if isinstance(item, str) else item for item in spec["do"])
        times = on.get("times", 0 if "probability" in on else 1)
        method = on["method"].upper() if "method" in on else None
        chance, after, lasts = on.get("probability", 1.0), on.get("after_ms", 0), on.get("for_ms", 0)
        return cls(on.get("crm"), method, path, query, body, on.get("nth", 1), times, do, chance, after, lasts)

    def matches(self, crm: str, request: Request) -> bool:
        """Whether the rule is about this call, leaving aside when and how often."""
        return (
            self.crm in (None, crm)
            and (self.method is None or request.method in self.method.split("|"))
            and self.path.search(request.path) is not None
            and (self.query is ANY or self.query.search(urlencode(request.query)) is not None)
            and (self.body is ANY or self.body.search(request.body.decode("utf-8", "replace")) is not None)
        )

    def awake(self, age_ms: int) -> bool:
        """Whether the rule holds this long after it was given."""
        return self.after_ms <= age_ms and (not self.for_ms or age_ms < self.after_ms + self.for_ms)

    def strikes(self, seen: int, chance: float) -> bool:
        """Whether the call that is the `seen`th matching one (from 1) suffers; `chance` is from 0 to below 1."""
        counted = seen >= self.nth and (not self.times or seen < self.nth + self.times)
        return counted and chance < self.probability


@dataclass(slots=True)
class Given:
    """A rule that was given at a moment (epoch milliseconds; None until the first call), and the calls it has seen."""

    rule: Rule
    seed: int
    number: int
    since: int | None = None
    seen: int = 0

    def counts(self, now_ms: int) -> bool:
        """Count a matching call, and say whether it suffers."""
        self.since = now_ms if self.since is None else self.since
        if not self.rule.awake(now_ms - self.since):
            return False
        self.seen += 1
        return self.rule.strikes(self.seen, self._chance())

    def _chance(self) -> float:
        digest = hashlib.blake2b(f"{self.seed} {self.number} {self.seen}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64


class Faults:
    """The script: rules, each with its own count of the calls it has seen."""

    def __init__(self, specs: Iterable[Mapping[str, Any]] = ()) -> None:
        self._given: list[Given] = []
        self._last: dict[str, Response] = {}
        self.add(specs)

    def add(self, specs: Iterable[Mapping[str, Any]], seed: int = 1, now_ms: int | None = None) -> None:
        """Add rules at the end, from now on; none is added if one is malformed."""
        rules, before = [Rule.of(spec) for spec in specs], len(self._given)
        self._given += [Given(rule, seed, before + number, now_ms) for number, rule in enumerate(rules)]

    def follow(self, script: Script, now_ms: int | None = None) -> None:
        """Add the rules of a script."""
        self.add(script.rules, script.seed, now_ms)

    def clear(self) -> None:
        """Forget every rule."""
        self._given.clear()

    def take(self, crm: str, request: Request, now_ms: int = 0) -> "Fault":
        """Count the call and collect what befalls it."""
        do: list[Mapping[str, Any]] = []
        for given in self._given:
            if given.rule.matches(crm, request) and given.counts(now_ms):
                do += given.rule.do
        return Fault(tuple(do), self._last.get(crm, Response.of_json(200, {})))

    def remember(self, crm: str, answer: Response) -> None:
        """Keep the answer that the CRM gave, for a call whose answer is mixed up with it."""
        if self._given:
            self._last[crm] = answer


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one call; `previous` is what the CRM answered to the call before it."""

    do: tuple[Mapping[str, Any], ...] = ()
    previous: Response = field(default_factory=lambda: Response.of_json(200, {}))

    def all(self, name: str, when: str | None = None) -> list[Any]:
        """The arguments of the actions of this name; `when` picks those meant for before or after the call
        (default before)."""
        return [item[name] for item in self.do if name in item and when in (None, item.get("when", "before"))]

    def first(self, name: str) -> Any:
        """The argument of the first action of this name, or None."""
        return next((item[name] for item in self.do if name in item), None)

    def instead(self) -> Response | None:
        """The answer that replaces the call: nothing is processed."""
        for item in self.do:
            if "status" in item:
                return spoil.scripted(item["status"], item)
            if "redirect" in item:
                return Response(int(item.get("code", 307)), headers={"Location": item["redirect"]})
        return None

    def spoil(self, response: Response, listing: bool) -> Response:
        """The answer as the client gets it, after the call took effect."""
        for item in self.do:
            response = spoil.spoiled(response, item, self.previous, listing)
        return response
