"""Managed event types: what their members' copies are, and when they follow (event-types.md 10)."""

from collections.abc import Sequence

from psycopg import errors

from kalends.db.database import Connection, UnitOfWork
from kalends.event_types.copies import queries
from kalends.event_types.event_type import EventType
from kalends.event_types.of_teams.refusals import ManagedSlugTaken


async def list_owners(work: UnitOfWork, parent_id: int) -> list[int]:
    """Return who has a copy of a managed event type, or waits for one."""
    return await queries.list_owners(work, parent_id)


async def check_nothing_in_the_way(
    work: UnitOfWork, parent_id: int | None, slug: str, user_ids: Sequence[int]
) -> None:
    """Check that these users may have a copy with a slug; event types of their own will make way.

    `parent_id` None: of a managed event type that is not stored yet.

    Raises:
        ManagedSlugTaken: one of them has a copy of another managed event type with this slug.
    """
    in_the_way = await queries.list_in_the_way(work, parent_id, slug, user_ids)
    if in_the_way:
        raise ManagedSlugTaken(slug, in_the_way)


async def write(work: UnitOfWork, parent_id: int, slug: str, user_ids: Sequence[int]) -> None:
    """Give these users, and nobody else, a copy of a managed event type as it is stored.

    Raises:
        ManagedSlugTaken: one of them has made an event type with its slug meanwhile.
    """
    await queries.delete_others(work, parent_id, user_ids)
    await queries.delete_own(work, slug, user_ids)
    try:
        await queries.update_all(work, parent_id)
        await queries.insert_missing(work, parent_id, user_ids)
    except errors.UniqueViolation as error:
        raise ManagedSlugTaken(slug) from error


async def list_of(connection: Connection, parent_id: int) -> list[EventType]:
    """Return the copies of a managed event type, the oldest first."""
    return await queries.list_of(connection, parent_id)


async def admit(work: UnitOfWork, user_id: int, team_id: int) -> None:
    """Let a new member of a team host what all its members host, and have copies of what all have."""
    await queries.admit(work, user_id, team_id)


async def dismiss(work: UnitOfWork, user_id: int, team_ids: Sequence[int]) -> None:
    """Take the copies of event types of some teams from a former member."""
    await queries.delete_of_member(work, user_id, team_ids)
