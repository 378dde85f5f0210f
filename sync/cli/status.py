"""`status`: what stands in the stores, and how the last runs went."""

import click

from sync.cli import display, formatted, opened, say


@click.command()
@formatted
def command(format_: str) -> None:
    """Show the mirror's records and pulls, open findings and the last runs; asks no CRM."""
    from sync.jobs.halts import reminders
    from sync.jobs.settle import unsettled
    from sync.ledger.findings import open_findings
    from sync.mirror.pull import certificates
    from sync.render import Sheet

    with opened() as session:
        counts = session.mirror().counts()
        pulls = certificates(session.mirror_store)
        runs = session.ledger.runs()
        findings = len(list(open_findings(session.ledger_store)))
        entries, head = session.journal.head()
        waiting = unsettled(session)
        stopped = list(reminders(session))
        facts = {"state": str(session.settings.state), "open findings": findings, "twins": session.ledger.twins()}
    facts |= {"runs": len(runs), "last run": f"{runs[-1].id} {runs[-1].status}" if runs else "none"}
    facts |= {"runs stopped": len(stopped), "outcomes unknown": len(waiting)}
    facts |= {"journal entries": entries, "journal head": head[:16]}
    rows = [
        (
            workspace,
            kind,
            count,
            f"{pulls[workspace, kind].finished_at:%Y-%m-%d %H:%M}",
            not pulls[workspace, kind].doubts,
        )
        for workspace, kinds in sorted(counts.items())
        for kind, count in sorted(kinds.items())
        if (workspace, kind) in pulls
    ]
    for line in stopped:
        say(line)
    for item in waiting:
        say(
            f"run {item.run}, {item.row}: what became of a {item.verb} on {item.ref} is unknown "
            f"({', '.join(item.against) or 'no answer'}): `journal settle`"
        )
    display(Sheet("", ("workspace", "kind", "records", "pulled", "certified"), rows, facts), format_)
