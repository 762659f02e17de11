"""Parts of statements that kinds of jobs put together with their own tables, so that one does both.

Each is one CTE or several, with the names of its parameters; `values_of_…` gives their values.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kalends.outbox.jobs.job import LeasedJob, Report
from kalends.outbox.jobs.kind import JobKind

PENDING = "IN ('ready', 'waiting', 'held', 'leased')"
"""The states of jobs on their way, as indexes have it."""

_HELD_BACK = timedelta(minutes=10)
"""When one that waits for an earlier one is looked at again, should nobody release it."""

_LEASED_COLUMNS = ("id", "owner", "lane", "order_key", "attempts", "tries", "losses", "began_at")

LEASED = f"""
    chosen AS (
        SELECT j.id,
               EXISTS (SELECT FROM jobs earlier
                        WHERE earlier.kind = j.kind AND earlier.lane = j.lane
                          AND earlier.order_key = j.order_key
                          AND (earlier.position, earlier.id) < (j.position, j.id)
                          AND earlier.state {PENDING}
                          AND (%(is_strict)s OR earlier.state <> 'waiting' AND earlier.id <> ALL(%(chosen)s))
                      ) AS is_held
          FROM jobs j WHERE j.id = ANY(%(chosen)s)
    ), held AS (
        UPDATE jobs j SET state = 'held', due_at = %(later)s
          FROM chosen WHERE j.id = chosen.id AND chosen.is_held
    ), leased AS (
        UPDATE jobs j
           SET state = 'leased', lease = %(token)s, due_at = %(until)s, attempts = j.attempts + 1,
               tries = j.tries + 1, began_at = coalesce(j.began_at, %(now)s)
          FROM chosen WHERE j.id = chosen.id AND NOT chosen.is_held
        RETURNING {", ".join(f"j.{name}" for name in _LEASED_COLUMNS)}
    )
"""
"""Those of the chosen jobs that nothing earlier holds back, as they are now leased."""

LEASED_COLUMNS = ", ".join(f"leased.{name} AS job_{name}" for name in _LEASED_COLUMNS)
"""What `leased_job` reads."""


def values_of_lease(kind: JobKind, chosen: Sequence[int], token: UUID, now: datetime) -> dict[str, Any]:
    """Return the values of `LEASED`."""
    return {
        "chosen": list(chosen),
        "is_strict": kind.is_strict,
        "later": now + _HELD_BACK,
        "token": token,
        "until": now + kind.lease,
        "now": now,
    }


def leased_job(row: Any, token: UUID) -> LeasedJob:
    """Return the job in a row that has `LEASED_COLUMNS`."""
    values = {name: getattr(row, f"job_{name}") for name in _LEASED_COLUMNS}
    return LeasedJob(token=token, **values)


REPORTED = """
    reports AS (
        SELECT * FROM unnest(%(job_ids)s::bigint[], %(tokens)s::uuid[], %(states)s::text[],
                             %(due)s::timestamptz[], %(job_errors)s::text[], %(no_tries)s::int[])
          AS r (job_id, token, state, due_at, error, no_try)
    ), reported AS (
        UPDATE jobs j
           SET state = r.state, due_at = r.due_at, lease = NULL, losses = 0, last_error = r.error,
               attempts = j.attempts - r.no_try, tries = j.tries - r.no_try,
               ended_at = CASE WHEN r.state NOT IN ('ready', 'waiting') THEN %(now)s::timestamptz END
          FROM reports r WHERE j.id = r.job_id AND j.lease = r.token
        RETURNING j.id
    )
"""
"""The jobs whose reports count: those that are still leased as they were."""


def values_of_reports(reports: Sequence[Report], now: datetime) -> dict[str, Any]:
    """Return the values of `REPORTED`."""
    return {
        "job_ids": [report.job.id for report in reports],
        "tokens": [report.job.token for report in reports],
        "states": [report.state for report in reports],
        "due": [report.due_at for report in reports],
        "job_errors": [report.error for report in reports],
        "no_tries": [int(report.is_no_try) for report in reports],
        "now": now,
    }
