"""Webhooks whose owner is about to be deleted: they are still told what happens until then.

A delivery needs its webhook until it has arrived. So those that have any left outlive their owner, belong to
nobody, are told nothing new, and go when nothing waits for them any more.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from kalends.db.database import Connection, Database, UnitOfWork
from kalends.outbox.fact import StoredFact
from kalends.webhooks import queries
from kalends.webhooks.following import Follower
from kalends.webhooks.triggers import announcement_of


async def tell_last(work: UnitOfWork, follower: Follower, user_id: int, *, now: datetime) -> None:
    """Write down what webhooks are to be told before a user is deleted, and let the user's own outlive it.

    The facts are those that no worker has handed on yet. Workers do so afterwards, find the user's webhooks
    without an owner, and no longer know whose member the user was.
    """
    dying = await _list_webhooks_of(work.connection, user_id)
    facts = [
        (fact, announcement)
        for fact in await _list_unhandled(work.connection, user_id)
        if (announcement := announcement_of(fact.kind)) is not None
    ]
    subscribed = await queries.list_subscribed(
        work.connection,
        {(announcement.trigger, fact.user_id, fact.event_type_id) for fact, announcement in facts},
    )
    deliveries = [
        delivery
        for fact, announcement in facts
        for delivery in follower.deliveries(
            announcement,
            fact,
            [
                webhook
                for webhook in subscribed.get((announcement.trigger, fact.user_id, fact.event_type_id), ())
                if webhook.id in dying or webhook.team_id is not None
            ],
        )
    ]
    if deliveries:
        await queries.insert_deliveries(work, deliveries, due_at=now)
    if dying:
        await _disown(work, dying, now)


async def forget(database: Database, now: datetime) -> None:
    """Delete the webhooks without an owner for which nothing waits any more."""
    async with database.transaction() as work:
        await work.connection.execute(
            """
            DELETE FROM webhooks w
             WHERE ownerless_since <= %s
               AND NOT EXISTS (SELECT FROM webhook_deliveries d
                                WHERE d.webhook_id = w.id AND d.status = 'pending')
            """,
            (now,),
        )


async def _list_webhooks_of(connection: Connection, user_id: int) -> set[str]:
    """Return the ids of a user's webhooks, and of those of their event types."""
    cursor = await connection.execute(
        """
        SELECT id FROM webhooks
         WHERE user_id = %(user_id)s
            OR event_type_id = ANY(ARRAY(SELECT id FROM event_types WHERE user_id = %(user_id)s))
        """,
        {"user_id": user_id},
    )
    return {row[0] for row in await cursor.fetchall()}


async def _list_unhandled(connection: Connection, user_id: int) -> Sequence[StoredFact]:
    """Return the facts of a user that no worker has handed on yet, in their order."""
    cursor = await connection.execute(
        """
        SELECT id, uid, kind, payload, ordering_key, created_at, event_type_id, user_id
          FROM outbox_events WHERE handled_at IS NULL AND user_id = %s ORDER BY id
        """,
        (user_id,),
    )
    return [StoredFact(*row) for row in await cursor.fetchall()]


async def _disown(work: UnitOfWork, webhook_ids: Collection[str], now: datetime) -> None:
    await work.connection.execute(
        """
        UPDATE webhooks w SET user_id = NULL, event_type_id = NULL, ownerless_since = %s
         WHERE id = ANY(%s)
           AND EXISTS (SELECT FROM webhook_deliveries d
                        WHERE d.webhook_id = w.id AND d.status = 'pending')
        """,
        (now, list(webhook_ids)),
    )
