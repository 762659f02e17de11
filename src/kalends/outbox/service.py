"""Writing down what happened and what is to be done, in the transaction of the change itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kalends.db.database import Connection, UnitOfWork
from kalends.outbox import queries
from kalends.outbox.backlog import Backlog
from kalends.outbox.fact import Fact
from kalends.outbox.jobs import queries as jobs
from kalends.outbox.jobs.job import JobSetAside
from kalends.outbox.jobs.kind import JobKind


async def record(work: UnitOfWork, facts: Sequence[Fact], shared: bytes | None = None) -> None:
    """Store facts, in this order, and the timers of their subjects.

    `shared` is a line of JSON that those that share it say besides; it is kept once.
    """
    await queries.insert_events(work, facts, shared)


async def clear_timers(work: UnitOfWork, subject_kind: str, subject_ids: Sequence[int]) -> None:
    """Drop what was still due of subjects that have ended without a fact of their own."""
    await queries.delete_timers(work, subject_kind, subject_ids)


async def forget_before(work: UnitOfWork, moment: datetime, *, limit: int) -> int:
    """Delete up to `limit` facts that are older and have been handed on; return how many."""
    return await queries.forget_before(work, moment, limit)


async def drop_lane(work: UnitOfWork, kind: JobKind, lane: str, *, now: datetime) -> None:
    """End what is on its way in a lane: it is no longer wanted, and what workers report of it is ignored."""
    await jobs.drop_lane(work, kind, lane, now)


async def restart_job(work: UnitOfWork, job_id: int, *, now: datetime) -> None:
    """Restart a job that no worker has, at once."""
    await jobs.restart(work, job_id, now)


async def list_set_aside(connection: Connection, *, limit: int) -> list[JobSetAside]:
    """Return jobs that were set aside because their workers ended, the newest first."""
    return await jobs.list_set_aside(connection, limit)


async def retry_set_aside(work: UnitOfWork, job_ids: Sequence[int] | None, *, now: datetime) -> list[int]:
    """Restart jobs that were set aside, these or all; return which."""
    return await jobs.restart_set_aside(work, job_ids, now)


async def count(work: UnitOfWork, increments: Mapping[str, int]) -> None:
    """Add to the counters of `/metrics`; the part of a name before a colon is the counter's own."""
    await queries.count(work, increments)


async def backlogs(
    connection: Connection, kinds: Sequence[JobKind], *, now: datetime
) -> Mapping[str, Backlog]:
    """Return what waits for a worker: facts, timers, and the jobs of each kind."""
    queued = await jobs.list_backlogs(connection, now)
    return {
        "facts": Backlog(*await queries.count_unhandled(connection)),
        queries.TIMERS: Backlog(
            *await queries.count_timers(connection, now),
            queued.get(queries.TIMERS, Backlog(0, None)).set_aside,
        ),
        **{kind.name: queued.get(kind.name, Backlog(0, None)) for kind in kinds},
    }


async def counters(connection: Connection) -> Mapping[str, int]:
    """Return the counters of `/metrics`, over all workers."""
    return dict(await queries.list_counters(connection))
