"""The rules of event types (event-types note)."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import errors

from kalends.api.errors import BadRequest, Forbidden, NotFound
from kalends.auth.principal import Principal
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import queries
from kalends.event_types.changes import SettingsChanges
from kalends.event_types.connections import check_connections
from kalends.event_types.event_type import CAL_VIDEO, EventType, Owner, Settings
from kalends.teams import service as teams

_DEFAULTS = (
    Settings(title="30 Minutes", slug="thirty-minutes", length=30, locations=()),
    Settings(title="60 Minutes", slug="sixty-minutes", length=60, locations=()),
    Settings(title="30 Minutes", slug="thirty-minutes-video", length=30, locations=(CAL_VIDEO,)),
    Settings(title="60 Minutes", slug="sixty-minutes-video", length=60, locations=(CAL_VIDEO,)),
)

_BLANK = Settings(title="", slug="", length=1)
"""What a new event type is before its request says what it is to be."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which event types a public list asks for (event-types note, 2.2).

    With an organization, which its slug or its id names, the usernames are those that it knows its users by.
    """

    username: str | None
    usernames: Sequence[str] | None
    event_slug: str | None
    organization: str | int | None


async def create(work: UnitOfWork, owner_id: int, changes: SettingsChanges) -> EventType:
    """Make an event type of a user.

    Raises:
        BadRequest: the owner has one with this slug, has not connected what it relies on, or its settings
            exclude each other.
        NotFound: the schedule is not one of the owner's.
    """
    check_connections(changes)
    settings = changes.applied_to(_BLANK)
    await _check_schedule(work, owner_id, changes)
    try:
        event_type_id = await queries.insert_event_type(work, owner_id, settings)
    except errors.UniqueViolation as error:
        raise _slug_taken(settings.slug) from error
    return await get(work.connection, event_type_id)


async def create_defaults(work: UnitOfWork, owner_id: int) -> None:
    """Make the event types of a new account (event-types note, section 14)."""
    for settings in _DEFAULTS:
        await queries.insert_event_type(work, owner_id, settings)


async def get(connection: Connection, event_type_id: int) -> EventType:
    """Return an event type of any user.

    Raises:
        NotFound: there is none with this id, or it is a team's.
    """
    event_type = await queries.find_event_type(connection, event_type_id)
    if event_type is None and await queries.any_exists(connection, [event_type_id]):
        raise NotFound(
            f"Event type {event_type_id} belongs to a team: so far it has slots and reservations only."
        )
    if event_type is None:
        raise _unknown()
    return event_type


async def find(connection: Connection, event_type_id: int) -> EventType | None:
    """Return an event type of any user; None: there is none with this id."""
    return await queries.find_event_type(connection, event_type_id)


async def get_for(connection: Connection, caller: Principal, event_type_id: int) -> EventType:
    """Return an event type of the caller.

    Raises:
        NotFound: the caller has none with this id.
    """
    event_type = await queries.find_event_type(connection, event_type_id)
    if event_type is None or not is_owner(event_type, caller):
        raise _not_yours()
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


async def get_by_slug(
    connection: Connection, username: str, slug: str, organization_slug: str | None = None
) -> EventType:
    """Return the event type of a user by its slug; with an organization the user has this name there.

    Raises:
        NotFound: there is no such organization or user, or the user has none with this slug.
    """
    if organization_slug is None:
        event_type = await queries.find_by_slug(connection, username, slug)
    else:
        owner_id = await teams.require_profile(connection, username, organization_slug)
        event_type = await queries.find_by_owner(connection, owner_id, slug)
    if event_type is not None:
        return event_type
    if organization_slug is None and not await queries.find_owners(connection, [username]):
        raise NotFound(f"There is no user {username!r}.")
    raise NotFound(f"The user {username!r} has no event type {slug!r}.")


async def list_public(connection: Connection, listing: Listing, caller: Principal | None) -> list[EventType]:
    """Return what a list asks for; hidden ones for their owner only."""
    if listing.username is None:
        return []
    if listing.organization is None:
        found = await queries.list_of_user(connection, listing.username)
    else:
        owner_ids = await teams.find_profiles(connection, listing.organization, [listing.username])
        found = await queries.list_of_owners(connection, owner_ids)
    return [
        event_type
        for event_type in found
        if (listing.event_slug is None or event_type.slug == listing.event_slug)
        and (not event_type.hidden or is_owner(event_type, caller))
    ]


async def find_group(connection: Connection, listing: Listing) -> list[Owner]:
    """Return the users of a group that exist, in the order of their names."""
    usernames = list(dict.fromkeys(listing.usernames or ()))
    if listing.organization is None:
        return await queries.find_owners(connection, usernames)
    user_ids = await teams.find_profiles(connection, listing.organization, usernames)
    return await queries.find_owners_by_ids(connection, user_ids)


async def update(
    work: UnitOfWork, caller: Principal, event_type_id: int, changes: SettingsChanges
) -> EventType:
    """Change an event type of the caller; what the request does not say stays.

    Raises:
        BadRequest: the caller has another one with this slug, has not connected what it is to rely on, or its
            settings would exclude each other.
        NotFound: the caller has none with this id, or the schedule is not the caller's.
    """
    check_connections(changes)
    before = await queries.lock_event_type(work, event_type_id)
    if before is None or not is_owner(before, caller):
        raise _not_yours()
    await _check_schedule(work, caller.user.id, changes)
    after = changes.applied_to(before)
    try:
        await queries.update_event_type(work, event_type_id, after)
    except errors.UniqueViolation as error:
        raise _slug_taken(after.slug, code="TRPCError") from error
    return await get(work.connection, event_type_id)


async def delete(work: UnitOfWork, caller: Principal, event_type_id: int) -> EventType:
    """Delete an event type and return it as it was; its bookings stay.

    Raises:
        NotFound: there is none with this id.
        Forbidden: it belongs to another user, or to a team.
    """
    event_type = await queries.find_event_type(work.connection, event_type_id)
    if event_type is None and await queries.any_exists(work.connection, [event_type_id]):
        raise Forbidden(f"Event type {event_type_id} belongs to a team.")
    if event_type is None:
        raise _unknown()
    if not is_owner(event_type, caller):
        raise Forbidden(f"Event type {event_type_id} belongs to another user.")
    await queries.delete_event_type(work, event_type_id)
    return event_type


def is_owner(event_type: EventType, caller: Principal | None) -> bool:
    """Tell whether the caller owns an event type."""
    return caller is not None and caller.user.id == event_type.owner.id


async def _check_schedule(work: UnitOfWork, owner_id: int, changes: SettingsChanges) -> None:
    schedule_id = changes.settings.get("schedule_id")
    if schedule_id is not None and not await queries.owns_schedule(work.connection, owner_id, schedule_id):
        raise NotFound(f"scheduleId: you have no schedule {schedule_id}.")


# Ids too large to exist have become another number on their way here, so no message repeats an unknown id.
def _unknown() -> NotFound:
    return NotFound("There is no event type with this id.")


def _not_yours() -> NotFound:
    return NotFound("You have no event type with this id.")


def _slug_taken(slug: str, *, code: str | None = None) -> BadRequest:
    return BadRequest(f"slug: you have an event type with the slug {slug!r} already.", code=code)
