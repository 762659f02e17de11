"""SQL of deliveries under way: taking what is due, and noting how it went.

A delivery that a worker takes is due again after `LEASE`, unless the worker has noted its outcome by then. So
what a worker took that died comes again, and nothing else does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import only_row
from kalends.webhooks.webhook import Attempt, Status

LEASE = timedelta(seconds=30)
"""Longer than an attempt can take, with the note of its outcome."""

_LOOKED_AT = 200
"""Most deliveries that are looked at in one go."""

_HELD_BACK = timedelta(minutes=10)
"""When one that waits for an earlier one is looked at again, should nobody release it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this worker is to attempt now, with what its webhook says at this moment.

    `number` counts attempts from 1, `tries` those since the schedule of repeats began. `is_failing`: the
    webhook has not succeeded since its last failure. `owner` tells apart whose webhooks they are: `user 5` or
    `team 7`, also for those of event types.
    """

    id: UUID
    webhook_id: str
    event_id: int
    ordering_key: str
    trigger: str
    number: int
    tries: int
    body: bytes
    content_type: str
    happened_at: datetime
    subscriber_url: str
    secret: bytes | None
    previous_secret: bytes | None
    previous_secret_until: datetime | None
    is_failing: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went, and what follows: `status` pending is due again at `next_attempt_at`."""

    taken: Taken
    attempt: Attempt
    status: Status
    next_attempt_at: datetime


@dataclass(frozen=True, slots=True)
class Failing:
    """A webhook that has not succeeded since `since`; `user_id` is its owner, or its event type's."""

    id: str
    user_id: int | None
    event_type_id: int | None
    subscriber_url: str
    since: datetime


