"""What happens to jobs as time passes: those that are due are worked off, a part of the work with each call."""

from sandbox.salesforce.access import visible
from sandbox.salesforce.bulk import extract, jobs, rows
from sandbox.salesforce.bulk.dialect import Unreadable, line
from sandbox.salesforce.bulk.ingest import keep_unprocessed
from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Store


def settle(store: Store, now: int) -> None:
    """Go on with every job that is due, as at the moment it was due."""
    for job in jobs.due(store, now):
        at = (job.due or now) // SECOND * SECOND
        session = jobs.session_of(job)
        call = Call(store, visible(store, session.profile), session, at, job.version)
        try:
            done = _ingest(call, job) if job.kind == "ingest" else extract.run(call, job)
        except ApiError as refused:  # what the schema or the data lost since the job was made
            done = True
            job.state, job.facts["error"] = "Failed", f"InvalidBatch : {refused.message.strip()}"
        if done:
            job.facts["spent"] = at - job.changed
            job.changed, job.due = at, None
        jobs.save(store, job)


def _ingest(call: Call, job: Job) -> bool:
    """Save the next rows of a job; True when it is finished.

    A call waits for `bulk_rows` of them only; as on the live system, the counts of a large job grow in the meantime.
    """
    try:
        columns, data = rows.read(call, job, jobs.uploaded(call.store, job) or b"")
    except Unreadable as wrong:
        job.state, job.facts["error"] = "Failed", str(wrong)
        keep_unprocessed(call, job)
        return True
    processed, failed = int(job.facts.get("processed", 0)), int(job.facts.get("failed", 0))
    outcome = rows.run(call, job, columns, data[processed : processed + int(switch(call.store, "bulk_rows"))])
    delimiter = job.facts["columnDelimiter"]
    good = [line([id18, str(made).lower(), *cells], delimiter) for id18, made, cells in outcome.successful]
    bad = [line([id18, error, *cells], delimiter) for id18, error, cells in outcome.failed]
    jobs.keep_lines(call.store, job, "successful", good, processed - failed)
    jobs.keep_lines(call.store, job, "failed", bad, failed)
    job.facts.update(processed=processed + len(good) + len(bad), failed=failed + len(bad))
    if job.facts["processed"] < len(data):
        return False
    job.state = "JobComplete"
    return True
