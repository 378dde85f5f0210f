"""`review`: edge cases wait for a person's word, which is remembered."""

import click

from sync.cli import display, formatted, opened, say


@click.group(invoke_without_command=True)
@formatted
@click.pass_context
def command(context: click.Context, format_: str) -> None:
    """List what waits for a decision; `accept` or `reject` decides."""
    if context.invoked_subcommand is None:
        listed(format_)


def listed(format_: str) -> None:
    """The open findings of the review band, the surest first."""
    from hygiene.check import Band
    from sync.ledger.findings import open_findings
    from sync.render import Sheet

    with opened() as session:
        waiting = list(open_findings(session.ledger_store, Band.REVIEW))
    rows = [
        (
            item.key,
            round(item.score, 4),
            " ".join(map(str, item.refs)),
            "; ".join(reason.text for reason in item.evidence),
            item.message,
        )
        for item in waiting
    ]
    columns = ("finding", "score", "records", "evidence", "message")
    display(Sheet("", columns, rows, {"waiting": len(rows)} if format_ == "table" else {}), format_)


@command.command()
@click.argument("keys", nargs=-1, required=True)
def accept(keys: tuple[str, ...]) -> None:
    """They are duplicates, or what is proposed for a record is right: the next plan has it."""
    _decide(keys, "accepted")


@command.command()
@click.argument("keys", nargs=-1, required=True)
def reject(keys: tuple[str, ...]) -> None:
    """They are not, or it is not: they are never proposed again."""
    _decide(keys, "rejected")


def _decide(keys: tuple[str, ...], word: str) -> None:
    from sync.jobs.review import decide
    from sync.ledger.decisions import Word

    with opened() as session:
        decided = decide(session, keys, Word(word))
    pairs = {"accepted": "duplicate", "rejected": "distinct"}[word]
    for count, what, said in ((decided.pairs, "pair", pairs), (decided.singles, "finding", word)):
        if count:
            say(f"remembered {count} {what}{'' if count == 1 else 's'} as {said}")
