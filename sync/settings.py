"""config/ + environment -> Settings; reports every mistake at once."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AnchorToken

from connectors.errors import UsageError
from connectors.fields import NAMES
from hygiene.check import Check, RowCheck, all_checks
from hygiene.match.table import TABLES, Table
from metrics.figure import all_measures
from metrics.slo import Slo
from sync.config import DEFAULT_CHECKS, DEFAULT_SLOS, Config
from sync.environment import Environment, Secrets

M = TypeVar("M", bound=BaseModel)
MAX_BYTES = 1_000_000
NONE = Secrets()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that commands need to know. `hash` names the rules that were in force; `secrets` are the writers'
    credentials, None in a read-only profile: what makes a writer cannot be called there."""

    config: Config
    checks: tuple[Check, ...]
    env: Environment
    path: Path | None = None
    hash: str = ""
    secrets: Secrets | None = None
    slos: tuple[Slo, ...] = ()

    @property
    def state(self) -> Path:
        """The folder of the two stores."""
        return self.env.revops_state

    def store(self, name: str) -> str:
        """The address of a store: a file in the state folder, or the team's database server."""
        return self.env.revops_database_url.get_secret_value() or f"sqlite:///{self.state / name}.db"

    def crms(self) -> tuple[str, ...]:
        """The CRMs that are configured and have a reader's credential."""
        there = {
            "hubspot": bool(self.env.hubspot_access_token.get_secret_value()),
            "salesforce": bool(self.env.salesforce_instance_url and self.env.salesforce_client_id),
        }
        return tuple(name for name in self.config.crms if there[name])

    def extra(self) -> dict[str, tuple[str, ...]]:
        """The fields beyond the standard ones, by kind, that a check, a figure or a report names: pulls bring them too.

        Checks that are not configured count with their defaults: they may be asked for by name, and may gate.
        """
        listed = {check.name() for check in self.checks}
        others = [check() for name, check in all_checks().items() if name not in listed]
        found: dict[str, set[str]] = {}
        asked = [item.reads() for item in (*self.checks, *others)] + [slo.measure.reads() for slo in self.slos]
        asked.append(dict.fromkeys(("company", "contact", "lead"), self.config.leaks.by))
        for reads in asked:
            for kind, names in reads.items():
                found.setdefault(kind, set()).update(names)
        return {kind: tuple(sorted(names.difference(NAMES.get(kind, ())))) for kind, names in sorted(found.items())}

    def shared(self) -> tuple[str, ...]:
        """The CRMs whose writer is the reader over again: then whatever reads could write."""
        env, secrets = self.env, self.secrets or NONE
        ours = (env.salesforce_client_id, env.salesforce_username)
        same = {
            "hubspot": env.hubspot_access_token == secrets.hubspot_write_token,
            "salesforce": ours == (secrets.salesforce_write_client_id, secrets.salesforce_write_username),
        }
        return tuple(name for name in self.writers() if same[name])

    def writers(self) -> tuple[str, ...]:
        """The CRMs for which a writer's credential is set; it is not looked at."""
        secrets = self.secrets or NONE
        token, client = secrets.hubspot_write_token.get_secret_value(), secrets.salesforce_write_client_id
        there = {"hubspot": bool(token), "salesforce": bool(client)}
        return tuple(name for name in self.config.crms if there[name])


@dataclass(slots=True)
class Mistakes:
    """Collects what is wrong, to be shown all at once."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str, mend: str = "") -> None:
        """One mistake: the file or variable and key, what is wrong, how to mend it."""
        self.found.append(f"{where}: {what}" + (f"\n    {mend}" if mend else ""))

    def raise_if_any(self) -> None:
        """`UsageError` with every mistake."""
        if self.found:
            count = "a mistake" if len(self.found) == 1 else f"{len(self.found)} mistakes"
            raise UsageError(f"{count} in the settings:\n  " + "\n  ".join(self.found))


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a process; `UsageError` names every mistake with its file, key and mend."""
    environ = os.environ if environ is None else environ
    mistakes = Mistakes()
    _misnamed(environ, mistakes)
    env = _taken(Environment, environ, mistakes)
    path = env.revops_config if "REVOPS_CONFIG" in environ or env.revops_config.is_file() else None
    data = _yaml(path, mistakes) if path else CommentedMap()
    config = _config(data, path, mistakes)
    secrets = None if env.revops_read_only or config.read_only else _taken(Secrets, environ, mistakes)
    checks = _checks(data, path, mistakes, _tables(path, mistakes))
    slos = _slos(data, path, mistakes)
    _gating(config, data, path, mistakes)
    mistakes.raise_if_any()
    # A check without a table of its own uses the one in code, which is a rule like any other.
    rules = (config, *checks, *TABLES.values())
    text = "".join(rule.model_dump_json() for rule in rules)
    return Settings(config, checks, env, path, hashlib.sha256(text.encode()).hexdigest()[:16], secrets, slos)


def _misnamed(environ: Mapping[str, str], mistakes: Mistakes) -> None:
    known = {name.upper() for name in Environment.model_fields}
    for name in sorted(environ):
        if name.startswith("REVOPS_") and name not in known and name != "REVOPS_REFERENCE":
            close = ", ".join(sorted(item for item in known if item.startswith("REVOPS_")))
            mistakes.add(name, "no such variable", f"There are {close}")


def _taken(model: type[M], environ: Mapping[str, str], mistakes: Mistakes) -> M:
    """What stands in the environment for these settings; their defaults where a value is a mistake."""
    known = {name.upper(): info.default for name, info in model.model_fields.items()}
    values = {name.lower(): value for name, value in environ.items() if name in known and value != ""}
    try:
        # Built from these values alone: the environment of the process is not asked a second time.
        return model.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            mistakes.add(str(item["loc"][0]).upper(), item["msg"])
        return model.model_construct(**{name.lower(): default for name, default in known.items()})


