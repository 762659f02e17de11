"""SQL of the outbox."""

from collections.abc import Sequence
from datetime import datetime

from kalends.db.database import UnitOfWork
from kalends.outbox.fact import Fact


async def insert_events(work: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Store facts in their order."""
    await work.connection.execute(
        """
        INSERT INTO outbox_events (kind, booking_id, event_type_id, user_id, ordering_key, payload)
        SELECT kind, booking_id, event_type_id, user_id, ordering_key, payload
          FROM unnest(%(kinds)s::text[], %(booking_ids)s::bigint[], %(event_type_ids)s::int[],
                      %(user_ids)s::int[], %(ordering_keys)s::text[], %(payloads)s::bytea[])
               WITH ORDINALITY
                   AS f (kind, booking_id, event_type_id, user_id, ordering_key, payload, position)
         ORDER BY position
        """,
        {
            "kinds": [fact.kind for fact in facts],
            "booking_ids": [fact.booking_id for fact in facts],
            "event_type_ids": [fact.event_type_id for fact in facts],
            "user_ids": [fact.user_id for fact in facts],
            "ordering_keys": [fact.ordering_key for fact in facts],
            "payloads": [fact.payload for fact in facts],
        },
    )


async def replace_timers(
    work: UnitOfWork, booking_ids: Sequence[int], timers: Sequence[tuple[int, str, datetime]]
) -> None:
    """Let these timers, of booking, kind and instant, stand in place of all those of the bookings."""
    await work.connection.execute(
        "DELETE FROM booking_timers WHERE booking_id = ANY(%s)", (list(booking_ids),)
    )
    if timers:
        await work.connection.execute(
            """
            INSERT INTO booking_timers (booking_id, kind, due_at)
            SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[])
            """,
            ([timer[0] for timer in timers], [timer[1] for timer in timers], [timer[2] for timer in timers]),
        )
