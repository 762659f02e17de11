"""The rules of event types (event-types.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import errors

from kalends.accounts.user import User
from kalends.api.output.errors import NotFound
from kalends.api.refusals import BoundReached
from kalends.auth.principal import Principal
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import queries
from kalends.event_types.address import (
    EventTypeAddress,
    IdAddress,
    TeamAddress,
    UserAddress,
    account_lookup,
    owner_lookup,
)
from kalends.event_types.bounds import Bounds, Page
from kalends.event_types.connections import check_connections
from kalends.event_types.copies import service as copies
from kalends.event_types.event_type import BLANK, CAL_VIDEO, EventType, Settings
from kalends.event_types.owner import TeamOwner, UserOwner
from kalends.event_types.refusals import (
    ChangedSlugTaken,
    EventTypeNotYours,
    EventTypeOfAnotherUser,
    EventTypeOfTeam,
    EventTypeSlugTaken,
    ScheduleNotYours,
    TeamEventTypeNotServed,
    UnknownEventType,
    UnknownEventTypeSlug,
    UnknownUsername,
)
from kalends.event_types.settings.changes import SettingsChanges
from kalends.event_types.settings.terms import SchedulingTerms
from kalends.teams import service as teams

_HALF_AN_HOUR, _AN_HOUR = SchedulingTerms(length=30), SchedulingTerms(length=60)

_DEFAULTS = (
    Settings(title="30 Minutes", slug="thirty-minutes", terms=_HALF_AN_HOUR, locations=()),
    Settings(title="60 Minutes", slug="sixty-minutes", terms=_AN_HOUR, locations=()),
    Settings(title="30 Minutes", slug="thirty-minutes-video", terms=_HALF_AN_HOUR, locations=(CAL_VIDEO,)),
    Settings(title="60 Minutes", slug="sixty-minutes-video", terms=_AN_HOUR, locations=(CAL_VIDEO,)),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which event types a public list asks for (event-types.md 2.2): one user's, or the group meeting.

    `owner` wins over `usernames`, which are those of the users of an organization where there is one, named
    by its slug or its id. `event_slug` None: all of the owner. Who names nobody asks for their own.
    """

    owner: UserAddress | None
    usernames: Sequence[str] | None
    organization: str | int | None
    event_slug: str | None

    @property
    def is_of_group(self) -> bool:
        """Whether it asks for the group meeting of several users."""
        return self.owner is None and self.usernames is not None

    @property
    def names_nobody(self) -> bool:
        """Whether it says nothing about whose event types it asks for."""
        return self.owner is None and self.usernames is None and self.organization is None


async def create(work: UnitOfWork, owner_id: int, changes: SettingsChanges, bounds: Bounds) -> EventType:
    """Create an event type of a user.

    Raises:
        BoundReached: the owner has as many as may be, or its form is too large.
        EventTypeSlugTaken: the owner has one with this slug.
        what `OF_SETTINGS` lists: the owner lacks what it relies on, or its settings exclude each other.
    """
    check_connections(changes)
    bounds.check_form(changes)
    settings = changes.applied_to(BLANK)
    await _check_schedule(work, owner_id, changes)
    try:
        event_type_id, before = await queries.insert_event_type(work, owner_id, settings)
    except errors.UniqueViolation as error:
        raise EventTypeSlugTaken(settings.slug) from error
    if before >= bounds.event_types:
        raise BoundReached("slug", bounds.event_types, "event types of a user; delete one first")
    return await get(work.connection, IdAddress(event_type_id))


async def create_defaults(work: UnitOfWork, owner_id: int) -> None:
    """Create the event types of a new account (event-types.md 14)."""
    await queries.insert_event_types(work, owner_id, _DEFAULTS)


async def get(connection: Connection, address: EventTypeAddress) -> EventType:
    """Return the event type with an address.

    Raises:
        what `OF_ADDRESS` lists: there is none; the message says what of the address does not exist.
    """
    event_type = await queries.find(connection, address)
    if event_type is None:
        raise await refusal_of(connection, address)
    return event_type


async def find(connection: Connection, event_type_id: int) -> EventType | None:
    """Return the event type with this id, whosever it is, or None."""
    return await queries.find(connection, IdAddress(event_type_id))


async def get_kept(work: UnitOfWork, address: EventTypeAddress) -> EventType:
    """Return the event type with an address, as `get`, and keep it as `keep` does.

    Raises:
        what `OF_ADDRESS` lists: there is none; the message says what of the address does not exist.
    """
    event_type = await queries.find_kept(work, address)
    if event_type is None:
        raise await refusal_of(work.connection, address)
    return event_type


async def find_kept(work: UnitOfWork, event_type_id: int) -> EventType | None:
    """Return the event type with this id, as `find`, and keep it as `keep` does."""
    return await queries.find_kept(work, IdAddress(event_type_id))


async def refusal_of(connection: Connection, address: EventTypeAddress) -> NotFound:
    """Return the refusal of an address that no event type has: it names the first part that does not exist.

    Raises:
        UnknownTeamSlug, UnknownProfile, UnknownOrganization: not even the owner exists.
    """
    if isinstance(address, IdAddress):
        return UnknownEventType()
    match address.owner:
        case TeamAddress(team, organization_slug):
            await teams.check_team(connection, team, organization_slug)
            return UnknownEventTypeSlug("team", team, address.slug)
        case UserAddress(username, organization):
            if organization is not None:
                await teams.check_profile(connection, username, organization)
            elif not await queries.find_users(connection, [username]):
                return UnknownUsername(username)
            return UnknownEventTypeSlug("user", username, address.slug)


