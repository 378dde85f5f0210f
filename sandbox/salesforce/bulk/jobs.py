"""Jobs in the store: what was asked, how far it came, and how it shows in JSON."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.ids import make_id, normalize
from sandbox.salesforce.session import Call, Session
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY, SECOND, stamp
from sandbox.store import Store

TABLES = (
    """CREATE TABLE IF NOT EXISTS salesforce_job (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL,
      changed INTEGER NOT NULL, due INTEGER, facts TEXT NOT NULL, data BLOB)""",
    """CREATE TABLE IF NOT EXISTS salesforce_job_line (
      job TEXT NOT NULL, part TEXT NOT NULL, position INTEGER NOT NULL, line TEXT NOT NULL,
      PRIMARY KEY (job, part, position)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS salesforce_job_due ON salesforce_job (due) WHERE due IS NOT NULL",
)
OPEN_DAYS, KEPT_DAYS = 1, 7
FINISHED = frozenset({"JobComplete", "Failed", "Aborted"})
PK_CHUNKING_SINCE = 65.0


@dataclass(slots=True)
class Job:
    """One job. `facts` holds what the caller gave under the API's names, who asked (`caller`) and the counts.

    `kind` is ingest or query; times are epoch milliseconds; `due` is when the work will be done, None while it
    is not asked for or when it is finished.
    """

    id: str
    kind: str
    state: str
    created: int
    changed: int
    due: int | None
    facts: dict[str, Any]

    def state_at(self, now: int) -> str:
        """The state that a caller sees: work shows as begun after half of its time."""
        begun = self.due is not None and now * 2 >= self.changed + self.due
        return "InProgress" if begun and self.state == "UploadComplete" else self.state

    @property
    def version(self) -> str:
        """The API version that made the job, such as `66.0`."""
        return str(self.facts["apiVersion"])


def make(call: Call, kind: str, state: str, facts: dict[str, Any]) -> Job:
    """A new job of the caller, saved."""
    db = call.store.db
    for statement in TABLES:
        db.execute(statement)
    number = db.execute("SELECT coalesce(max(rowid), 0) + 1 FROM salesforce_job").fetchone()[0]
    caller = asdict(call.session)
    known = {**facts, "apiVersion": float(call.version), "caller": caller}
    job = Job(make_id("750", number), kind, state, call.now, call.now, None, known)
    sql = "INSERT INTO salesforce_job (id, kind, state, created, changed, facts) VALUES (?,?,?,?,?,?)"
    db.execute(sql, (job.id, kind, state, job.created, job.changed, json.dumps(known)))
    return job


def save(store: Store, job: Job) -> None:
    """Write back what changed."""
    sql = "UPDATE salesforce_job SET state=?, changed=?, due=?, facts=? WHERE id=?"
    store.db.execute(sql, (job.state, job.changed, job.due, json.dumps(job.facts), job.id))


def upload(store: Store, job: Job, data: bytes) -> None:
    """Keep the CSV of an ingest job."""
    store.db.execute("UPDATE salesforce_job SET data=? WHERE id=?", (data, job.id))


def uploaded(store: Store, job: Job) -> bytes | None:
    """The CSV of an ingest job; None before the upload."""
    found = store.db.execute("SELECT data FROM salesforce_job WHERE id=?", (job.id,)).fetchone()
    return None if found[0] is None else bytes(found[0])


def keep_lines(store: Store, job: Job, part: str, lines: Iterable[str], first: int = 0) -> None:
    """Keep lines of a result; part is successful, failed, unprocessed, id or result."""
    sql = "INSERT INTO salesforce_job_line VALUES (?,?,?,?)"
    store.db.executemany(sql, ((job.id, part, first + at, text) for at, text in enumerate(lines)))


def lines(store: Store, job: Job, part: str, first: int = 0, count: int = -1) -> list[str]:
    """Lines of a result in their order."""
    sql = "SELECT line FROM salesforce_job_line WHERE job=? AND part=? AND position >= ? ORDER BY position LIMIT ?"
    return [text for (text,) in store.db.execute(sql, (job.id, part, first, count))]


def find(call: Call, kind: str, id_text: str) -> Job:
    """The job of an id in an address; NOT_FOUND otherwise."""
    id18 = normalize(id_text)
    found = _select(call.store, "id=? AND kind=?", (id18, kind)) if id18 else []
    if not found:
        raise not_found()
    return found[0]


def every(store: Store, kind: str) -> list[Job]:
    """The jobs of a kind, newest first."""
    return _select(store, "kind=? ORDER BY created DESC, id DESC", (kind,))


def due(store: Store, now: int) -> list[Job]:
    """The jobs whose work is to be done by now, in the order of their times."""
    return _select(store, "due <= ? ORDER BY due, id", (now,))


