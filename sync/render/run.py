"""How a run went: counts, and every group that did not get through with its reason."""

from sync.jobs.apply import Applied
from sync.render import Sheet


def sheet(applied: Applied) -> Sheet:
    """Ids, field names and counts; never a value."""
    report = applied.report
    facts = {
        "run": report.run,
        "groups": report.groups,
        "groups done": report.groups_done,
        "steps written": report.written,
        "steps already so": report.already,
        "records merged": report.merged,
        "API calls forecast": applied.forecast,
        "API calls made": applied.made,
        "seconds from read to write, at most": {name: f"{held:.2f}" for name, held in sorted(report.windows.items())},
        "states": dict(sorted(report.states.items())),
        "backup": str(applied.backup),
        "new ids": {str(old): new.id for old, new in sorted(applied.ids.items())},
        "stopped": report.stopped,
    }
    rows = sorted(report.reasons.items())
    return Sheet("", ("group", "reason"), rows, facts)
