"""Deliveries as jobs: SQL of taking those whose turn it is, and of noting how they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kalends.db.database import UnitOfWork
from kalends.db.rows import named_rows
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
from kalends.webhooks.webhook import Attempt

DELIVERIES = JobKind(
    name="webhooks",
    version=1,
    retries=tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)),
    jitter=0.2,
    deadline=timedelta(days=30),
    lease=timedelta(seconds=30),
    is_strict=True,
)
"""Rows of `webhook_deliveries`. The owner is that of the webhook (`user 5` or `team 7`, also for those of
event types), the lane the webhook, the order key that of the fact. An attempt is bounded by 15 seconds, so no
lease is ever renewed."""


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """A delivery that this worker is to attempt now, with what its webhook says at this moment.

    `is_failing`: the webhook has not succeeded since its last failure.
    """

    job: LeasedJob
    id: UUID
    event_id: int
    trigger: str
    body: bytes
    content_type: str
    happened_at: datetime
    subscriber_url: str
    is_active: bool
    secret: bytes | None
    previous_secret: bytes | None
    previous_secret_until: datetime | None
    is_failing: bool

    @property
    def webhook_id(self) -> str:
        """The webhook that it goes to."""
        return self.job.lane


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went, and what follows."""

    delivery: LeasedDelivery
    attempt: Attempt
    report: Report


async def lease(work: UnitOfWork, chosen: Sequence[int], token: UUID, now: datetime) -> list[LeasedDelivery]:
    """Take those of the chosen deliveries that nothing earlier for their webhook and key holds back."""
    rows = await named_rows(
        work.connection,
        f"""
        WITH {LEASED}
        SELECT {LEASED_COLUMNS}, d.id, d.event_id, d.trigger, d.body, d.content_type, f.happened_at, w.*
          FROM leased
          -- Each is looked up by itself: few are taken, whatever PostgreSQL expects.
         CROSS JOIN LATERAL (SELECT * FROM webhook_deliveries WHERE job_id = leased.id OFFSET 0) AS d
         CROSS JOIN LATERAL (
               SELECT subscriber_url, active AS is_active, secret, previous_secret, previous_secret_until,
                      failing_since IS NOT NULL AS is_failing
                 FROM webhooks WHERE id = d.webhook_id OFFSET 0) AS w
         CROSS JOIN LATERAL (
               SELECT coalesce((SELECT f.created_at FROM outbox_events f WHERE f.id = d.event_id),
                               d.created_at) AS happened_at) AS f
        """,
        values_of_lease(DELIVERIES, chosen, token, now),
    )
    return [
        LeasedDelivery(
            leased_job(row, token),
            row.id,
            row.event_id,
            row.trigger,
            row.body,
            row.content_type,
            row.happened_at,
            row.subscriber_url,
            row.is_active,
            row.secret,
            row.previous_secret,
            row.previous_secret_until,
            row.is_failing,
        )
        for row in rows
    ]


async def note(work: UnitOfWork, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Note how attempts went.

    What was taken by another worker meanwhile, or cancelled, stays as that left it.
    """
    attempts = [outcome.attempt for outcome in outcomes]
    await work.connection.execute(
        f"""
        WITH {REPORTED}, a AS (
            SELECT * FROM unnest(
                %(job_ids)s::bigint[], %(deliveries)s::uuid[], %(numbers)s::int[], %(started)s::timestamptz[],
                %(durations)s::int[], %(codes)s::int[], %(errors)s::text[], %(details)s::text[],
                %(answers)s::text[])
              AS a (id, delivery_id, number, started_at, duration_ms, status_code, error, error_detail,
                    answer)
        )
        INSERT INTO webhook_attempts (
            delivery_id, number, started_at, duration_ms, status_code, error, error_detail, answer)
        SELECT delivery_id, number, started_at, duration_ms, status_code, error, error_detail, answer
          FROM a JOIN reported USING (id)
        """,
        {
            **values_of_reports([outcome.report for outcome in outcomes], now),
            "deliveries": [outcome.delivery.id for outcome in outcomes],
            "numbers": [attempt.number for attempt in attempts],
            "started": [attempt.started_at for attempt in attempts],
            "durations": [attempt.duration_ms for attempt in attempts],
            "codes": [attempt.status_code for attempt in attempts],
            "errors": [attempt.error for attempt in attempts],
            "details": [attempt.error_detail for attempt in attempts],
            "answers": [attempt.answer for attempt in attempts],
        },
    )


async def report(work: UnitOfWork, reports: Sequence[Report], now: datetime) -> None:
    """Note what came of deliveries that were not attempted."""
    await work.connection.execute(
        f"WITH {REPORTED} SELECT count(*) FROM reported", values_of_reports(reports, now)
    )
