"""`demo`: the whole job on the sandbox, end to end, ending in a verified second run with nothing to do."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, opened, progress, say

if TYPE_CHECKING:
    from connectors.records import Ref
    from sandbox.app import Sandbox
    from sync.jobs.demo import Whole
    from sync.jobs.score import Score

DEDUPED = ("company", "contact", "lead")


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same records.")
@click.option("--companies", type=click.IntRange(0), default=300, show_default=True)
@click.option("--contacts", type=click.IntRange(0), default=700, show_default=True)
@click.option("--leads", type=click.IntRange(0), default=150, show_default=True)
@click.option("--deals", type=click.IntRange(0), default=200, show_default=True)
@formatted
def command(seed: int, format_: str, **sizes: int) -> None:
    """Pull two CRMs, find duplicates and gaps, plan, approve, apply, verify, and plan again: nothing is left to do."""
    import tempfile

    from sandbox.server import serve
    from sync.cli.sandbox import environment, made
    from sync.jobs.demo import whole_job
    from sync.jobs.score import score
    from sync.render import Sheet

    say(f"serving two CRMs, each with {', '.join(f'{count} {kind}' for kind, count in sizes.items())} ...")
    sandbox = made(seed, sizes)
    with tempfile.TemporaryDirectory() as folder, serve(sandbox) as base_url, progress("working") as bar:
        environ = environment(base_url) | {"REVOPS_STATE": folder}
        whole = whole_job(lambda: opened(environ), Path(folder), say, bar)
        truth = truth_of(sandbox, whole.workspaces)
    facts = summary(whole, score(whole.merged, {ref: name for ref, name in truth.items() if ref.kind in DEDUPED}))
    display(Sheet("", (), (), facts), format_)
    if whole.applied.report.exit_code or whole.second.plan.groups or not whole.journal_valid:
        raise click.exceptions.Exit(whole.applied.report.exit_code or 3)


def truth_of(sandbox: "Sandbox", workspaces: Iterable[str]) -> dict["Ref", str]:
    """The real thing behind each record, as the sandbox knows it."""
    from connectors.records import Ref

    places = {name.partition(":")[0]: name for name in workspaces}
    rows = sandbox.store.db.execute("SELECT crm, kind, id, entity FROM truth")
    return {Ref(places[crm], kind, id_): entity for crm, kind, id_, entity in rows}


def summary(whole: "Whole", score: "Score") -> dict[str, object]:
    """One object; `precision` and `recall` count pairs of merged records against the truth."""
    report = whole.applied.report
    counts = whole.first.plan.counts()
    return {
        "pulled": whole.pulled,
        "findings": whole.findings,
        "plan": {"groups": counts["groups"], "steps": counts["steps"], "merged_for_good": counts["merged_for_good"]},
        "applied": {
            "groups_done": report.groups_done,
            "records_merged": report.merged,
            "steps_written": report.written,
            "states": dict(report.states),
            "journal_valid": whole.journal_valid,
        },
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "api_calls": {"forecast": whole.applied.forecast, "made": whole.applied.made},
        "second_plan_changes": len(whole.second.plan.groups),
    }
