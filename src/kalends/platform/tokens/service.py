"""The life of access and refresh tokens (platform.md 1.3 and 5).

Whoever renews tokens of a user holds the user's row: a refresh and a force-refresh take turns, and what a
force-refresh leaves is its own pair, whichever came first.
"""

import hmac
from datetime import datetime, timedelta

from kalends.api.http.credentials import fingerprint
from kalends.db.database import Database, UnitOfWork
from kalends.platform.tokens import sql
from kalends.platform.tokens.keys import Bearer, Keys, make_keys
from kalends.platform.tokens.refusals import CodeUnknown, RefreshTokenOfAnotherUser, RefreshTokenUnknown

_FORGOTTEN_AT_ONCE = 1_000


async def issue(work: UnitOfWork, key: bytes, bearer: Bearer, *, now: datetime) -> Keys:
    """Make a pair of tokens, signed with `key`; those before stay."""
    keys = make_keys(key, bearer, now=now)
    await sql.insert_keys(work, bearer, keys)
    return keys


async def refresh(
    work: UnitOfWork,
    key: bytes,
    client_id: str,
    refresh_token: str,
    *,
    now: datetime,
    of_user: int | None = None,
) -> Keys:
    """Replace a refresh token by a new pair; access tokens live on until they expire.

    Raises:
        RefreshTokenUnknown: the client has no such token, or it has expired.
        RefreshTokenOfAnotherUser: it is not one of the user `of_user`.
    """
    if of_user is not None:
        holder = await sql.find_refresh_token_holder(work.connection, client_id, refresh_token)
        if holder is not None and holder != of_user:
            raise RefreshTokenOfAnotherUser
    await sql.lock_holder(work, client_id, refresh_token)
    user_id = await sql.take_refresh_token(work, client_id, refresh_token, now)
    if user_id is None:
        raise RefreshTokenUnknown
    return await issue(work, key, Bearer(client_id, user_id, is_refresh=True), now=now)


async def force_refresh(
    work: UnitOfWork, key: bytes, client_id: str, user_id: int, *, now: datetime
) -> Keys | None:
    """Replace all tokens that a client has of a user by a new pair; None: the user was deleted meanwhile."""
    if not await sql.lock_user(work, user_id):
        return None
    await sql.delete_keys(work, client_id, user_id)
    return await issue(work, key, Bearer(client_id, user_id), now=now)


async def exchange(
    work: UnitOfWork, key: bytes, client_id: str, secret: str, code: str, *, now: datetime
) -> Keys:
    """Make a pair of tokens of the user who consented; the code works once.

    Raises:
        CodeUnknown: client, secret and code do not belong together, or the code has expired.
    """
    expected = await sql.find_secret_hash(work.connection, client_id)
    if expected is None or not hmac.compare_digest(expected, fingerprint(secret)):
        raise CodeUnknown
    user_id = await sql.take_code(work, client_id, code, now)
    if user_id is None:
        raise CodeUnknown
    return await issue(work, key, Bearer(client_id, user_id), now=now)


async def put_code(
    work: UnitOfWork, client_id: str, user_id: int, code: str, *, expires_at: datetime
) -> None:
    """Store the code by which a client gets tokens of a user, in place of one that it has."""
    await sql.put_code(work, client_id, user_id, code, expires_at)


async def forget(database: Database, now: datetime, *, days: int) -> None:
    """Delete refresh tokens and codes that have expired, and access tokens that did so some days ago.

    Until then an expired access token is known, and its clients are told to refresh it.
    """
    kept_until = {
        "access_tokens": now - timedelta(days=days),
        "refresh_tokens": now,
        "authorization_codes": now,
    }
    for table, moment in kept_until.items():
        is_more = True
        while is_more:
            async with database.transaction() as work:
                is_more = await sql.forget_expired(work, table, moment, _FORGOTTEN_AT_ONCE) > 0
