"""The rules of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import errors

from kalends.accounts import queries
from kalends.accounts.user import User
from kalends.api.errors import BadRequest, Conflict, NotFound
from kalends.api.fields import is_email
from kalends.api.time_zones import canonical_time_zone
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import service as event_types
from kalends.schedules import service as schedules

DEFAULT_TIME_FORMAT = 12


@dataclass(frozen=True, slots=True)
class CreateUser:
    """A new account; a bare one has neither schedule nor event types."""

    email: str
    username: str
    name: str | None
    time_zone: str
    is_bare: bool = False
    is_system_admin: bool = False


async def create_user(work: UnitOfWork, command: CreateUser) -> User:
    """Make an account, ready to be booked unless it is to be bare.

    Raises:
        BadRequest: the e-mail, username or time zone is not one.
        Conflict: e-mail or username is taken.
    """
    zone = canonical_time_zone(command.time_zone)
    if zone is None:
        raise BadRequest(f"{command.time_zone!r} is not an IANA time zone such as Europe/Rome.")
    if not is_email(command.email):
        raise BadRequest(f"{command.email!r} is not an e-mail address.")
    if not command.username.strip() or "/" in command.username:
        raise BadRequest("The username must have at least one character, and no slash.")
    try:
        user = await queries.insert_user(
            work,
            {
                "email": command.email,
                "username": command.username,
                "name": command.name,
                "time_zone": zone,
                "is_system_admin": command.is_system_admin,
            },
        )
    except errors.UniqueViolation as error:
        raise _taken(error) from error
    if command.is_bare:
        return user
    schedule_id = await schedules.create_first(work, user.id, zone)
    await event_types.create_defaults(work, user.id)
    return await queries.update_user(work, user.id, {"default_schedule_id": schedule_id})


async def update_user(work: UnitOfWork, user: User, changes: Mapping[str, Any]) -> User:
    """Write what a user changed of themselves.

    Raises:
        NotFound: the new default schedule does not exist.
        Forbidden: it belongs to somebody else.
        Conflict: the e-mail is taken.
    """
    if not changes:
        return user
    columns = dict(changes)
    if columns.get("time_format", DEFAULT_TIME_FORMAT) is None:
        columns["time_format"] = DEFAULT_TIME_FORMAT
    if columns.get("default_schedule_id") is not None:
        await schedules.get_for(work.connection, user.id, columns["default_schedule_id"])
    if "time_zone" in columns and user.default_schedule_id is not None:
        # Before the user's own row: commands on schedules lock in this order too.
        await schedules.move_to_zone(work, user.default_schedule_id, columns["time_zone"])
    try:
        return await queries.update_user(work, user.id, columns)
    except errors.UniqueViolation as error:
        raise _taken(error) from error


async def find_user_by_email(connection: Connection, email: str) -> User:
    """Return the user with this e-mail.

    Raises:
        NotFound: there is none.
    """
    user = await queries.find_by_email(connection, email)
    if user is None:
        raise NotFound(f"There is no user with the e-mail {email}.")
    return user


async def has_users(connection: Connection) -> bool:
    """Tell whether there is any account yet."""
    return await queries.has_users(connection)


async def list_users(connection: Connection) -> list[User]:
    """Return all users by id."""
    return await queries.list_users(connection)


def _taken(error: errors.UniqueViolation) -> Conflict:
    what = "username" if error.diag.constraint_name == "uq_users_username" else "email"
    return Conflict(f"This {what} belongs to another account.", code="CONFLICT")
