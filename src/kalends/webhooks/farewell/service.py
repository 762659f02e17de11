"""Webhooks whose owner is about to be deleted: they are still told what happens until then.

A delivery needs its webhook until it has arrived. So those that have any left outlive their owner, belong to
nobody, are told nothing new, and go when nothing waits for them any more.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from kalends.db.database import Database, UnitOfWork
from kalends.outbox.fact import StoredFact
from kalends.webhooks import queries
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.farewell import sql
from kalends.webhooks.occasion import occasion_of
from kalends.webhooks.triggers import announcement_of
from kalends.webhooks.webhook import Webhook


async def tell_last(work: UnitOfWork, follower: Follower, user_id: int, *, now: datetime) -> None:
    """Write down what webhooks are to be told before a user is deleted, and let the user's own outlive it.

    The facts are those that no worker has handed on yet. Workers do so afterwards, find the user's webhooks
    without an owner, and no longer know whose member the user was, and which OAuth client managed them.
    """
    dying = await sql.list_ids_of_user(work.connection, user_id)
    facts = await sql.list_unhandled_facts(work.connection, user_id)

    def is_lost(webhook: Webhook, fact: StoredFact) -> bool:
        # Those of the organization that it happened in are found afterwards too.
        is_found_later = webhook.team_id in (None, fact.organization_id) and webhook.oauth_client_id is None
        return webhook.id in dying or not is_found_later

    await _tell(work, follower, facts, is_lost, now=now)
    if dying:
        await sql.disown_webhooks(work, dying, now)


async def tell_last_of_client(work: UnitOfWork, follower: Follower, client_id: str, *, now: datetime) -> None:
    """Write down what webhooks of an OAuth client are to be told before it is deleted; they outlive it."""
    dying = await sql.list_ids_of_client(work.connection, client_id)
    if not dying:
        return
    facts = await sql.list_unhandled_facts_of_client(work.connection, client_id)
    await _tell(work, follower, facts, lambda webhook, _: webhook.id in dying, now=now)
    await sql.disown_webhooks(work, dying, now)


async def _tell(
    work: UnitOfWork,
    follower: Follower,
    stored: Sequence[StoredFact],
    is_lost: Callable[[Webhook, StoredFact], bool],
    *,
    now: datetime,
) -> None:
    """Write down what those webhooks are to be told of facts that a worker would not find afterwards."""
    facts = [
        (fact, occasion_of(fact, announcement))
        for fact in stored
        if (announcement := announcement_of(fact.kind)) is not None
    ]
    subscribed = await queries.list_subscribed(work.connection, {occasion for _, occasion in facts})
    occasions = [
        (fact, [webhook for webhook in subscribed.get(occasion, ()) if is_lost(webhook, fact)])
        for fact, occasion in facts
    ]
    await follower.write_down(work, occasions, due_at=now)


async def forget(database: Database, now: datetime) -> None:
    """Delete the webhooks without an owner for which nothing waits."""
    async with database.transaction() as work:
        await sql.delete_ownerless(work, now)