def _yaml(path: Path, mistakes: Mistakes) -> CommentedMap:
    try:
        if path.stat().st_size > MAX_BYTES:
            mistakes.add(str(path), f"larger than {MAX_BYTES} bytes")
            return CommentedMap()
        text = path.read_text("utf-8")
        if any(isinstance(token, AnchorToken) for token in YAML().scan(text)):
            mistakes.add(str(path), "anchors are not allowed", "Write the value out where it is used")
            return CommentedMap()
        data = YAML(typ="rt").load(text)
    except OSError as error:
        mistakes.add(str(path), str(error.strerror), "`revops-sync init` writes one")
    except UnicodeDecodeError:
        mistakes.add(str(path), "not UTF-8 text", "Save it as UTF-8")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        mistakes.add(f"{path}:{line}", str(error.problem))
    except YAMLError as error:
        mistakes.add(str(path), type(error).__name__)
    except RecursionError:
        mistakes.add(str(path), "nested too deeply")
    else:
        if data is None or isinstance(data, CommentedMap):
            return data or CommentedMap()
        mistakes.add(str(path), "not a map of settings", "Begin with `version: 1`")
    return CommentedMap()


def _config(data: CommentedMap, path: Path | None, mistakes: Mistakes) -> Config:
    try:
        return Config.model_validate(_plain(data))
    except ValidationError as error:
        _told(error, data, (), path, mistakes)
        return Config()


def _tables(path: Path | None, mistakes: Mistakes) -> dict[str, Any]:
    """The match tables of `match.yaml` beside the settings that differ from the default of their kind."""
    beside = path.with_name("match.yaml") if path else None
    if beside is None or not beside.is_file():
        return {}
    data, found = _yaml(beside, mistakes), {}
    for kind, table in data.items():
        try:
            found[str(kind)] = Table.model_validate(_plain(table))
        except ValidationError as error:
            _told(error, data, (kind,), beside, mistakes)
    return {kind: table for kind, table in found.items() if table != TABLES.get(kind)}


def _checks(data: CommentedMap, path: Path | None, mistakes: Mistakes, tables: Mapping[str, Any]) -> tuple[Check, ...]:
    """Every configured check, its options validated by the check itself, whatever else is wrong."""
    known, found = all_checks(), []
    listed = _plain(data).get("checks", list(DEFAULT_CHECKS))
    for place, item in enumerate(listed if isinstance(listed, list) else ()):
        options = dict(item) if isinstance(item, dict) else {}
        name = options.pop("check", None)
        if name == "duplicate" and options.get("kind", "company") in tables:
            options.setdefault("table", tables[options.get("kind", "company")])
        if name == "field_sync" and isinstance(data.get("sync"), list) and data["sync"]:
            options.setdefault("mappings", _plain(data)["sync"])
        if name not in known:
            where = _where(data, ("checks", place, "check"), path)
            mistakes.add(where, f"no check is called {name!r}", f"There are {', '.join(sorted(known))}")
            continue
        try:
            found.append(known[name].model_validate(options))
        except ValidationError as error:
            _told(error, data, ("checks", place), path, mistakes)
    return tuple(found)


def _slos(data: CommentedMap, path: Path | None, mistakes: Mistakes) -> tuple[Slo, ...]:
    """Every target; what a target does not know itself is an option of its figure, which validates it."""
    known, found = all_measures(), list[Slo]()
    listed = _plain(data).get("slo", list(DEFAULT_SLOS))
    for place, item in enumerate(listed if isinstance(listed, list) else ()):
        options = dict(item) if isinstance(item, dict) else {}
        own = {name: options.pop(name) for name in Slo.model_fields.keys() & options.keys() - {"measure"}}
        name = options.pop("figure", None)
        if name not in known:
            where = _where(data, ("slo", place, "figure"), path)
            mistakes.add(where, f"no figure is called {name!r}", f"There are {', '.join(sorted(known))}")
            continue
        if any(slo.id == own.get("id") for slo in found):
            mistakes.add(_where(data, ("slo", place, "id"), path), f"two targets are called {own['id']!r}")
        try:
            found.append(Slo(measure=known[name].model_validate(options), **own))
        except ValidationError as error:
            _told(error, data, ("slo", place), path, mistakes)
    return tuple(found)


def _gating(config: Config, data: CommentedMap, path: Path | None, mistakes: Mistakes) -> None:
    """Only a check that looks at one deal at a time can say something of a single move."""
    able = sorted(name for name, check in all_checks().items() if issubclass(check, RowCheck) and check.kind == "deal")
    for place, rule in enumerate(config.gate.rules):
        if rule.check not in able:
            where = _where(data, ("gate", "rules", place, "check"), path)
            mistakes.add(where, f"{rule.check!r} cannot gate a deal", f"These can: {', '.join(able)}")


def _told(
    error: ValidationError, data: CommentedMap, above: tuple[Any, ...], path: Path | None, mistakes: Mistakes
) -> None:
    for item in error.errors():
        place = (*above, *item["loc"])
        key = ".".join(str(part) for part in place)
        unknown = item["type"] == "extra_forbidden"
        mistakes.add(
            _where(data, place, path),
            f"{key}: {'no such setting' if unknown else item['msg']}",
            "Remove it or mend its name" if unknown else "",
        )


def _where(data: Any, place: tuple[Any, ...], path: Path | None) -> str:
    """`file:line` of the deepest part of a setting that stands in the file."""
    line = 0
    for part in place:
        try:
            line = data.lc.item(part)[0] + 1 if isinstance(part, int) else data.lc.key(part)[0] + 1
            data = data[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return f"{path}:{line}" if path and line else str(path or "the defaults")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
