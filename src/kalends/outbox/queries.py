"""SQL of the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, json_bytes, json_rows, only_row
from kalends.outbox.fact import Fact, StoredFact

_STORED = "e.id, e.uid, e.kind, e.payload, e.ordering_key, e.created_at, e.event_type_id, e.user_id"


async def insert_events(work: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Store facts in their order, and let their timers stand in place of those that their bookings had."""
    timers = [
        {"booking_id": fact.booking_id, "kind": kind, "due_at": due_at}
        for fact in facts
        for kind, due_at in fact.timers or ()
    ]
    rows = [
        {
            "position": position,
            "kind": fact.kind,
            "booking_id": fact.booking_id,
            "event_type_id": fact.event_type_id,
            "user_id": fact.user_id,
            "ordering_key": fact.ordering_key,
            "payload": json_bytes(fact.payload),
            "sets_timers": fact.timers is not None,
        }
        for position, fact in enumerate(facts)
    ]
    await work.connection.execute(
        """
        WITH facts AS (
            SELECT * FROM json_to_recordset(%(facts)s::json) AS f (
                   position int, kind text, booking_id bigint, event_type_id int, user_id int,
                   ordering_key text, payload bytea, sets_timers bool)
        ), events AS (
            INSERT INTO outbox_events (kind, booking_id, event_type_id, user_id, ordering_key, payload)
            SELECT kind, booking_id, event_type_id, user_id, ordering_key, payload
              FROM facts ORDER BY position
        ), due AS (
            SELECT * FROM json_to_recordset(%(timers)s::json) AS t (
                   booking_id bigint, kind text, due_at timestamptz)
        ), gone AS (
            DELETE FROM booking_timers
             WHERE booking_id = ANY(ARRAY(SELECT booking_id FROM facts WHERE sets_timers))
               AND (booking_id, kind) NOT IN (SELECT booking_id, kind FROM due)
        )
        INSERT INTO booking_timers (booking_id, kind, due_at) SELECT booking_id, kind, due_at FROM due
            ON CONFLICT (booking_id, kind) DO UPDATE SET due_at = excluded.due_at
        """,
        {"facts": json_rows(rows), "timers": json_rows(timers)},
    )


