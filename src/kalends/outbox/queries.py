"""SQL of the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import json_bytes, json_rows, only_row
from kalends.outbox.fact import Fact, StoredFact
from kalends.outbox.statements import payload_of

TIMERS = "timers"
"""The kind of jobs that timers become which are set aside."""

_STORED = f"""
    e.id, e.uid, e.kind, {payload_of("e")}, e.ordering_key, e.created_at, e.event_type_id, e.user_id,
    e.organization_id
"""


async def insert_events(work: UnitOfWork, facts: Sequence[Fact], shared: bytes | None) -> None:
    """Store facts in their order, and replace the timers of their subjects by theirs.

    `shared` is what those that share it say besides.
    """
    subjects = [
        (None, None) if fact.subject is None else (fact.subject.kind, fact.subject.id) for fact in facts
    ]
    timers = [
        {"subject_kind": subject_kind, "subject_id": subject_id, "kind": kind, "due_at": due_at}
        for fact, (subject_kind, subject_id) in zip(facts, subjects, strict=True)
        for kind, due_at in fact.timers or ()
    ]
    rows = [
        {
            "position": position,
            "kind": fact.kind,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "event_type_id": fact.event_type_id,
            "user_id": fact.user_id,
            "organization_id": fact.organization_id,
            "ordering_key": fact.ordering_key,
            "payload": json_bytes(fact.payload),
            "is_sharing": fact.is_sharing,
            "sets_timers": fact.timers is not None,
        }
        for position, (fact, (subject_kind, subject_id)) in enumerate(zip(facts, subjects, strict=True))
    ]
    await work.connection.execute(
        """
        WITH facts AS (
            SELECT * FROM json_to_recordset(%(facts)s::json) AS f (
                   position int, kind text, subject_kind text, subject_id bigint, event_type_id int,
                   user_id int, organization_id int, ordering_key text, payload bytea, is_sharing bool,
                   sets_timers bool)
        ), shared AS (
            INSERT INTO outbox_shared (payload)
            SELECT %(shared)s::bytea WHERE %(shared)s::bytea IS NOT NULL
            RETURNING id
        ), events AS (
            INSERT INTO outbox_events (
                kind, subject_kind, subject_id, event_type_id, user_id, organization_id, ordering_key,
                payload, shared_id)
            SELECT kind, subject_kind, subject_id, event_type_id, user_id, organization_id, ordering_key,
                   payload, CASE WHEN is_sharing THEN (SELECT id FROM shared) END
              FROM facts ORDER BY position
        ), due AS (
            SELECT * FROM json_to_recordset(%(timers)s::json) AS t (
                   subject_kind text, subject_id bigint, kind text, due_at timestamptz)
        ), gone AS (
            DELETE FROM timers
             WHERE subject_kind = ANY(ARRAY(SELECT subject_kind FROM facts WHERE sets_timers))
               AND subject_id = ANY(ARRAY(SELECT subject_id FROM facts WHERE sets_timers))
               AND (subject_kind, subject_id) IN (
                   SELECT subject_kind, subject_id FROM facts WHERE sets_timers)
               AND (subject_kind, subject_id, kind) NOT IN (SELECT subject_kind, subject_id, kind FROM due)
        )
        INSERT INTO timers (subject_kind, subject_id, kind, due_at)
        SELECT subject_kind, subject_id, kind, due_at FROM due
            ON CONFLICT (subject_kind, subject_id, kind) DO UPDATE SET due_at = excluded.due_at, tries = 0
        """,
        {"facts": json_rows(rows), "timers": json_rows(timers), "shared": shared},
    )


async def delete_timers(work: UnitOfWork, subject_kind: str, subject_ids: Sequence[int]) -> None:
    """Drop the timers of subjects of one kind."""
    await work.connection.execute(
        "DELETE FROM timers WHERE subject_kind = %s AND subject_id = ANY(%s)",
        (subject_kind, list(subject_ids)),
    )


async def find_what_waits(connection: Connection) -> tuple[bool, bool]:
    """Tell whether facts wait for their consumers, and whether some are noted as being handed on."""
    is_waiting, is_on_trial = await only_row(
        connection,
        """
        SELECT EXISTS (SELECT FROM outbox_events WHERE handled_at IS NULL),
               EXISTS (SELECT FROM outbox_trials)
        """,
        (),
    )
    return is_waiting, is_on_trial


async def note_trial(connection: Connection, event_id: int, consumer: str) -> None:
    """Note that a consumer is about to get a fact; with no name: all of them a batch that ends with it."""
    await connection.execute(
        """
        INSERT INTO outbox_trials AS t (event_id, consumer, count) VALUES (%s, %s, 1)
            ON CONFLICT (event_id, consumer) DO UPDATE SET count = t.count + 1
        """,
        (event_id, consumer),
    )


async def forget_trial(connection: Connection, event_id: int, consumer: str) -> None:
    """Take back such a note."""
    await connection.execute(
        "DELETE FROM outbox_trials WHERE event_id = %s AND consumer = %s", (event_id, consumer)
    )


async def count_trials(work: UnitOfWork, event_id: int) -> dict[str, int]:
    """Return how many workers have ended while they handed a fact on, by the consumer that had it."""
    cursor = await work.connection.execute(
        "SELECT consumer, count FROM outbox_trials WHERE event_id = %s", (event_id,)
    )
    return dict(await cursor.fetchall())


async def end_trials(work: UnitOfWork, last_id: int) -> None:
    """Drop the notes on facts up to one: they are handed on."""
    await work.connection.execute("DELETE FROM outbox_trials WHERE event_id <= %s", (last_id,))


async def list_unhandled(work: UnitOfWork, limit: int) -> list[StoredFact]:
    """Return the oldest facts that wait, by id."""
    cursor = await work.connection.execute(
        f"SELECT {_STORED} FROM outbox_events e WHERE handled_at IS NULL ORDER BY id LIMIT %s", (limit,)
    )
    return [StoredFact(*row) for row in await cursor.fetchall()]


async def mark_handled(work: UnitOfWork, event_ids: Sequence[int]) -> None:
    """Note that these facts need no further consumer."""
    await work.connection.execute(
        "UPDATE outbox_events SET handled_at = now() WHERE id = ANY(%s)", (list(event_ids),)
    )


async def lock_due_subject(
    work: UnitOfWork, subject_kind: str, table: str, now: datetime
) -> tuple[int, int] | None:
    """Lock the subject whose timers have been due for longest; return its number, and their most tries.

    Commands lock the row of the subject before they touch its timers, and so does this. None: none is due
    whose subject nobody has locked.
    """
    cursor = await work.connection.execute(
        _locking_subject(table), {"subject_kind": subject_kind, "now": now}
    )
    return await cursor.fetchone()


@cache
def _locking_subject(table: str) -> sql.Composed:
    return sql.SQL(
        """
        WITH locked AS (
            SELECT s.id FROM timers t JOIN {} s ON s.id = t.subject_id
             WHERE t.subject_kind = %(subject_kind)s AND t.due_at <= %(now)s
             ORDER BY t.due_at LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        )
        SELECT locked.id, max(t.tries) FROM locked JOIN timers t ON t.subject_id = locked.id
         WHERE t.subject_kind = %(subject_kind)s AND t.due_at <= %(now)s
         GROUP BY locked.id
        """
    ).format(sql.Identifier(table))


async def note_try_of_timers(
    connection: Connection, subject_kind: str, subject_id: int, now: datetime
) -> None:
    """Note that the due timers of a subject are about to take effect."""
    await connection.execute(
        "UPDATE timers SET tries = tries + 1 WHERE subject_kind = %s AND subject_id = %s AND due_at <= %s",
        (subject_kind, subject_id, now),
    )


async def take_due_timers(work: UnitOfWork, subject_kind: str, subject_id: int, now: datetime) -> list[str]:
    """Remove the due timers of a subject, which is locked, and return their kinds in their order."""
    cursor = await work.connection.execute(
        """
        WITH taken AS (
            DELETE FROM timers WHERE subject_kind = %s AND subject_id = %s AND due_at <= %s
            RETURNING kind, due_at
        )
        SELECT kind FROM taken ORDER BY due_at
        """,
        (subject_kind, subject_id, now),
    )
    return [kind for (kind,) in await cursor.fetchall()]


async def set_timers_aside(
    work: UnitOfWork, subject_kind: str, subject_id: int, reason: str, now: datetime
) -> list[str]:
    """Make jobs that are set aside of the due timers of a subject; return their kinds.

    The subject is the lane, by its kind and number, and the kind of the timer the order key.
    """
    cursor = await work.connection.execute(
        """
        WITH taken AS (
            DELETE FROM timers
             WHERE subject_kind = %(subject_kind)s AND subject_id = %(subject_id)s AND due_at <= %(now)s
            RETURNING kind, tries
        )
        INSERT INTO jobs (kind, version, owner, lane, order_key, state, attempts, tries, due_at, last_error,
                          ended_at)
        SELECT %(job_kind)s, 1, 'nobody', %(subject_kind)s || ' ' || %(subject_id)s, kind, 'set_aside', tries,
               tries, %(now)s, %(reason)s, %(now)s
          FROM taken
        RETURNING order_key
        """,
        {
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "now": now,
            "reason": reason,
            "job_kind": TIMERS,
        },
    )
    return [kind for (kind,) in await cursor.fetchall()]


async def set_timers_again(work: UnitOfWork, now: datetime) -> None:
    """Make timers again of those that were set aside, and that somebody wants tried."""
    await work.connection.execute(
        """
        WITH wanted AS (
            DELETE FROM jobs WHERE kind = %s AND state = 'ready' RETURNING lane, order_key
        )
        INSERT INTO timers (subject_kind, subject_id, kind, due_at)
        SELECT split_part(lane, ' ', 1), split_part(lane, ' ', 2)::bigint, order_key, %s FROM wanted
            ON CONFLICT DO NOTHING
        """,
        (TIMERS, now),
    )


async def postpone_timers(
    work: UnitOfWork, subject_kind: str, subject_id: int, now: datetime, until: datetime
) -> None:
    """Put off the due timers of a subject: this worker has outlived them."""
    await work.connection.execute(
        """
        UPDATE timers SET due_at = %s, tries = 0
         WHERE subject_kind = %s AND subject_id = %s AND due_at <= %s
        """,
        (until, subject_kind, subject_id, now),
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
    """Delete up to `limit` handled facts that are older, and what only they say; return how many."""
    cursor = await work.connection.execute(
        """
        DELETE FROM outbox_events WHERE id IN (
            SELECT id FROM outbox_events WHERE created_at < %s AND handled_at IS NOT NULL LIMIT %s)
        RETURNING shared_id
        """,
        (moment, limit),
    )
    deleted = [shared_id for (shared_id,) in await cursor.fetchall()]
    await work.connection.execute(
        """
        DELETE FROM outbox_shared s
         WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM outbox_events e WHERE e.shared_id = s.id)
        """,
        (sorted({shared_id for shared_id in deleted if shared_id is not None}),),
    )
    return len(deleted)


async def count_unhandled(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many facts wait for their consumers, and since when the first does."""
    count, oldest = await only_row(
        connection, "SELECT count(*), min(created_at) FROM outbox_events WHERE handled_at IS NULL", ()
    )
    return count, oldest


async def count_timers(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many timers are set, and since when the first that is due waits."""
    count, oldest = await only_row(
        connection,
        "SELECT count(*), min(due_at) FILTER (WHERE due_at <= %s) FROM timers",
        (now,),
    )
    return count, oldest


async def list_counters(connection: Connection) -> list[tuple[str, int]]:
    """Return all counters by name."""
    cursor = await connection.execute("SELECT name, value FROM worker_counters ORDER BY name")
    return [(name, value) for name, value in await cursor.fetchall()]
