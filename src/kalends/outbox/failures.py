"""What consumers failed at: jobs that hand the fact to the consumer again, with their SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kalends.db.database import UnitOfWork
from kalends.db.rows import NamedRow, first_row, named_rows
from kalends.outbox.fact import StoredFact
from kalends.outbox.jobs.job import LeasedJob, Report
from kalends.outbox.jobs.kind import JobKind
from kalends.outbox.jobs.statements import (
    LEASED,
    LEASED_COLUMNS,
    REPORTED,
    leased_job,
    values_of_lease,
    values_of_reports,
)
from kalends.outbox.statements import payload_of

FAILURES = JobKind(
    name="failures",
    version=1,
    retries=tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60)),
    deadline=timedelta(days=30),
    lease=timedelta(minutes=5),
    is_endless=True,
)
"""Facts that a consumer failed at, as long as facts are kept. The owner is the user to whom it happened, the
lane the consumer."""


@dataclass(frozen=True, slots=True)
class LeasedFailure:
    """A fact that this worker is to hand to a consumer again."""

    job: LeasedJob
    consumer: str
    fact: StoredFact


async def insert(
    work: UnitOfWork,
    fact: StoredFact,
    consumer: str,
    error: str,
    *,
    due_at: datetime,
    is_set_aside: bool = False,
) -> None:
    """Note that a consumer failed at a fact, and that it is to get it again, unless it is set aside."""
    await work.connection.execute(
        """
        WITH failure AS (
            INSERT INTO outbox_failures (event_id, consumer, job_id)
            VALUES (%(event_id)s, %(consumer)s, nextval('jobs_id_seq'))
                ON CONFLICT (event_id, consumer) DO UPDATE SET consumer = excluded.consumer
            RETURNING job_id
        )
        INSERT INTO jobs AS j (
            id, kind, version, owner, lane, state, attempts, tries, due_at, last_error, ended_at)
        SELECT job_id, %(kind)s, %(version)s, %(owner)s, %(consumer)s, %(state)s, 1, 1, %(due_at)s, %(error)s,
               CASE %(state)s WHEN 'set_aside' THEN %(due_at)s::timestamptz END
          FROM failure
            ON CONFLICT (id) DO UPDATE
           SET state = excluded.state, lease = NULL, attempts = j.attempts + 1, tries = j.tries + 1,
               due_at = excluded.due_at, last_error = excluded.last_error, ended_at = excluded.ended_at
        """,
        {
            "event_id": fact.id,
            "consumer": consumer,
            "kind": FAILURES.name,
            "version": FAILURES.version,
            "owner": f"user {fact.user_id}" if fact.user_id is not None else "nobody",
            "state": "set_aside" if is_set_aside else "waiting",
            "due_at": due_at,
            "error": error,
        },
    )


async def lease(work: UnitOfWork, chosen: Sequence[int], token: UUID, now: datetime) -> list[LeasedFailure]:
    """Take jobs that were chosen."""
    if not chosen:
        return []
    rows = await named_rows(
        work.connection,
        f"""
        WITH {LEASED}
        SELECT {LEASED_COLUMNS}, f.consumer, e.id, e.uid, e.kind, {payload_of("e")} AS payload,
               e.ordering_key, e.created_at, e.event_type_id, e.user_id, e.organization_id
          FROM leased JOIN outbox_failures f ON f.job_id = leased.id
          JOIN outbox_events e ON e.id = f.event_id
        """,
        values_of_lease(FAILURES, chosen, token, now),
    )
    return [LeasedFailure(leased_job(row, token), row.consumer, _fact(row)) for row in rows]


async def lock(work: UnitOfWork, failure: LeasedFailure) -> bool:
    """Keep others off a job until this transaction ends; False: its lease is with another worker."""
    row = await first_row(
        work.connection,
        "SELECT FROM jobs WHERE id = %s AND lease = %s FOR UPDATE",
        (failure.job.id, failure.job.token),
    )
    return row is not None


async def report(work: UnitOfWork, told: Report, now: datetime) -> None:
    """Note that the consumer failed again."""
    await work.connection.execute(
        f"WITH {REPORTED} SELECT count(*) FROM reported", values_of_reports([told], now)
    )


async def delete(work: UnitOfWork, failure: LeasedFailure) -> None:
    """Forget a failure that was made good; the job goes with it."""
    await work.connection.execute("DELETE FROM outbox_failures WHERE job_id = %s", (failure.job.id,))


def _fact(row: NamedRow) -> StoredFact:
    return StoredFact(
        row.id,
        row.uid,
        row.kind,
        row.payload,
        row.ordering_key,
        row.created_at,
        row.event_type_id,
        row.user_id,
        row.organization_id,
    )