ROWS_PER_BATCH = 10_000


def usage(store: Store, now: int) -> dict[str, tuple[int, int]]:
    """The day's allowances and what jobs took of them, as GET /limits names them; 10,000 rows make a batch."""
    recent = [job for job in every(store, "ingest") if job.created > now - DAY]
    batches = sum(1 + int(job.facts.get("processed", 0)) // ROWS_PER_BATCH for job in recent)
    queries = sum(job.created > now - DAY for job in every(store, "query"))
    return {
        "DailyBulkApiBatches": (switch(store, "bulk_batches"), batches),
        "DailyBulkV2QueryJobs": (switch(store, "bulk_query_jobs"), queries),
    }


def _select(store: Store, where: str, params: tuple[object, ...]) -> list[Job]:
    sql = f"SELECT id, kind, state, created, changed, due, facts FROM salesforce_job WHERE {where}"  # noqa: S608
    try:
        rows = store.db.execute(sql, params).fetchall()
    except sqlite3.OperationalError:  # no job was ever made
        return []
    return [
        Job(id18, kind, state, created, changed, due_at, json.loads(facts))
        for id18, kind, state, created, changed, due_at, facts in rows
    ]


def delete(store: Store, job: Job) -> None:
    """Forget a job with its data and results."""
    store.db.execute("DELETE FROM salesforce_job_line WHERE job=?", (job.id,))
    store.db.execute("DELETE FROM salesforce_job WHERE id=?", (job.id,))


def begin(call: Call, job: Job) -> None:
    """Ask for the work, which takes `bulk_seconds` of the sandbox's time."""
    job.state, job.changed = "UploadComplete", call.now
    job.due = call.now + round(switch(call.store, "bulk_seconds") * SECOND)
    save(call.store, job)


def abort(call: Call, job: Job) -> None:
    """Stop a job that is not finished; what was processed stays."""
    if job.state in FINISHED:
        message = f"Aborting already {CLOSED.get(job.state, job.state)} Job not allowed"
        raise ApiError("INVALIDJOBSTATE", message)
    job.state, job.changed, job.due = "Aborted", call.now, None
    save(call.store, job)


CLOSED = {"JobComplete": "Completed", "Aborted": "aborted"}


def age(store: Store, now: int) -> None:
    """Abort jobs that stayed open for a day and forget those that finished a week ago."""
    for job in (*every(store, "ingest"), *every(store, "query")):
        if job.state == "Open" and job.created < now - OPEN_DAYS * DAY:
            job.state, job.changed = "Aborted", now
            save(store, job)
        elif job.state in FINISHED and job.changed < now - KEPT_DAYS * DAY:
            delete(store, job)


def session_of(job: Job) -> Session:
    """The session that the work runs in: the caller's, however long ago it was."""
    return Session(**job.facts["caller"])


def shown(job: Job, now: int) -> dict[str, Any]:
    """The JSON that answers a create or a change of state."""
    facts = job.facts
    body = {
        "id": job.id,
        "operation": facts["operation"],
        "object": facts["object"],
        "createdById": facts["caller"]["user_id"],
        "createdDate": stamp(job.created),
        "systemModstamp": stamp(job.changed),
        "state": job.state_at(now),
    }
    optional = {name: facts[name] for name in ("externalIdFieldName", "assignmentRuleId") if facts.get(name)}
    return {
        **body,
        **optional,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": facts["apiVersion"],
    }


def dialect_of(job: Job) -> dict[str, Any]:
    """The line ending and delimiter in JSON, and where to upload while the job is open."""
    path = f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"
    url = {"contentUrl": path} if job.state == "Open" else {}
    names = ("lineEnding", "columnDelimiter")
    return {**url, **{name: job.facts[name] for name in names}}


def progress(job: Job) -> dict[str, Any]:
    """The counts and times in JSON, in milliseconds."""
    facts = job.facts
    spent = facts.get("spent", 0)
    body: dict[str, Any] = {"numberRecordsProcessed": facts.get("processed", 0)}
    if job.kind == "ingest":
        body["numberRecordsFailed"] = facts.get("failed", 0)
    body.update(retries=0, totalProcessingTime=spent)
    if job.kind == "ingest":
        body.update(apiActiveProcessingTime=spent * 2 // 3, apexProcessingTime=0)
    elif facts["apiVersion"] >= PK_CHUNKING_SINCE:
        body["isPkChunkingSupported"] = True
    return {**body, **({"errorMessage": facts["error"]} if facts.get("error") else {})}


def info(job: Job, now: int) -> dict[str, Any]:
    """The JSON of GET /jobs/{kind}/{id}."""
    kind = {"ingest": "V2Ingest", "query": "V2Query"}[job.kind]
    return {**shown(job, now), "jobType": kind, **dialect_of(job), **progress(job)}
