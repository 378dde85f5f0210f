"""`dedupe`: the plan for duplicates; it never writes to a CRM, with or without --dry-run."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync.cli import display, formatted, opened, say
from sync.cli.plan import RECOUNT, told

if TYPE_CHECKING:
    from hygiene.checks.duplicate import Duplicate
    from sync.jobs.preflight import Preflight
    from sync.render import Cell
    from sync.session import Session

KINDS = {"companies": "company", "contacts": "contact", "leads": "lead"}
PATH = click.Path(path_type=Path, dir_okay=False)
MAP_HELP = (
    "Which columns mean what, as name=Company,phone=Tel. Targets are name, domain, phone, street, city, state, "
    "postcode, country and more for companies; first_name, last_name, email, phone, mobile, company, website, title, "
    "city, country and more for contacts; id for both (else rows are numbered from 1). Without it, columns that are "
    "called so."
)


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(list(KINDS)))
@click.option("--dry-run", is_flag=True, help="Says what this does anyway: plan, never write.")
@click.option("--out", type=PATH, help="Write the plan here, plan.md beside it.")
@click.option("--csv", "file", type=PATH, help="Look in this CSV file, before it is imported; asks no CRM.")
@click.option("--map", "maps", multiple=True, metavar="TARGET=COLUMN,...", help=MAP_HELP)
@click.option(
    "--region", metavar="DE", help="Country (ISO 3166) of the file's phones that name none, in rows without one."
)
@click.option("--against-mirror", is_flag=True, help="Compare the file's rows with the mirror's records as well.")
@click.option("--pairs", type=PATH, help="Write the file's pairs here: id_a,id_b,probability,band,evidence.")
@click.option("--clusters", type=PATH, help="Write the file's clusters here: id,cluster_id.")
@click.option("--recount", is_flag=True, help=RECOUNT)
@formatted
def command(kinds: tuple[str, ...], dry_run: bool, file: Path | None, recount: bool, **options: Any) -> None:
    """Find duplicate companies, contacts and leads and show the plan that would merge them.

    With --csv, find those inside a file, and with --against-mirror those between it and what was pulled.
    """
    chosen = [KINDS[kind] for kind in kinds]
    if file is not None:
        if recount:
            raise click.UsageError("--recount is for the mirror's records: a file's are always counted")
        _listed(chosen, file, **options)
        return
    if unfit := [f"--{name.replace('_', '-')}" for name in ("against_mirror", "pairs", "clusters") if options[name]]:
        raise click.UsageError(f"{', '.join(unfit)} asks for --csv FILE")
    if unfit := [name for name, given in (("--map", options["maps"]), ("--region", options["region"])) if given]:
        raise click.UsageError(f"{', '.join(unfit)} asks for --csv FILE")
    _mirrored(chosen, recount, options["out"], options["format_"])


def _mirrored(kinds: Sequence[str], recount: bool, out: Path | None, format_: str) -> None:
    from sync.jobs.check import ask, chosen
    from sync.jobs.plan import plan

    with opened() as session:
        checks = chosen(session, ["duplicate"], kinds)
        findings = ask(session, checks, recount)
        told(plan(session, findings), findings, out, format_)


def _listed(kinds: Sequence[str], file: Path, maps: Sequence[str], against_mirror: bool, **outs: Any) -> None:
    """Duplicates of a file: its pairs on stdout unless they have a file of their own, or the plan that is asked for."""
    from sync.jobs.preflight import mapping, preflight, read, regional, targets
    from sync.jobs.preview import preview
    from sync.jobs.pull import seen

    if len(kinds) != 1:
        raise click.UsageError("--csv asks for one kind of record, as in `dedupe companies --csv FILE`")
    _fit(file, against_mirror, outs)
    with opened() as session:
        check = regional(rules_for(session, kinds[0]), outs["region"])
        listing = read(file, kinds[0], mapping(file, maps, targets(check)))
        found = preflight(listing, check, seen(session) if against_mirror else None)
        _written(found, outs["pairs"], outs["clusters"])
        if outs["out"]:
            told(*preview(listing, check, session), outs["out"], outs["format_"])
        else:
            _shown(found, bool(outs["pairs"] or outs["clusters"]), outs["format_"])


def rules_for(session: "Session", kind: str) -> "Duplicate":
    """The team's own rules for a kind; the defaults where it has none."""
    from hygiene.checks.duplicate import Duplicate

    ours = [check for check in session.settings.checks if isinstance(check, Duplicate) and check.kind == kind]
    return ours[0] if ours else Duplicate(kind=kind)


def _fit(file: Path, against_mirror: bool, outs: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant, before any work."""
    if against_mirror and outs["out"]:
        raise click.UsageError("--out holds merges inside the file: leave it or --against-mirror out")
    named = [path for path in (file, outs["pairs"], outs["clusters"], outs["out"]) if path]
    if len({path.resolve() for path in named}) < len(named):
        raise click.UsageError("--csv, --pairs, --clusters and --out name different files")
    if absent := [path for path in named if not path.parent.is_dir()]:
        raise click.UsageError(f"{absent[0]}: there is no folder {absent[0].parent}")


def _written(found: "Preflight", pairs: Path | None, clusters: Path | None) -> None:
    from sync.jobs.preflight import CLUSTERS, PAIRS

    for path, columns, rows in ((pairs, PAIRS, found.pairs), (clusters, CLUSTERS, found.clusters)):
        if path:
            _pour(path, columns, rows())
            say(f"wrote {path}")


def _pour(path: Path, columns: Sequence[str], rows: "Iterable[Sequence[Cell]]") -> None:
    from connectors.errors import UsageError
    from sync.render.csv import pour

    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            pour(file, columns, rows)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Name a file in a folder that can be written") from None


def _shown(found: "Preflight", written: bool, format_: str) -> None:
    from sync.jobs.preflight import PAIRS
    from sync.render import Sheet

    facts = found.facts() if written or format_ in ("table", "md") else {}
    display(Sheet("", () if written else PAIRS, () if written else list(found.pairs()), facts), format_)
