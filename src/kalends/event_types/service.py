"""The rules of event types (event-types note)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import errors

from kalends.api.errors import BadRequest, Forbidden, NotFound
from kalends.auth.principal import Principal
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import queries
from kalends.event_types.event_type import CAL_VIDEO, EventType, Owner

_DEFAULTS = (
    ("30 Minutes", "thirty-minutes", 30, None),
    ("60 Minutes", "sixty-minutes", 60, None),
    ("30 Minutes", "thirty-minutes-video", 30, [CAL_VIDEO]),
    ("60 Minutes", "sixty-minutes-video", 60, [CAL_VIDEO]),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which event types a public list asks for (event-types note, 2.2)."""

    username: str | None
    event_slug: str | None
    is_in_organization: bool


async def create(work: UnitOfWork, owner_id: int, columns: Mapping[str, Any]) -> EventType:
    """Make an event type of a user.

    Raises:
        BadRequest: the owner has one with this slug.
        NotFound: the schedule is not one of the owner's.
    """
    await _check_schedule(work, owner_id, columns)
    try:
        event_type_id = await queries.insert_event_type(work, owner_id, {"locations": [CAL_VIDEO], **columns})
    except errors.UniqueViolation as error:
        raise _slug_taken(columns["slug"]) from error
    return await get(work.connection, event_type_id)


async def create_defaults(work: UnitOfWork, owner_id: int) -> None:
    """Make the event types of a new account (event-types note, section 14)."""
    for title, slug, length, locations in _DEFAULTS:
        columns = {"title": title, "slug": slug, "length": length, "locations": locations}
        await queries.insert_event_type(work, owner_id, columns)


async def get(connection: Connection, event_type_id: int) -> EventType:
    """Return an event type of anybody.

    Raises:
        NotFound: there is none with this id.
    """
    event_type = await queries.find_event_type(connection, event_type_id)
    if event_type is None:
        raise NotFound(f"There is no event type {event_type_id}.")
    return event_type


async def find(connection: Connection, event_type_id: int) -> EventType | None:
    """Return an event type of anybody; None: there is none with this id."""
    return await queries.find_event_type(connection, event_type_id)


async def get_for(connection: Connection, caller: Principal, event_type_id: int) -> EventType:
    """Return an event type of the caller.

    Raises:
        NotFound: the caller has none with this id.
    """
    event_type = await queries.find_event_type(connection, event_type_id)
    if event_type is None or event_type.owner.id != caller.user.id:
        raise NotFound(f"You have no event type {event_type_id}.")
    return event_type


async def keep(work: UnitOfWork, event_type_id: int) -> None:
    """Keep an event type from being deleted until this command ends.

    For a command that locks what a deletion reaches for, and stores something of the event type after that:
    each would wait for the other.
    """
    await queries.keep_event_type(work, event_type_id)


async def any_exists(connection: Connection, event_type_ids: Sequence[int]) -> bool:
    """Tell whether one of these event types exists."""
    return await queries.any_exists(connection, event_type_ids)


async def get_by_slug(connection: Connection, username: str, slug: str) -> EventType:
    """Return the event type of a user by its slug.

    Raises:
        NotFound: there is no such user, or the user has none with this slug.
    """
    event_type = await queries.find_by_slug(connection, username, slug)
    if event_type is not None:
        return event_type
    if not await queries.find_owners(connection, [username]):
        raise NotFound(f"There is no user {username!r}.")
    raise NotFound(f"The user {username!r} has no event type {slug!r}.")


async def list_public(connection: Connection, listing: Listing, caller: Principal | None) -> list[EventType]:
    """Return what a list asks for; hidden ones for their owner only."""
    if listing.username is None or listing.is_in_organization:
        return []
    found = await queries.list_of_user(connection, listing.username)
    return [
        event_type
        for event_type in found
        if (listing.event_slug is None or event_type.slug == listing.event_slug)
        and (not event_type.hidden or is_owner(event_type, caller))
    ]


async def find_owners(connection: Connection, usernames: list[str]) -> list[Owner]:
    """Return the users of a group that exist, in the order of their names."""
    return await queries.find_owners(connection, list(dict.fromkeys(usernames)))


async def update(
    work: UnitOfWork, caller: Principal, event_type_id: int, columns: Mapping[str, Any]
) -> EventType:
    """Change an event type of the caller; what is not in `columns` stays.

    Raises:
        NotFound: the caller has none with this id, or the schedule is not the caller's.
        BadRequest: the caller has another one with this slug.
    """
    await get_for(work.connection, caller, event_type_id)
    await _check_schedule(work, caller.user.id, columns)
    try:
        await queries.update_event_type(work, event_type_id, columns)
    except errors.UniqueViolation as error:
        raise _slug_taken(columns["slug"]) from error
    return await get(work.connection, event_type_id)


async def delete(work: UnitOfWork, caller: Principal, event_type_id: int) -> EventType:
    """Delete an event type and return it as it was; its bookings stay.

    Raises:
        NotFound: there is none with this id.
        Forbidden: it belongs to somebody else.
    """
    event_type = await get(work.connection, event_type_id)
    if event_type.owner.id != caller.user.id:
        raise Forbidden(f"Event type {event_type_id} belongs to another user.")
    await queries.delete_event_type(work, event_type_id)
    return event_type


def is_owner(event_type: EventType, caller: Principal | None) -> bool:
    """Tell whether the caller owns an event type."""
    return caller is not None and caller.user.id == event_type.owner.id


async def _check_schedule(work: UnitOfWork, owner_id: int, columns: Mapping[str, Any]) -> None:
    schedule_id = columns.get("schedule_id")
    if schedule_id is not None and not await queries.owns_schedule(work.connection, owner_id, schedule_id):
        raise NotFound(f"scheduleId: you have no schedule {schedule_id}.")


def _slug_taken(slug: str) -> BadRequest:
    return BadRequest(f"slug: you have an event type with the slug {slug!r} already.")
