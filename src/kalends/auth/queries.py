"""SQL of API keys, and of what else requests present; it reads users, OAuth clients and their tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kalends.accounts.user import User
from kalends.api.limits.rate_limits import Limit
from kalends.auth.oauth import ClientHolder, TokenHolder
from kalends.auth.principal import MainOrganization
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, first_row, named_row, named_rows, only_row
from kalends.memberships.main_organization import MAIN_ORGANIZATION


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to store; without `expires_at` it never expires."""

    user_id: int
    organization_id: int | None
    note: str | None
    hashed_key: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored key, without its secret."""

    id: UUID
    user_id: int
    email: str
    note: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    organization_id: int | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key as a request presents it: its owner, its expiry and its own limits, if it has any.

    `organization_id` is the team or organization that it was made for, `main_organization` its owner's.
    """

    key_id: UUID
    note: str | None
    expires_at: datetime | None
    last_used_at: datetime | None
    user: User
    limits: tuple[Limit, ...]
    organization_id: int | None
    main_organization: MainOrganization | None


_USER = Columns(User, "u", prefix="user_")
_KEY = Columns(ApiKey, "k", stored_as={"organization_id": "team_id"}, without=("email",))

_HOLDER = f"""
    SELECT k.id, k.note, k.expires_at, k.last_used_at, k.team_id AS organization_id,
           -- the limits of the key
           (SELECT json_agg(
                       json_build_array(l.name, l."limit", l.window_ms, l.block_ms) ORDER BY l.created_at)
              FROM api_key_rate_limits l WHERE l.api_key_id = k.id) AS limits,
           (SELECT json_build_array(main.id, main.is_platform)
              FROM ({MAIN_ORGANIZATION}) main) AS main_organization,
           {_USER.selected}
      FROM api_keys k JOIN users u ON u.id = k.user_id
     WHERE k.hashed_key = %s
       -- a key of a team or organization that its user has left is none
       AND (k.team_id IS NULL
            OR EXISTS (SELECT FROM memberships m
                        WHERE m.user_id = k.user_id AND m.team_id = k.team_id AND m.accepted))
"""


async def find_key_holder(connection: Connection, hashed_key: str) -> KeyHolder | None:
    """Return the key with this hash and its owner, unless its user has left the organization it is for."""
    row = await named_row(connection, _HOLDER, (hashed_key,))
    if row is None:
        return None
    return KeyHolder(
        key_id=row.id,
        note=row.note,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        user=_USER.read(row),
        limits=tuple([Limit(*limit) for limit in row.limits or ()]),
        organization_id=row.organization_id,
        main_organization=_main_organization(row),
    )


_MAIN = f"""
    (SELECT json_build_array(main.id, main.is_platform) FROM ({MAIN_ORGANIZATION}) main) AS main_organization
"""

_CLIENT_HOLDER = f"""
    SELECT c.id, c.secret_hash, c.permissions, c.organization_id, {_MAIN}, {_USER.selected}
      FROM oauth_clients c
     CROSS JOIN LATERAL (SELECT m.user_id FROM memberships m
                          WHERE m.team_id = c.organization_id AND m.role = 'OWNER' AND m.accepted
                          ORDER BY m.id LIMIT 1) owner
     CROSS JOIN LATERAL (SELECT * FROM users WHERE id = owner.user_id OFFSET 0) u
     WHERE c.id = %s
"""

_TOKEN_HOLDER = f"""
    SELECT t.expires_at, c.id AS client_id, c.permissions, c.redirect_uris, {_MAIN}, {_USER.selected}
      FROM access_tokens t
     CROSS JOIN LATERAL (SELECT * FROM oauth_clients WHERE id = t.oauth_client_id OFFSET 0) c
     CROSS JOIN LATERAL (SELECT * FROM users WHERE id = t.user_id OFFSET 0) u
     WHERE t.hashed_token = %s
"""