async def take(
    work: UnitOfWork, *, now: datetime, room: int, under_way: Mapping[str, int], most_each: int
) -> tuple[list[Taken], bool]:
    """Take up to `room` deliveries that are due, at most `most_each` of one webhook with those `under_way`.

    Of one webhook and ordering key only the earliest that is pending is ever taken. Also tells whether there
    may be more that are due: only some are looked at.
    """
    full = [webhook_id for webhook_id, count in under_way.items() if count >= most_each]
    cursor = await work.connection.execute(
        """
        SELECT id FROM webhook_deliveries
         WHERE status = 'pending' AND next_attempt_at <= %s AND webhook_id <> ALL(%s::text[])
         ORDER BY next_attempt_at LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (now, full, _LOOKED_AT),
    )
    due = [row[0] for row in await cursor.fetchall()]
    if not due:
        return [], False
    # A statement of its own: it sees what was noted until these rows were locked, and what is noted later
    # waits for this transaction before it releases any of them.
    cursor = await work.connection.execute(
        """
        WITH due AS (
            SELECT d.id, d.webhook_id, d.event_id, d.next_attempt_at, w.active,
                   EXISTS (SELECT FROM webhook_deliveries e
                            WHERE e.webhook_id = d.webhook_id AND e.ordering_key = d.ordering_key
                              AND e.status = 'pending'
                              AND (e.event_id, e.trigger) < (d.event_id, d.trigger)) AS is_held
              FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
             WHERE d.id = ANY(%(due)s)
        ), cancelled AS (
            UPDATE webhook_deliveries d SET status = 'cancelled', completed_at = %(now)s
              FROM due WHERE d.id = due.id AND NOT due.active
        ), held AS (
            UPDATE webhook_deliveries d SET next_attempt_at = %(later)s
              FROM due WHERE d.id = due.id AND due.active AND due.is_held
        ), ranked AS (
            SELECT due.*,
                   row_number() OVER (PARTITION BY webhook_id ORDER BY next_attempt_at, event_id) AS place
              FROM due WHERE active AND NOT is_held
        ), chosen AS (
            SELECT ranked.id
              FROM ranked LEFT JOIN unnest(%(webhook_ids)s::text[], %(counts)s::int[])
                   AS busy (webhook_id, count) USING (webhook_id)
             WHERE place + coalesce(busy.count, 0) <= %(most_each)s
             ORDER BY place, next_attempt_at LIMIT %(room)s
        )
        UPDATE webhook_deliveries d
           SET attempts = d.attempts + 1, tries = d.tries + 1, next_attempt_at = %(lease)s
          FROM chosen, webhooks w
         WHERE d.id = chosen.id AND w.id = d.webhook_id
        RETURNING d.id, d.webhook_id, d.event_id, d.ordering_key, d.trigger, d.attempts, d.tries, d.body,
                  d.content_type,
                  coalesce((SELECT f.created_at FROM outbox_events f WHERE f.id = d.event_id), d.created_at),
                  w.subscriber_url, w.secret, w.previous_secret, w.previous_secret_until,
                  w.failing_since IS NOT NULL,
                  coalesce('user ' || w.user_id, 'team ' || w.team_id,
                           (SELECT coalesce('user ' || e.user_id, 'team ' || e.team_id)
                              FROM event_types e WHERE e.id = w.event_type_id),
                           'webhook ' || w.id)
        """,
        {
            "due": due,
            "now": now,
            "later": now + _HELD_BACK,
            "lease": now + LEASE,
            "webhook_ids": list(under_way),
            "counts": list(under_way.values()),
            "most_each": most_each,
            "room": room,
        },
    )
    return [Taken(*row) for row in await cursor.fetchall()], len(due) == _LOOKED_AT


async def note(work: UnitOfWork, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Note how attempts went, and make those due that waited for what has ended.

    What was taken by another worker meanwhile, or cancelled, stays as that left it.
    """
    attempts = [outcome.attempt for outcome in outcomes]
    await work.connection.execute(
        """
        WITH o AS (
            SELECT * FROM unnest(
                %(ids)s::uuid[], %(numbers)s::int[], %(statuses)s::text[], %(next)s::timestamptz[],
                %(started)s::timestamptz[], %(durations)s::int[], %(codes)s::int[], %(errors)s::text[],
                %(details)s::text[], %(answers)s::text[])
              AS o (id, number, status, next_attempt_at, started_at, duration_ms, status_code, error,
                    error_detail, answer)
        ), noted AS (
            UPDATE webhook_deliveries d
               SET status = o.status, next_attempt_at = o.next_attempt_at,
                   completed_at = CASE o.status WHEN 'pending' THEN NULL ELSE %(now)s::timestamptz END
              FROM o WHERE d.id = o.id AND d.attempts = o.number AND d.status = 'pending'
            RETURNING d.id
        )
        INSERT INTO webhook_attempts (
            delivery_id, number, started_at, duration_ms, status_code, error, error_detail, answer)
        SELECT id, number, started_at, duration_ms, status_code, error, error_detail, answer
          FROM o JOIN noted USING (id)
        """,
        {
            "now": now,
            "ids": [outcome.taken.id for outcome in outcomes],
            "numbers": [attempt.number for attempt in attempts],
            "statuses": [outcome.status for outcome in outcomes],
            "next": [outcome.next_attempt_at for outcome in outcomes],
            "started": [attempt.started_at for attempt in attempts],
            "durations": [attempt.duration_ms for attempt in attempts],
            "codes": [attempt.status_code for attempt in attempts],
            "errors": [attempt.error for attempt in attempts],
            "details": [attempt.error_detail for attempt in attempts],
            "answers": [attempt.answer for attempt in attempts],
        },
    )
    ended = [outcome.taken for outcome in outcomes if outcome.status != "pending"]
    if ended:
        await _release(work, [(one.webhook_id, one.ordering_key) for one in ended], now=now)


async def _release(work: UnitOfWork, keys: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Make the next delivery of each webhook and ordering key due, if it waits for its first attempt."""
    await work.connection.execute(
        """
        WITH next AS (
            SELECT d.id
              FROM unnest(%(webhook_ids)s::text[], %(ordering_keys)s::text[]) AS k (webhook_id, ordering_key)
             CROSS JOIN LATERAL (
                   SELECT id, tries FROM webhook_deliveries d
                    WHERE d.webhook_id = k.webhook_id AND d.ordering_key = k.ordering_key
                      AND d.status = 'pending'
                    ORDER BY event_id LIMIT 1) AS d
             WHERE d.tries = 0
        ), locked AS (
            SELECT d.id FROM webhook_deliveries d JOIN next USING (id) ORDER BY d.id FOR UPDATE OF d
        )
        UPDATE webhook_deliveries d SET next_attempt_at = %(now)s
          FROM locked WHERE d.id = locked.id AND d.status = 'pending' AND d.tries = 0
        """,
        {
            "webhook_ids": [webhook_id for webhook_id, _ in keys],
            "ordering_keys": [ordering_key for _, ordering_key in keys],
            "now": now,
        },
    )


async def note_health(
    work: UnitOfWork, *, succeeded: Sequence[str], failed: Sequence[str], now: datetime
) -> list[Failing]:
    """Note which webhooks work; return those active ones that fail, with the time since when."""
    cursor = await work.connection.execute(
        """
        WITH changed AS (
            SELECT id FROM webhooks
             WHERE (id = ANY(%(succeeded)s) AND failing_since IS NOT NULL)
                OR (id = ANY(%(failed)s) AND failing_since IS NULL)
             ORDER BY id FOR NO KEY UPDATE
        ), noted AS (
            UPDATE webhooks w
               SET failing_since = CASE WHEN w.id = ANY(%(succeeded)s) THEN NULL
                                        ELSE %(now)s::timestamptz END
              FROM changed WHERE w.id = changed.id
        )
        SELECT w.id, coalesce(w.user_id, e.user_id), w.event_type_id, w.subscriber_url, w.failing_since
          FROM webhooks w LEFT JOIN event_types e ON e.id = w.event_type_id
         WHERE w.id = ANY(%(failed)s) AND w.active AND w.failing_since IS NOT NULL
        """,
        {"succeeded": list(succeeded), "failed": list(failed), "now": now},
    )
    return [Failing(*row) for row in await cursor.fetchall()]


async def give_back(work: UnitOfWork, taken: Sequence[Taken], *, now: datetime) -> None:
    """Make deliveries due again whose attempts were broken off; these do not count."""
    await work.connection.execute(
        """
        UPDATE webhook_deliveries d
           SET attempts = d.attempts - 1, tries = d.tries - 1, next_attempt_at = %(now)s
          FROM unnest(%(ids)s::uuid[], %(numbers)s::int[]) AS t (id, number)
         WHERE d.id = t.id AND d.attempts = t.number AND d.status = 'pending'
        """,
        {"now": now, "ids": [one.id for one in taken], "numbers": [one.number for one in taken]},
    )


async def count_pending(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many deliveries are under way, and since when the first that is due waits."""
    count, oldest = await only_row(
        connection,
        """
        SELECT count(*), min(next_attempt_at) FILTER (WHERE next_attempt_at <= %s)
          FROM webhook_deliveries WHERE status = 'pending'
        """,
        (now,),
    )
    return count, oldest
