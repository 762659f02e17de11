"""Webhooks of teams that are about to be deleted, and of those around them, are told what happens until then.

What a worker would no longer find afterwards is written down now: the webhooks of the teams and of their
event types go, and what happened to an event type can no longer be traced to the organization of its team.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from kalends.db.database import UnitOfWork
from kalends.outbox.fact import StoredFact
from kalends.webhooks import queries
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.farewell import sql
from kalends.webhooks.occasion import Occasion, occasion_of
from kalends.webhooks.triggers import Announcement, announcement_of
from kalends.webhooks.webhook import Webhook


async def tell_last_of_teams(
    work: UnitOfWork,
    follower: Follower,
    team_ids: Collection[int],
    event_type_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Write down what webhooks are to be told before teams are deleted, and let the teams' outlive them."""
    dying = await sql.list_ids_of_teams(work.connection, team_ids, event_type_ids)
    facts = [
        (fact, announcement)
        for fact in await sql.list_unhandled_facts_of_teams(work.connection, team_ids, event_type_ids)
        if (announcement := announcement_of(fact.kind)) is not None
    ]
    going = set(event_type_ids)
    before = {occasion_of(fact, told): _occasion_after(fact, told, going) for fact, told in facts}
    subscribed = await queries.list_subscribed(work.connection, {*before, *before.values()})
    occasions = [
        (fact, _only_now(before, subscribed, occasion_of(fact, announcement), dying))
        for fact, announcement in facts
    ]
    await follower.write_down(work, occasions, due_at=now)
    if dying:
        await sql.disown_webhooks(work, dying, now)


def _occasion_after(fact: StoredFact, announcement: Announcement, going: set[int]) -> Occasion:
    """Return the occasion as a worker will find it when the event types are gone."""
    event_type_id = None if fact.event_type_id in going else fact.event_type_id
    return replace(occasion_of(fact, announcement), event_type_id=event_type_id)


def _only_now(
    before: Mapping[Occasion, Occasion],
    subscribed: Mapping[Occasion, list[Webhook]],
    occasion: Occasion,
    dying: set[str],
) -> list[Webhook]:
    """Return the webhooks that a worker will no longer find."""
    later = {one.id for one in subscribed.get(before[occasion], ()) if one.id not in dying}
    return [one for one in subscribed.get(occasion, ()) if one.id not in later]