async def delete_timers(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Drop the timers of bookings."""
    await work.connection.execute(
        "DELETE FROM booking_timers WHERE booking_id = ANY(%s)", (list(booking_ids),)
    )


async def is_anything_unhandled(connection: Connection) -> bool:
    """Tell whether facts wait for their consumers."""
    row = await first_row(connection, "SELECT FROM outbox_events WHERE handled_at IS NULL LIMIT 1", ())
    return row is not None


async def list_unhandled(work: UnitOfWork, limit: int) -> list[StoredFact]:
    """Return the oldest facts that wait, by id."""
    cursor = await work.connection.execute(
        f"SELECT {_STORED} FROM outbox_events e WHERE handled_at IS NULL ORDER BY id LIMIT %s", (limit,)
    )
    return [StoredFact(*row) for row in await cursor.fetchall()]


async def mark_handled(work: UnitOfWork, event_ids: Sequence[int]) -> None:
    """Note that these facts need no consumer any more."""
    await work.connection.execute(
        "UPDATE outbox_events SET handled_at = now() WHERE id = ANY(%s)", (list(event_ids),)
    )


async def insert_failure(
    work: UnitOfWork, event_id: int, consumer: str, error: str, *, retry_at: datetime
) -> None:
    """Note that a consumer failed at a fact."""
    await work.connection.execute(
        """
        INSERT INTO outbox_failures AS f (event_id, consumer, attempts, retry_at, error)
        VALUES (%(event_id)s, %(consumer)s, 1, %(retry_at)s, %(error)s)
            ON CONFLICT (event_id, consumer)
            DO UPDATE SET attempts = f.attempts + 1, retry_at = excluded.retry_at, error = excluded.error
        """,
        {"event_id": event_id, "consumer": consumer, "retry_at": retry_at, "error": error},
    )


async def take_due_failure(work: UnitOfWork, now: datetime) -> tuple[StoredFact, str, int] | None:
    """Return a fact that a consumer failed at, the consumer, and how often, if one is due; lock its row."""
    row = await first_row(
        work.connection,
        f"""
        SELECT {_STORED}, f.consumer, f.attempts
          FROM outbox_failures f JOIN outbox_events e ON e.id = f.event_id
         WHERE f.retry_at <= %s ORDER BY f.retry_at LIMIT 1 FOR UPDATE OF f SKIP LOCKED
        """,
        (now,),
    )
    if row is None:
        return None
    *stored, consumer, attempts = row
    return StoredFact(*stored), consumer, attempts


async def delete_failure(work: UnitOfWork, event_id: int, consumer: str) -> None:
    """Forget that a consumer failed at a fact."""
    await work.connection.execute(
        "DELETE FROM outbox_failures WHERE event_id = %s AND consumer = %s", (event_id, consumer)
    )


async def take_due_timers(work: UnitOfWork, now: datetime) -> list[tuple[int, str]]:
    """Remove the due timers of one booking and return them, of booking and kind, in their order.

    Booking commands lock the booking before they touch its timers, and so does this.
    """
    cursor = await work.connection.execute(
        """
        WITH locked AS (
            SELECT b.id FROM booking_timers t JOIN bookings b ON b.id = t.booking_id
             WHERE t.due_at <= %(now)s ORDER BY t.due_at LIMIT 1 FOR UPDATE OF b SKIP LOCKED
        ), taken AS (
            DELETE FROM booking_timers t USING locked WHERE t.booking_id = locked.id AND t.due_at <= %(now)s
            RETURNING t.booking_id, t.kind, t.due_at
        )
        SELECT booking_id, kind FROM taken ORDER BY due_at
        """,
        {"now": now},
    )
    return [(booking_id, kind) for booking_id, kind in await cursor.fetchall()]


async def postpone_timers(work: UnitOfWork, booking_id: int, now: datetime, until: datetime) -> None:
    """Put off the due timers of a booking."""
    await work.connection.execute(
        "UPDATE booking_timers SET due_at = %s WHERE booking_id = %s AND due_at <= %s",
        (until, booking_id, now),
    )


async def count(work: UnitOfWork, increments: Mapping[str, int]) -> None:
    """Add to counters; in the order of their names, so that two workers never wait for each other."""
    await work.connection.execute(
        """
        INSERT INTO worker_counters AS c (name, value)
        SELECT name, value FROM unnest(%s::text[], %s::bigint[]) AS i (name, value) ORDER BY name
            ON CONFLICT (name) DO UPDATE SET value = c.value + excluded.value
        """,
        (list(increments), list(increments.values())),
    )


async def forget_before(work: UnitOfWork, moment: datetime, limit: int) -> int:
    """Delete up to `limit` handled facts that are older; return how many."""
    cursor = await work.connection.execute(
        """
        DELETE FROM outbox_events WHERE id IN (
            SELECT id FROM outbox_events WHERE created_at < %s AND handled_at IS NOT NULL LIMIT %s)
        """,
        (moment, limit),
    )
    return cursor.rowcount


async def count_unhandled(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many facts wait for their consumers, and since when the first does."""
    count, oldest = await only_row(
        connection, "SELECT count(*), min(created_at) FROM outbox_events WHERE handled_at IS NULL", ()
    )
    return count, oldest


async def count_failures(connection: Connection) -> tuple[int, datetime | None]:
    """Return how often a consumer has failed at a fact and not yet done better, and since when."""
    count, oldest = await only_row(
        connection,
        "SELECT count(*), min(e.created_at) FROM outbox_failures f JOIN outbox_events e ON e.id = f.event_id",
        (),
    )
    return count, oldest


async def count_timers(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many timers are set, and since when the first that is due waits."""
    count, oldest = await only_row(
        connection,
        "SELECT count(*), min(due_at) FILTER (WHERE due_at <= %s) FROM booking_timers",
        (now,),
    )
    return count, oldest


async def list_counters(connection: Connection) -> list[tuple[str, int]]:
    """Return all counters by name."""
    cursor = await connection.execute("SELECT name, value FROM worker_counters ORDER BY name")
    return [(name, value) for name, value in await cursor.fetchall()]
