"""SQL of webhooks whose owner goes, and of the facts that they are to be told of before."""

from collections.abc import Collection
from datetime import datetime

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import named_rows
from kalends.outbox.fact import StoredFact
from kalends.outbox.jobs.statements import PENDING
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.queries import FACTS, FACTS_OF_CLIENT, to_fact


async def list_ids_of_user(connection: Connection, user_id: int) -> set[str]:
    """Return the ids of a user's webhooks, and of those of their event types."""
    cursor = await connection.execute(
        """
        SELECT id FROM webhooks
         WHERE user_id = %(user_id)s
            OR event_type_id = ANY(ARRAY(SELECT id FROM event_types WHERE user_id = %(user_id)s))
        """,
        {"user_id": user_id},
    )
    return {webhook_id for (webhook_id,) in await cursor.fetchall()}


async def list_ids_of_teams(
    connection: Connection, team_ids: Collection[int], event_type_ids: Collection[int]
) -> set[str]:
    """Return the ids of the webhooks of teams and of event types."""
    cursor = await connection.execute(
        """
        SELECT id FROM webhooks WHERE team_id = ANY(%(team_ids)s) OR event_type_id = ANY(%(event_type_ids)s)
        """,
        {"team_ids": list(team_ids), "event_type_ids": list(event_type_ids)},
    )
    return {webhook_id for (webhook_id,) in await cursor.fetchall()}


async def list_unhandled_facts_of_teams(
    connection: Connection, team_ids: Collection[int], event_type_ids: Collection[int]
) -> list[StoredFact]:
    """Return the facts of event types, and of teams' members, that no worker has handed on yet, in order."""
    rows = await named_rows(
        connection,
        f"""
        {FACTS}
         WHERE handled_at IS NULL
           AND (event_type_id = ANY(%(event_type_ids)s)
                OR organization_id = ANY(%(team_ids)s)
                OR user_id IN (SELECT user_id FROM memberships WHERE team_id = ANY(%(team_ids)s)))
         ORDER BY id
        """,
        {"team_ids": list(team_ids), "event_type_ids": list(event_type_ids)},
    )
    return [to_fact(row) for row in rows]


async def list_unhandled_facts(connection: Connection, user_id: int) -> list[StoredFact]:
    """Return the facts of a user that no worker has handed on yet, in their order."""
    rows = await named_rows(
        connection, f"{FACTS} WHERE handled_at IS NULL AND user_id = %s ORDER BY id", (user_id,)
    )
    return [to_fact(row) for row in rows]


async def list_ids_of_client(connection: Connection, client_id: str) -> set[str]:
    """Return the ids of the webhooks of an OAuth client."""
    cursor = await connection.execute("SELECT id FROM webhooks WHERE oauth_client_id = %s", (client_id,))
    return {webhook_id for (webhook_id,) in await cursor.fetchall()}


async def list_unhandled_facts_of_client(connection: Connection, client_id: str) -> list[StoredFact]:
    """Return the facts that an OAuth client is to be told of and no worker has handed on yet, in order."""
    rows = await named_rows(
        connection,
        f"{FACTS} WHERE handled_at IS NULL AND ({FACTS_OF_CLIENT}) ORDER BY id",
        {"oauth_client_id": client_id},
    )
    return [to_fact(row) for row in rows]


async def disown_webhooks(work: UnitOfWork, webhook_ids: Collection[str], now: datetime) -> None:
    """Take the owner from the webhooks for which something waits, and note that they have none since now."""
    await work.connection.execute(
        f"""
        UPDATE webhooks w
           SET user_id = NULL, event_type_id = NULL, team_id = NULL, oauth_client_id = NULL,
               ownerless_since = %s
         WHERE id = ANY(%s)
           AND EXISTS (SELECT FROM jobs j WHERE j.kind = %s AND j.lane = w.id AND j.state {PENDING})
        """,
        (now, list(webhook_ids), DELIVERIES.name),
    )


async def delete_ownerless(work: UnitOfWork, now: datetime) -> None:
    """Delete the webhooks without an owner for which nothing waits any more."""
    await work.connection.execute(
        f"""
        DELETE FROM webhooks w
         WHERE ownerless_since <= %s
           AND NOT EXISTS (SELECT FROM jobs j WHERE j.kind = %s AND j.lane = w.id AND j.state {PENDING})
        """,
        (now, DELIVERIES.name),
    )