def user_of(event_type: EventType) -> User:
    """Return the user who owns an event type, for operations that do not serve teams yet.

    Raises:
        TeamEventTypeNotServed: it is a team's.
    """
    match event_type.owner:
        case UserOwner(user):
            return user
        case TeamOwner():
            raise TeamEventTypeNotServed(event_type.id)


async def get_for(connection: Connection, caller: Principal, event_type_id: int) -> EventType:
    """Return an event type of the caller.

    Raises:
        EventTypeNotYours: the caller has none with this id.
    """
    event_type = await find(connection, event_type_id)
    if event_type is None or not is_owner(event_type, caller):
        raise EventTypeNotYours
    return event_type


async def keep(work: UnitOfWork, event_type_id: int) -> None:
    """Keep an event type from being deleted until this command ends.

    For commands that first lock what a deletion needs, and then store something that references the event
    type: without this each would wait for the other.
    """
    await queries.keep_event_type(work, event_type_id)


async def lock_of_teams(work: UnitOfWork, team_ids: Sequence[int]) -> list[int]:
    """Lock teams' event types and members' copies, so that nothing is booked of them; return their ids."""
    return await queries.lock_of_teams(work, team_ids)


async def admit_host(work: UnitOfWork, user_id: int, team_id: int) -> None:
    """Let a new member of a team host what all its members host, and have copies of what all have."""
    await copies.admit(work, user_id, team_id)


async def remove_host(work: UnitOfWork, user_id: int, team_ids: Sequence[int]) -> None:
    """Remove a user from the hosts of some teams' event types; what is booked of them already stays.

    Their copies of managed event types go.
    """
    await queries.delete_hosts(work, user_id, team_ids)
    await copies.dismiss(work, user_id, team_ids)


async def any_exists(connection: Connection, event_type_ids: Sequence[int]) -> bool:
    """Tell whether one of these event types exists."""
    return await queries.any_exists(connection, event_type_ids)


async def list_public(
    connection: Connection, listing: Listing, page: Page, caller: Principal | None
) -> list[EventType]:
    """Return a page of what a list asks for; hidden ones only for their owner."""
    caller_id = None if caller is None else caller.user.id
    if listing.owner is not None:
        owned = owner_lookup(listing.owner)
    elif caller_id is not None and listing.names_nobody:
        owned = account_lookup(caller_id)
    else:
        return []
    return await queries.list_of_user(connection, owned, page, slug=listing.event_slug, caller_id=caller_id)


async def find_group(connection: Connection, listing: Listing) -> list[User]:
    """Return the users of a group that exist, in the order of their names."""
    usernames = list(dict.fromkeys(listing.usernames or ()))
    if listing.organization is None:
        return await queries.find_users(connection, usernames)
    user_ids = await teams.find_profiles(connection, listing.organization, usernames)
    return await queries.find_users_by_ids(connection, user_ids)


async def update(
    work: UnitOfWork, caller: Principal, event_type_id: int, changes: SettingsChanges, bounds: Bounds
) -> EventType:
    """Change an event type of the caller; what the request does not say stays.

    Raises:
        BoundReached: its form would be too large.
        EventTypeNotYours: the caller has none with this id.
        ChangedSlugTaken: the caller has another one with this slug.
        what `OF_SETTINGS` lists: the caller lacks what it is to rely on, or its settings would exclude each
            other.
    """
    check_connections(changes)
    bounds.check_form(changes)
    before = await queries.lock_event_type(work, event_type_id)
    if before is None or not is_owner(before, caller):
        raise EventTypeNotYours
    await _check_schedule(work, caller.user.id, changes)
    after = changes.applied_to(before)
    try:
        await queries.update_event_type(work, event_type_id, after)
    except errors.UniqueViolation as error:
        raise ChangedSlugTaken(after.slug) from error
    return await get(work.connection, IdAddress(event_type_id))


async def delete(work: UnitOfWork, caller: Principal, event_type_id: int) -> EventType:
    """Delete an event type and return it as it was; its bookings stay.

    Raises:
        UnknownEventType: there is none with this id.
        EventTypeOfAnotherUser, EventTypeOfTeam: it is not the caller's.
    """
    event_type = await get(work.connection, IdAddress(event_type_id))
    if isinstance(event_type.owner, TeamOwner):
        raise EventTypeOfTeam(event_type_id)
    if not is_owner(event_type, caller):
        raise EventTypeOfAnotherUser(event_type_id)
    await queries.delete_event_type(work, event_type_id)
    return event_type


def is_owner(event_type: EventType, caller: Principal | None) -> bool:
    """Tell whether the caller owns an event type."""
    return caller is not None and event_type.is_owned_by(caller.user.id)


async def _check_schedule(work: UnitOfWork, owner_id: int, changes: SettingsChanges) -> None:
    schedule_id = changes.said.schedule_id
    if schedule_id is not None and not await queries.owns_schedule(work.connection, owner_id, schedule_id):
        raise ScheduleNotYours(schedule_id)
