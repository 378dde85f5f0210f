"""Rows that travel as a job: its handle is on disk before it holds any, and nothing is concluded while it works."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.base import Loader
from connectors.changes import Way
from connectors.errors import Busy
from sync.apply.progress import Work, as_batch
from sync.apply.tools import Tools


def open_job(works: Sequence[Work], tools: Tools) -> list[Work]:
    """The rows with the handle of their new job, where they travel by one."""
    batch = as_batch(list(works))
    writer = tools.writers[batch.workspace]
    if batch.way is not Way.JOB or not isinstance(writer, Loader):
        return list(works)
    tools.fence()
    job = writer.open(batch)
    return [replace(work, job=job) for work in works]


def await_job(job: str, workspace: str, tools: Tools) -> None:
    """Come back when the CRM will do nothing more under the handle; `Busy` where it works on: what a read shows
    until then proves nothing."""
    writer = tools.writers.get(workspace)
    if job and isinstance(writer, Loader) and not writer.through(workspace, job):
        raise Busy(f"the load {job} is still at work: run the same command again later", wait=0.0)