async def find_client_holder(connection: Connection, client_id: str) -> ClientHolder | None:
    """Return an OAuth client with the owner of its platform, if that has one."""
    row = await named_row(connection, _CLIENT_HOLDER, (client_id,))
    if row is None:
        return None
    return ClientHolder(
        client_id=row.id,
        secret_hash=row.secret_hash,
        permissions=row.permissions,
        organization_id=row.organization_id,
        owner=_USER.read(row),
        main_organization=_main_organization(row),
    )


async def find_token_holder(connection: Connection, hashed_token: str) -> TokenHolder | None:
    """Return the access token with this hash, expired or not."""
    row = await named_row(connection, _TOKEN_HOLDER, (hashed_token,))
    if row is None:
        return None
    return TokenHolder(
        hashed_token=hashed_token,
        expires_at=row.expires_at,
        user=_USER.read(row),
        client_id=row.client_id,
        permissions=row.permissions,
        redirect_uris=row.redirect_uris,
        main_organization=_main_organization(row),
    )


async def insert_key(work: UnitOfWork, new: NewKey) -> UUID:
    """Store a key and return its id."""
    (key_id,) = await only_row(
        work.connection,
        """
        INSERT INTO api_keys (user_id, team_id, note, hashed_key, expires_at)
        VALUES (%s, %s, %s, %s, %s)
        RETURNING id
        """,
        (new.user_id, new.organization_id, new.note, new.hashed_key, new.expires_at),
    )
    return UUID(str(key_id))


async def replace_key(
    work: UnitOfWork, key_id: UUID, hashed_key: str, expires_at: datetime | None
) -> UUID | None:
    """Store a new key with the owner, organization, note and limits of an old one, which is deleted.

    Return the new key's id, or None if the old one is already gone.
    """
    row = await first_row(
        work.connection,
        """
        INSERT INTO api_keys (user_id, team_id, note, hashed_key, expires_at)
        SELECT old.user_id, old.team_id, old.note, %(hashed_key)s, %(expires_at)s
          FROM (SELECT user_id, team_id, note FROM api_keys WHERE id = %(key_id)s FOR UPDATE) old
        RETURNING id
        """,
        {"key_id": key_id, "hashed_key": hashed_key, "expires_at": expires_at},
    )
    if row is None:
        return None
    await work.connection.execute(
        "UPDATE api_key_rate_limits SET api_key_id = %s WHERE api_key_id = %s", (row[0], key_id)
    )
    await delete_key(work, key_id)
    return UUID(str(row[0]))


async def delete_key(work: UnitOfWork, key_id: UUID) -> bool:
    """Delete a key; tell whether it was there."""
    row = await first_row(work.connection, "DELETE FROM api_keys WHERE id = %s RETURNING id", (key_id,))
    return row is not None


async def list_keys(connection: Connection, user_id: int | None) -> list[ApiKey]:
    """Return the keys of one user, or all keys, oldest first."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_KEY.selected}, u.email
          FROM api_keys k JOIN users u ON u.id = k.user_id
         WHERE %(user_id)s::int IS NULL OR k.user_id = %(user_id)s
         ORDER BY k.created_at, k.id
        """,
        {"user_id": user_id},
    )
    return [ApiKey(**_KEY.values_of(row), email=row.email) for row in rows]


async def touch_key(connection: Connection, key_id: UUID, now: datetime, *, unless_after: datetime) -> None:
    """Store that a key is used now, unless a use after an instant is stored."""
    await connection.execute(
        """
        UPDATE api_keys SET last_used_at = %(now)s
         WHERE id = %(key_id)s AND (last_used_at IS NULL OR last_used_at <= %(unless_after)s)
        """,
        {"key_id": key_id, "now": now, "unless_after": unless_after},
    )


def _main_organization(row: NamedRow) -> MainOrganization | None:
    return None if row.main_organization is None else MainOrganization(*row.main_organization)
