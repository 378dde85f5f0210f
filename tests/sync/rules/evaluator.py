"""What Salesforce makes of a validation rule's formula, after its reference of formula functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|[()=<>,+-])')
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {"=": eq, ">=": ge, "<=": le, ">": gt, "<": lt}


@dataclass
class Saved:
    """A record as it is saved, and as it was; `before` is None while it is created."""

    fields: Mapping[str, Any]
    before: Mapping[str, Any] | None

    def refused(self, formula: str) -> bool:
        """Whether the rule stops the save."""
        tokens = TOKEN.findall(formula)
        assert "".join(tokens) == re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", formula), "a token is not known"
        value = self._expression(tokens)
        assert isinstance(value, bool) and not tokens
        return value

    def _expression(self, tokens: list[str]) -> Any:
        left = self._sum(tokens)
        if tokens and tokens[0] in COMPARED:
            compare, right = COMPARED[tokens.pop(0)], self._sum(tokens)
            return left is not None and right is not None and compare(left, right)
        return left

    def _sum(self, tokens: list[str]) -> Any:
        value = self._term(tokens)
        while tokens and tokens[0] in "+-":
            sign, other = tokens.pop(0), self._term(tokens)
            value = value + other if sign == "+" else value - other
        return value

    def _term(self, tokens: list[str]) -> Any:
        token = tokens.pop(0)
        if token.startswith('"'):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token[0].isdigit():
            return Decimal(token)
        if tokens and tokens[0] == "(":
            return self._called(token, tokens)
        return self.fields.get(token)

    def _called(self, name: str, tokens: list[str]) -> Any:
        tokens.pop(0)
        if name in ("ISCHANGED", "PRIORVALUE"):
            field = tokens.pop(0)
            assert tokens.pop(0) == ")"
            now, then = self.fields.get(field), (self.before or self.fields).get(field)
            return now != then if name == "ISCHANGED" else then
        given = []
        while tokens[0] != ")":
            given.append(self._expression(tokens))
            if tokens[0] == ",":
                tokens.pop(0)
        tokens.pop(0)
        return self._function(name, given)

    def _function(self, name: str, given: list[Any]) -> Any:
        if name in ("AND", "OR"):
            return all(given) if name == "AND" else any(given)
        if name == "CASE":
            wanted, *cells = given
            pairs = zip(cells[::2], cells[1::2], strict=False)
            return next((result for value, result in pairs if value == wanted), cells[-1])
        single: Mapping[str, Callable[..., Any]] = {
            "NOT": lambda value: not value,
            "ISNEW": lambda: self.before is None,
            "ISBLANK": lambda value: value is None or value == "",
            "ISPICKVAL": lambda value, text: (value or "") == text,
            "TEXT": lambda value: str(value or ""),
            "LOWER": lambda value: (value or "").lower(),
            "TRIM": lambda value: (value or "").strip(" "),
        }
        return single[name](*given)
