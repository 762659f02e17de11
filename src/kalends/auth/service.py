"""The life of API keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kalends.access.organization_keys import check_may_have_key, check_may_replace_key
from kalends.api.http import credentials
from kalends.auth import queries
from kalends.auth.principal import AuthMethod, Principal
from kalends.auth.queries import ApiKey, KeyHolder, NewKey
from kalends.auth.refusals import (
    AccountLocked,
    ApiKeyExpired,
    ContradictingExpiry,
    KeyReplaced,
    OnlyKeysAreRefreshed,
    UnknownKeyId,
)
from kalends.db.database import Connection, UnitOfWork

DEFAULT_DAYS_VALID = 30


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made; its text, `api_key`, is never shown again."""

    id: UUID
    api_key: str


@dataclass(frozen=True, slots=True)
class RefreshApiKey:
    """How long the key that replaces another one is to live."""

    days_valid: int | None
    never_expires: bool


async def create_api_key(
    work: UnitOfWork,
    *,
    user_id: int,
    note: str | None,
    expires_at: datetime | None,
    prefix: str,
    organization_id: int | None = None,
) -> NewApiKey:
    """Make a key for a user; without `expires_at` it never expires.

    With `organization_id` it is a key of that organization, and its requests act there, by the user's
    membership.

    Raises:
        KeyOfStranger: the user is no accepted member of the organization.
    """
    if organization_id is not None:
        await check_may_have_key(work.connection, user_id, organization_id)
    api_key = credentials.generate(prefix)
    key_id = await queries.insert_key(
        work,
        NewKey(
            user_id=user_id,
            organization_id=organization_id,
            note=note,
            hashed_key=credentials.digest(api_key),
            expires_at=expires_at,
        ),
    )
    return NewApiKey(key_id, api_key)


async def refresh_api_key(
    work: UnitOfWork, caller: Principal, command: RefreshApiKey, *, now: datetime, prefix: str
) -> NewApiKey:
    """Replace the caller's key by a new one with the same note and limits (platform.md 2).

    Raises:
        OnlyKeysAreRefreshed: the caller did not present an API key.
        KeyReplaced: another request replaced it already.
        ContradictingExpiry: both a number of days and no expiry are asked for.
        AdministratorNeeded: the key is one of an organization, in which its user is neither ADMIN nor OWNER.
    """
    if caller.key_id is None:
        raise OnlyKeysAreRefreshed
    if command.days_valid and command.never_expires:
        raise ContradictingExpiry
    await check_may_replace_key(work.connection, caller)
    days = timedelta(days=command.days_valid or DEFAULT_DAYS_VALID)
    api_key = credentials.generate(prefix)
    key_id = await queries.replace_key(
        work, caller.key_id, credentials.digest(api_key), None if command.never_expires else now + days
    )
    if key_id is None:
        raise KeyReplaced
    return NewApiKey(key_id, api_key)


async def revoke_api_key(work: UnitOfWork, key_id: UUID) -> None:
    """Delete a key.

    Raises:
        UnknownKeyId: there is no such key.
    """
    if not await queries.delete_key(work, key_id):
        raise UnknownKeyId(key_id)


async def list_api_keys(connection: Connection, *, user_id: int | None) -> list[ApiKey]:
    """Return the keys of one user, or of all."""
    return await queries.list_keys(connection, user_id)


def has_expired(holder: KeyHolder, *, now: datetime) -> bool:
    """Tell whether the last day of a key is over, in UTC (http-core.md B19)."""
    last = holder.expires_at
    return last is not None and now.astimezone(UTC).date() > last.astimezone(UTC).date()


def is_good(holder: KeyHolder, *, now: datetime) -> bool:
    """Tell whether a key is good: it has not expired, and its account is not locked."""
    return not holder.user.is_locked and not has_expired(holder, now=now)


def principal_of(holder: KeyHolder, *, now: datetime) -> Principal:
    """Return the caller that a key stands for.

    Raises:
        ApiKeyExpired, AccountLocked: it is no longer good.
    """
    if has_expired(holder, now=now):
        raise ApiKeyExpired
    if holder.user.is_locked:
        raise AccountLocked
    return Principal(
        user=holder.user,
        method=AuthMethod.API_KEY,
        key_id=holder.key_id,
        organization_id=holder.organization_id,
        main_organization=holder.main_organization,
    )
