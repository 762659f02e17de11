"""The rules of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import errors

from kalends.accounts import queries
from kalends.accounts.owned_account import NewOwnedAccount, OwnedAccountChanges
from kalends.accounts.refusals import (
    AccountGone,
    AccountNameTaken,
    AmbiguousAccount,
    EmailTaken,
    InvalidEmail,
    InvalidUsername,
    NameTooLong,
    UnknownAccount,
    UnknownTimeZone,
)
from kalends.accounts.user import NewUser, User, UserChanges
from kalends.api.input.changes import UNSET
from kalends.api.input.fields import MAX_TEXT, is_email
from kalends.api.input.time_zones import canonical_time_zone
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types import service as event_types
from kalends.platform.users.renaming import as_managed
from kalends.schedules import service as schedules

LONGEST_EMAIL = 320

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CreateUser(NewUser):
    """A new account; a bare one has neither schedule nor event types."""

    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What an operator changes in an account, vouching for a new address; None leaves a value as it is.

    `verifies_email` vouches for the address that the account waits for, else for the one that it has.
    """

    email: str | None = None
    username: str | None = None
    name: str | None = None
    time_zone: str | None = None
    is_system_admin: bool | None = None
    is_locked: bool | None = None
    verifies_email: bool = False

    def to_changes(self) -> UserChanges:
        """Return the changes of the account itself; an empty name removes the one it has.

        Raises:
            InvalidEmail, InvalidUsername, NameTooLong, UnknownTimeZone: one of these is not one.
        """
        if self.email is not None:
            _check_email(self.email)
        if self.username is not None:
            _check_username(self.username)
        _check_name(self.name)
        return UserChanges(
            email=UNSET if self.email is None else self.email,
            username=UNSET if self.username is None else self.username,
            name=UNSET if self.name is None else self.name or None,
            time_zone=UNSET if self.time_zone is None else _zone_of(self.time_zone),
            is_system_admin=UNSET if self.is_system_admin is None else self.is_system_admin,
            is_locked=UNSET if self.is_locked is None else self.is_locked,
        )


async def create_owned(work: UnitOfWork, new: NewOwnedAccount) -> int:
    """Make a bare account that belongs to an organization, and return its id.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    return await queries.insert_owned(work, new)


async def update_owned(work: UnitOfWork, user_id: int, changes: OwnedAccountChanges) -> None:
    """Apply what an organization changes, at least one thing, to an account of its own.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    await queries.update_owned(work, user_id, changes)


async def create_user(work: UnitOfWork, command: CreateUser) -> User:
    """Create an account, ready to be booked unless it is bare.

    Raises:
        InvalidEmail, InvalidUsername, NameTooLong, UnknownTimeZone: one of these is not one.
        EmailTaken, AccountNameTaken: e-mail or username is taken.
    """
    zone = _zone_of(command.time_zone)
    _check_email(command.email)
    _check_username(command.username)
    _check_name(command.name)
    try:
        user = await queries.insert_user(work, replace(command, time_zone=zone))
    except errors.UniqueViolation as error:
        raise _taken(error) from error
    if command.has_verified_email:
        await queries.drop_claims(work, user.email, besides=user.id)
    if command.is_bare:
        return user
    schedule_id = await schedules.create_first(work, user.id, zone)
    await event_types.create_defaults(work, user.id)
    return await _write(work, user, UserChanges(default_schedule_id=schedule_id))


async def update_user(work: UnitOfWork, user: User, changes: UserChanges) -> User:
    """Apply changes to an account, an address among them only if it is proven.

    Raises:
        UnknownSchedule, ScheduleOfAnotherUser: the new default schedule is not one of theirs.
        EmailTaken, AccountNameTaken: e-mail or username is taken.
        AccountGone: it was deleted meanwhile.
    """
    if not changes.said:
        return user
    if changes.default_schedule_id is not UNSET and changes.default_schedule_id is not None:
        await schedules.get_for(work.connection, user.id, changes.default_schedule_id)
    after = changes.applied_to(user)
    if after.time_zone != user.time_zone and user.default_schedule_id is not None:
        # Before the user's row: commands on schedules lock in that order too.
        await schedules.move_to_zone(work, user.default_schedule_id, after.time_zone)
    try:
        return await _write(work, user, await as_managed(work, user, changes))
    except errors.UniqueViolation as error:
        raise _taken(error) from error


