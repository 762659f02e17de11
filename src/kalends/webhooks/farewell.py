"""Webhooks whose owner is about to be deleted: they are still told what happens until then.

A delivery needs its webhook until it has arrived. So those that have any left outlive their owner, belong to
nobody, are told nothing new, and go when nothing waits for them any more.
"""

from datetime import datetime

from kalends.db.database import Database, UnitOfWork
from kalends.webhooks import queries
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.occasion import occasion_of
from kalends.webhooks.triggers import announcement_of


async def tell_last(work: UnitOfWork, follower: Follower, user_id: int, *, now: datetime) -> None:
    """Write down what webhooks are to be told before a user is deleted, and let the user's own outlive it.

    The facts are those that no worker has handed on yet. Workers do so afterwards, find the user's webhooks
    without an owner, and no longer know whose member the user was.
    """
    dying = await queries.list_ids_of_user(work.connection, user_id)
    facts = [
        (fact, announcement)
        for fact in await queries.list_unhandled_facts(work.connection, user_id)
        if (announcement := announcement_of(fact.kind)) is not None
    ]
    subscribed = await queries.list_subscribed(
        work.connection,
        {occasion_of(fact, announcement) for fact, announcement in facts},
    )
    occasions = [
        (
            fact,
            [
                webhook
                for webhook in subscribed.get(occasion_of(fact, announcement), ())
                # Those of the organization that it happened in are found afterwards too.
                if webhook.id in dying or webhook.team_id not in (None, fact.organization_id)
            ],
        )
        for fact, announcement in facts
    ]
    await follower.write_down(work, occasions, due_at=now)
    if dying:
        await queries.disown_webhooks(work, dying, now)


async def forget(database: Database, now: datetime) -> None:
    """Delete the webhooks without an owner for which nothing waits any more."""
    async with database.transaction() as work:
        await queries.delete_ownerless(work, now)
