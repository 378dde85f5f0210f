"""`test`: the match rules against labels, with an exit code for a pipeline."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync.cli import display, formatted, opened, say
from sync.cli.dedupe import KINDS, MAP_HELP, rules_for

if TYPE_CHECKING:
    from hygiene.match.labels import Case
    from sync.jobs.rules import Report
    from sync.session import Session

PATH = click.Path(path_type=Path, dir_okay=False)
SHARE = click.FloatRange(0, 1)
LABELS = Path("config/labels.yaml")


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(list(KINDS)))
@click.option("--labels", type=PATH, help=f"Labeled pairs in YAML; {LABELS} where it is there.")
@click.option("--csv", "file", type=PATH, help="Match the rows of this CSV file instead; --truth says which are one.")
@click.option("--truth", type=PATH, help="A CSV with the columns id and cluster_id: rows of one cluster are one.")
@click.option("--map", "maps", multiple=True, metavar="TARGET=COLUMN,...", help=MAP_HELP)
@click.option("--min-precision", "precision", type=SHARE, help="Exit 1 when the auto band's precision is lower.")
@click.option("--min-recall", "recall", type=SHARE, help="Exit 1 when the auto band's recall is lower.")
@click.option("--baseline", type=PATH, help="Exit 1 when a figure is lower than in this output of --format json.")
@click.option("--suggest", is_flag=True, help="Offer weights that fit the labels better, as a diff of match.yaml.")
@click.option("--reveal", is_flag=True, help="Show the values of wrong and missed pairs; keep them on this machine.")
@formatted
def command(kinds: tuple[str, ...], file: Path | None, truth: Path | None, **options: Any) -> None:
    """Hold the match rules against labels: decisions of `review`, pairs in a file, or a CSV with its truth.

    Says how precise the bands are and what they find, for a sweep of thresholds, and which pairs are wrong or missed
    by which evidence. Writes nothing.
    """
    if (file is None) != (truth is None) or (options["maps"] and file is None):
        raise click.UsageError("--csv and --truth ask for each other, and --map for both")
    if file and len(kinds) != 1:
        raise click.UsageError("--csv asks for one kind of record, as in `test companies --csv FILE --truth FILE`")
    with opened() as session:
        report = _listed(session, KINDS[kinds[0]], file, truth, options) if file and truth else None
        report = report or _labeled(session, [KINDS[kind] for kind in kinds], options["labels"])
        offered = _offered(session, report) if options["suggest"] else None
    _shown(report, offered, options["format_"], options["reveal"])
    _judged(report, options)


def _listed(session: "Session", kind: str, file: Path, truth: Path, options: dict[str, Any]) -> "Report":
    from sync.jobs.preflight import mapping, preflight, read, targets
    from sync.jobs.rules import of_listing, truth_of

    if options["labels"]:
        raise click.UsageError("--labels and --csv are two sets of labels: hold the rules against one at a time")
    check = rules_for(session, kind)
    listing = read(file, kind, mapping(file, options["maps"], targets(check)))
    return of_listing(listing, preflight(listing, check), truth_of(truth, listing))


def _labeled(session: "Session", kinds: Sequence[str], path: Path | None) -> "Report":
    """The labels of the file and those of the ledger, where there are any."""
    from connectors.errors import UsageError
    from sync.jobs.rules import Report, of_judgements, of_pairs
    from sync.labels import read

    checks = {kind: rules_for(session, kind) for kind in KINDS.values()}
    chosen = {kind: check for kind, check in checks.items() if not kinds or kind in kinds}
    pulled = (session.settings.state / "mirror.db").exists()
    view = session.mirror() if pulled else None
    pairs = read(path or LABELS) if path or LABELS.is_file() else []
    pairs = [pair for pair in pairs if not kinds or pair.kind in kinds]
    parts = [of_pairs(pairs, checks, view), of_judgements(view, chosen) if view else Report(())]
    report = Report(tuple(case for part in parts for case in part.cases), sum(part.absent for part in parts))
    if report.absent:
        say(f"{report.absent} labels are of records that are not in the mirror, or were merged: left out")
    if not report.cases:
        raise UsageError(
            "there are no labels to hold the rules against",
            f"Write pairs into {LABELS}, decide some with `revops-sync review`, or name a --csv and its --truth",
        )
    return report


def _offered(session: "Session", report: "Report") -> str:
    from sync.jobs.suggest import suggest

    path = session.settings.path
    checks = {kind: rules_for(session, kind) for kind in KINDS.values()}
    diff, said = suggest(report.cases, checks, path.with_name("match.yaml") if path else None)
    for sentence in said:
        say(sentence)
    return diff


def _shown(report: "Report", offered: str | None, format_: str, reveal: bool) -> None:
    """One document for programs; for people the bands, the sweep, what is wrong and what is offered, one by one."""
    from sync.jobs.rules import figures
    from sync.render import Sheet

    columns = ("what", "band", "probability", "kind", "pair", "evidence", *(("a", "b") if reveal else ()))
    rows = [_row(case, reveal) for case in report.errors()]
    facts = report.facts() | ({} if offered is None else {"suggestion": offered})
    if format_ not in ("table", "md"):
        display(Sheet("", columns, rows, facts if format_ == "json" else {}), format_)
        return
    from hygiene.match.labels import sweep

    names = ("found", "precision", "recall", "f1", "pairs", "right", "true")
    bands: list[tuple[str | float, ...]] = [
        (name.replace("_", " "), *figures(item).values()) for name, item in report.measures.items()
    ]
    least: list[tuple[str | float, ...]] = [
        (f"probability {least:g}", *figures(item).values()) for least, item in sweep(report.cases).items()
    ]
    display(Sheet("", names, [*bands, *least], {"labels": facts["labels"]}), format_)
    for sheet in [Sheet("", columns, rows)] if rows else []:
        click.echo()
        display(sheet, format_)
    if offered:
        click.echo(f"\n{offered}", nl=False)


def _row(case: "Case", reveal: bool) -> tuple[str | float, ...]:
    from sync.jobs.preflight import told

    band = ("none", "review", "auto")[case.verdict]
    shown = ("missed" if case.same else "wrong", band, round(case.probability, 4), case.kind, case.where)
    return (*shown, told(case.reasons), *(case.values if reveal else ()))


def _judged(report: "Report", options: dict[str, Any]) -> None:
    from sync.jobs.rules import losses

    least = {name: options[name] for name in ("precision", "recall") if options[name] is not None}
    lost = list(losses(report, least, options["baseline"]))
    for sentence in lost:
        say(sentence)
    if lost:
        raise click.exceptions.Exit(1)
