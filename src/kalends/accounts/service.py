"""The rules of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import errors

from kalends.accounts import queries
from kalends.accounts.user import User
from kalends.api.input.fields import MAX_TEXT, is_email
from kalends.api.input.time_zones import canonical_time_zone
from kalends.api.output.errors import BadRequest, Conflict, NotFound
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import service as event_types
from kalends.schedules import service as schedules

DEFAULT_TIME_FORMAT = 12

LONGEST_EMAIL = 320


class AccountGone(NotFound):
    """404: the account was deleted while the command ran."""

    def __init__(self, email: str) -> None:
        super().__init__(f"The account {email} was deleted meanwhile.")


@dataclass(frozen=True, slots=True)
class CreateUser:
    """A new account; a bare one has neither schedule nor event types.

    `has_verified_email`: whoever makes it vouches for the address.
    """

    email: str
    username: str
    name: str | None
    time_zone: str
    is_bare: bool = False
    is_system_admin: bool = False
    has_verified_email: bool = False


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What an operator changes of an account; None: it stays. The operator vouches for a new address."""

    email: str | None = None
    username: str | None = None
    name: str | None = None
    time_zone: str | None = None
    is_system_admin: bool | None = None
    is_locked: bool | None = None
    verifies_email: bool = False


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """A new account that belongs to an organization; `settings` are columns."""

    email: str
    username: str
    organization_id: int
    settings: Mapping[str, Any]


async def create_owned(work: UnitOfWork, account: OwnedAccount) -> int:
    """Make a bare account that belongs to an organization, and return its id.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    return await queries.insert_owned(
        work,
        {
            **account.settings,
            "email": account.email,
            "username": account.username,
            "organization_id": account.organization_id,
            "is_verified": True,
            "invited_to": account.organization_id,
        },
    )


async def write_owned(work: UnitOfWork, user_id: int, columns: Mapping[str, Any]) -> None:
    """Write what an organization changed of an account of its own.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    await queries.update_user(work, user_id, columns)


async def create_user(work: UnitOfWork, command: CreateUser) -> User:
    """Make an account, ready to be booked unless it is to be bare.

    Raises:
        BadRequest: the e-mail, username or time zone is not one.
        Conflict: e-mail or username is taken.
    """
    zone = _zone_of(command.time_zone)
    _check_email(command.email)
    _check_username(command.username)
    _check_name(command.name)
    try:
        user = await queries.insert_user(
            work,
            {
                "email": command.email,
                "has_verified_email": command.has_verified_email,
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
    return await _write(work, user, {"default_schedule_id": schedule_id})


async def update_user(work: UnitOfWork, user: User, changes: Mapping[str, Any]) -> User:
    """Write what a user changed of themselves.

    Raises:
        NotFound: the new default schedule does not exist, or the account does not any more.
        Forbidden: it belongs to somebody else.
        Conflict: the e-mail is taken.
    """
    if not changes:
        return user
    columns = dict(changes)
    if "email" in columns and columns["email"].lower() != user.email.lower():
        # Whoever typed it has proven nothing.
        columns["email_verified_at"] = None
    if columns.get("time_format", DEFAULT_TIME_FORMAT) is None:
        columns["time_format"] = DEFAULT_TIME_FORMAT
    if columns.get("default_schedule_id") is not None:
        await schedules.get_for(work.connection, user.id, columns["default_schedule_id"])
    if "time_zone" in columns and user.default_schedule_id is not None:
        # Before the user's own row: commands on schedules lock in this order too.
        await schedules.move_to_zone(work, user.default_schedule_id, columns["time_zone"])
    try:
        return await _write(work, user, columns)
    except errors.UniqueViolation as error:
        raise _taken(error) from error


async def change_account(work: UnitOfWork, user: User, changes: AccountChanges, *, now: datetime) -> User:
    """Write what an operator changes of an account.

    Raises:
        BadRequest: the e-mail, username, name or time zone is not one.
        Conflict: e-mail or username is taken.
        NotFound: it was deleted meanwhile.
    """
    columns: dict[str, Any] = {}
    if changes.email is not None:
        _check_email(changes.email)
        columns["email"] = changes.email
    if changes.username is not None:
        _check_username(changes.username)
        columns["username"] = changes.username
    if changes.name is not None:
        _check_name(changes.name)
        columns["name"] = changes.name or None
    if changes.time_zone is not None:
        columns["time_zone"] = _zone_of(changes.time_zone)
    if changes.is_system_admin is not None:
        columns["is_system_admin"] = changes.is_system_admin
    if changes.is_locked is not None:
        columns["is_locked"] = changes.is_locked
    changed = await update_user(work, user, columns)
    vouches = changes.verifies_email or changes.email is not None
    if not vouches or changed.email_verified_at is not None:
        return changed
    return await _write(work, user, {"email_verified_at": now})


async def find_user_by_email(connection: Connection, email: str) -> User:
    """Return the user with this e-mail.

    Raises:
        NotFound: there is none.
    """
    user = await queries.find_by_email(connection, email)
    if user is None:
        raise NotFound(f"There is no user with the e-mail {email}.")
    return user


async def release(work: UnitOfWork, organization_id: int, user_id: int | None = None) -> None:
    """Let accounts that belong to an organization be their own, one or all.

    A username that somebody outside has already gets an addition.
    """
    await queries.release_users(work, organization_id, user_id)


async def verify_email(work: UnitOfWork, user_id: int, *, now: datetime) -> None:
    """Note that an account's address is proven to be its own."""
    await queries.verify_email(work, user_id, now)


async def has_users(connection: Connection) -> bool:
    """Tell whether there is any account yet."""
    return await queries.has_users(connection)


async def list_users(connection: Connection) -> list[User]:
    """Return all users by id."""
    return await queries.list_users(connection)


async def _write(work: UnitOfWork, user: User, columns: Mapping[str, Any]) -> User:
    changed = await queries.update_user(work, user.id, columns)
    if changed is None:
        raise AccountGone(user.email)
    return changed


def _check_email(email: str) -> None:
    if not is_email(email) or len(email) > LONGEST_EMAIL:
        raise BadRequest(f"{email!r} is not an e-mail address of at most {LONGEST_EMAIL} characters.")


def _check_username(username: str) -> None:
    if not username.strip() or "/" in username or len(username) > MAX_TEXT:
        raise BadRequest(f"The username must have 1 to {MAX_TEXT} characters, not blanks only, and no slash.")


def _check_name(name: str | None) -> None:
    if name is not None and len(name) > MAX_TEXT:
        raise BadRequest(f"The name must have at most {MAX_TEXT} characters.")


def _zone_of(name: str) -> str:
    zone = canonical_time_zone(name)
    if zone is None:
        raise BadRequest(f"{name!r} is not an IANA time zone such as Europe/Rome.")
    return zone


def _taken(error: errors.UniqueViolation) -> Conflict:
    what = "email" if error.diag.constraint_name == "uq_users_email" else "username"
    return Conflict(f"This {what} belongs to another account.", code="CONFLICT")