async def change_account(work: UnitOfWork, user: User, changes: AccountChanges, *, now: datetime) -> User:
    """Apply an operator's changes to an account.

    Raises:
        InvalidEmail, InvalidUsername, NameTooLong, UnknownTimeZone: one of these is not one.
        EmailTaken, AccountNameTaken: e-mail or username is taken.
        AccountGone: it was deleted meanwhile.
    """
    wanted = changes.to_changes()
    email = changes.email
    if email is None and changes.verifies_email:
        email = user.pending_email or user.email
    if email is None:
        return await update_user(work, user, wanted)
    is_proven = user.verified_email is not None and user.verified_email.lower() == email.lower()
    verified_at = user.email_verified_at if is_proven else now
    wanted = replace(wanted, email=email, email_verified_at=verified_at, pending_email=None)
    changed = await update_user(work, user, wanted)
    await queries.drop_claims(work, email, besides=user.id)
    return changed


async def find_user_by_email(connection: Connection, named: str) -> User:
    """Return the account that is named by its e-mail address, or by its id.

    An address that nobody has proven names the one account that has it all the same.

    Raises:
        UnknownAccount: there is none.
        AmbiguousAccount: several have an address that none has proven.
    """
    if named.isascii() and named.isdigit() and int(named) <= _LARGEST_ID:
        user = await queries.find_user(connection, int(named))
        found = [] if user is None else [user]
    else:
        found = await queries.list_by_email(connection, named)
    if not found:
        raise UnknownAccount(named)
    if found[0].verified_email is None and len(found) > 1:
        raise AmbiguousAccount(named, [user.id for user in found])
    return found[0]


async def get_account(connection: Connection, user_id: int) -> User:
    """Return an account by its id.

    Raises:
        UnknownAccount: there is none.
    """
    user = await queries.find_user(connection, user_id)
    if user is None:
        raise UnknownAccount(str(user_id))
    return user


async def list_managed_addresses(
    connection: Connection, client_id: str, emails: Sequence[str]
) -> dict[str, str]:
    """Return by what addresses an OAuth client knows those of its users that lack its id."""
    return await queries.list_managed_addresses(connection, client_id, emails)


async def check_address_is_free(connection: Connection, email: str, *, user_id: int) -> None:
    """Check that no other account has proven an address; whoever only waits for it reserves nothing.

    Raises:
        EmailTaken: one has.
    """
    if await queries.has_verified(connection, email, besides=user_id):
        raise EmailTaken


async def release(work: UnitOfWork, organization_id: int, user_id: int | None = None) -> None:
    """Release accounts from the organization that they belong to, one or all.

    A username that somebody outside has already gets an addition.
    """
    await queries.release_users(work, organization_id, user_id)


async def verify_email(work: UnitOfWork, user_id: int, *, now: datetime) -> None:
    """Note that an account's address is proven to be its own.

    Raises:
        EmailTaken: another account has proven it.
    """
    try:
        email = await queries.verify_email(work, user_id, now)
    except errors.UniqueViolation as error:
        raise EmailTaken from error
    if email is not None:
        await queries.drop_claims(work, email, besides=user_id)


async def has_users(connection: Connection) -> bool:
    """Tell whether any account exists yet."""
    return await queries.has_users(connection)


async def is_locked(connection: Connection, user_id: int) -> bool:
    """Tell whether an account is locked, so that nothing acts for it."""
    return await queries.is_locked(connection, user_id)


async def list_users(connection: Connection) -> list[User]:
    """Return all users by id."""
    return await queries.list_users(connection)


async def _write(work: UnitOfWork, user: User, changes: UserChanges) -> User:
    changed = await queries.update_user(work, user.id, changes)
    if changed is None:
        raise AccountGone(user.email)
    return changed


def _check_email(email: str) -> None:
    if not is_email(email) or len(email) > LONGEST_EMAIL:
        raise InvalidEmail(email, LONGEST_EMAIL)


def _check_username(username: str) -> None:
    if not username.strip() or "/" in username or len(username) > MAX_TEXT:
        raise InvalidUsername(MAX_TEXT)


def _check_name(name: str | None) -> None:
    if name is not None and len(name) > MAX_TEXT:
        raise NameTooLong(MAX_TEXT)


def _zone_of(name: str) -> str:
    zone = canonical_time_zone(name)
    if zone is None:
        raise UnknownTimeZone(name)
    return zone


def _taken(error: errors.UniqueViolation) -> EmailTaken | AccountNameTaken:
    return EmailTaken() if error.diag.constraint_name == "uq_users_email" else AccountNameTaken()
