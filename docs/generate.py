"""Writes the pages that the code itself can tell: checks, command line, comparators and the sandbox's tables."""

import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import get_origin

import click
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from ruamel.yaml import YAML

from docs.sandbox_tables import tables_page
from hygiene.check import Check, RowCheck, all_checks
from hygiene.match.compare import Reason, comparator
from hygiene.match.table import TABLES, Comparison
from sync.cli import cli

HERE = Path(__file__).parent
NOTE = "<!-- Written by `python docs/generate.py`; edit the code instead. -->"
SHORT = 60
"""A default that takes more characters than this is shown as YAML below the options."""


def pages() -> dict[Path, str]:
    """The text that each generated page should hold."""
    found = {"checks.md": checks_page(), "cli.md": cli_page(), "comparators.md": comparators_page()}
    return {HERE / name: text for name, text in {**found, "sandbox-tables.md": tables_page(NOTE)}.items()}


def checks_page() -> str:
    """Every check: its docstring, then its options with type, default and description."""
    head = ["# Checks", "", NOTE, "", "Configured under `checks` in `config/revops.yaml`; each is one file in"]
    head += ["`hygiene/checks/`. `revops-sync check NAME` asks one of them.", ""]
    return "\n".join(head + [line for name, check in sorted(all_checks().items()) for line in _check(name, check)])


def _check(name: str, check: type[Check]) -> Iterator[str]:
    subject = f"Looks at each {check.kind} by itself." if issubclass(check, RowCheck) else "Looks at records together."
    yield from (f"## {name}", "", _paragraphs(inspect.getdoc(check) or ""), "", subject, "")
    long = {}
    for option, info in check.model_fields.items():
        default = to_jsonable_python(info.default)
        shown = json.dumps(default, ensure_ascii=False)
        if len(shown) > SHORT:
            long[option] = default
            shown = "below"
        else:
            shown = f"`{shown}`"
        yield f"- `{option}` ({_type(info)}, default {shown}): {info.description or _choices(info)}".rstrip()
    yield ""
    for option, default in long.items():
        yield from (f"Default of `{option}`:", "", "```yaml", _yaml({option: default}), "```", "")


def _paragraphs(doc: str) -> str:
    """A docstring as Markdown; its headings begin paragraphs of their own."""
    return doc.replace("\nWhy: ", "\n**Why:** ").replace("\nProposes: ", "\n\n**Proposes:** ")


def _type(info: FieldInfo) -> str:
    """The type of an option as one writes it in Python, without the modules."""
    kind = info.annotation
    text = kind.__name__ if isinstance(kind, type) and get_origin(kind) is None else str(kind)
    return " or ".join(part.rpartition(".")[2] for part in text.split(" | ")) if "[" not in text else _plain(text)


def _choices(info: FieldInfo) -> str:
    kind = info.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"One of {', '.join(item.value for item in kind)}."
    return ""


def _plain(text: str) -> str:
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", text)


def _yaml(value: object) -> str:
    text = StringIO()
    yaml = YAML()
    yaml.width = 110
    yaml.default_flow_style = None
    yaml.dump(value, text)
    return text.getvalue().rstrip()


def comparators_page() -> str:
    """Every comparator of the match tables: what each level says and what it is worth to companies and to persons."""
    head = [
        "# Comparators",
        "",
        NOTE,
        "",
        "How pairs are compared by the default tables of `config/match.yaml`. Weights are",
    ]
    head += ["points; what points mean is told in [How matching works](matching.md).", ""]
    used = {
        kind: {item.compare: item for item in table.comparisons} for kind, table in TABLES.items() if kind != "lead"
    }
    names = sorted({name for items in used.values() for name in items})
    return "\n".join(head + [line for name in names for line in _comparator(name, used)])


def _comparator(name: str, used: Mapping[str, Mapping[str, Comparison]]) -> Iterator[str]:
    part = comparator(name)
    kinds = [kind for kind, items in used.items() if name in items]
    yield from (f"## {name}", "", (inspect.getdoc(inspect.getmodule(part.compare)) or ""), "")
    yield f"| what a pair says | {' | '.join(kinds)} | merged unasked |"
    yield f"|---|{'---|' * len(kinds)}---|"
    for reason in part.REASONS[1:]:
        worth = [_worth(reason, used[kind][name]) for kind in kinds]
        barred = (reason.veto or reason.asks) and any(used[kind][name].vetoes for kind in kinds)
        yield f"| {reason.text} | {' | '.join(worth)} | {'never' if barred else ''} |"
    yield ""


def _worth(reason: Reason, item: Comparison) -> str:
    value = reason.value * (item.weight if reason.value > 0 else item.against)
    return f"{value:+.1f}" if value else "0"


def cli_page() -> str:
    """The help of every command, as a terminal of 100 columns shows it."""
    lines = ["# Command line", "", NOTE, ""]
    for command, context in _commands():
        lines += [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def _commands() -> Iterator[tuple[click.Command, click.Context]]:
    top = click.Context(cli, info_name="revops-sync", terminal_width=100, **cli.context_settings)
    waiting: list[tuple[click.Command, click.Context]] = [(cli, top)]
    while waiting:
        command, context = waiting.pop(0)
        yield command, context
        if isinstance(command, click.Group):
            found = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
            waiting[:0] = [(item, click.Context(item, context, info_name=name)) for name, item in found if item]


def main(arguments: list[str]) -> int:
    """Write the pages; with `--check`, only name those that are stale (exit 1)."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" in arguments:
            sys.stderr.write(f"stale: {path.relative_to(HERE.parent)}; run `python docs/generate.py`\n")
        else:
            path.write_text(pages()[path], "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
