"""SQL of managed users, which are rows of users; it reads OAuth clients and profiles."""

from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, named_row, named_rows, only_row
from kalends.db.statements import assignments
from kalends.platform.users.managed_user import (
    CreateManagedUser,
    ListManagedUsers,
    ManagedUser,
    ManagedUserChanges,
    managed_email,
    username_of,
)

_USER = Columns(ManagedUser, "u")

# The wanted name, or with `-1`, `-2`, …, that nobody else in an organization has. What it compares with is
# looked up a candidate, of which the first is nearly always free.
_FREE_NAME: LiteralString = """
    SELECT candidate.name
      FROM generate_series(0, 1000) number
     CROSS JOIN LATERAL (
           SELECT CASE number WHEN 0 THEN %(username)s::text ELSE %(username)s || '-' || number END AS name
           ) candidate
     WHERE NOT EXISTS (SELECT FROM profiles p
                        WHERE p.organization_id = %(organization_id)s::int AND p.username = candidate.name
                          AND p.user_id IS DISTINCT FROM %(user_id)s::int)
       AND NOT EXISTS (SELECT FROM users o
                        WHERE o.organization_id = %(organization_id)s::int AND o.username = candidate.name
                          AND o.id IS DISTINCT FROM %(user_id)s::int)
     ORDER BY number LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Insertion:
    """What came of storing a user; `user` None: somebody has the address already."""

    user: ManagedUser | None
    has_default_event_types: bool


async def insert_user(
    work: UnitOfWork, client_id: str, organization_id: int, command: CreateManagedUser
) -> Insertion | None:
    """Store a user of a client, under a name that is free in its organization.

    None: there is no such client any more.

    Raises:
        psycopg.errors.UniqueViolation: another request took the name at the same time.
    """
    email = managed_email(command.email, client_id)
    settings = command.settings
    row = await named_row(
        work.connection,
        f"""
        WITH client AS (
            SELECT id, are_default_event_types_enabled FROM oauth_clients
             WHERE id = %(client_id)s FOR KEY SHARE
        ), made AS (
            INSERT INTO users AS u (
                   email, email_verified_at, username, organization_id, name, bio, avatar_url, time_zone,
                   week_start, time_format, locale, metadata, is_verified, invited_to, is_platform_managed,
                   oauth_client_id)
            SELECT %(email)s, now(), ({_FREE_NAME}), %(organization_id)s, %(name)s, %(bio)s, %(avatar_url)s,
                   coalesce(%(time_zone)s, 'Europe/London'), %(week_start)s, %(time_format)s, %(locale)s,
                   %(metadata)s, true, %(organization_id)s, true, client.id
              FROM client
                ON CONFLICT (lower(email)) WHERE email_verified_at IS NOT NULL DO NOTHING
            RETURNING {_USER.selected}
        )
        SELECT made.*, client.are_default_event_types_enabled AS has_default_event_types
          FROM client LEFT JOIN made ON true
        """,
        {
            "client_id": client_id,
            "organization_id": organization_id,
            "user_id": None,
            "email": email,
            "username": username_of(email),
            "time_zone": command.time_zone,
            "name": settings["name"],
            "bio": settings.get("bio"),
            "avatar_url": settings.get("avatar_url"),
            "week_start": settings.get("week_start", "Sunday"),
            "time_format": settings["time_format"],
            "locale": settings.get("locale"),
            "metadata": Jsonb(settings["metadata"]) if "metadata" in settings else None,
        },
    )
    if row is None:
        return None
    return Insertion(None if row.id is None else _USER.read(row), row.has_default_event_types)


async def find_id_by_email(connection: Connection, email: str) -> int | None:
    """Return the id of whoever has proven an address, in any capitalization."""
    row = await first_row(
        connection,
        "SELECT id FROM users WHERE lower(email) = lower(%s) AND email_verified_at IS NOT NULL",
        (email,),
    )
    return None if row is None else int(row[0])


async def find_user(connection: Connection, client_id: str, user_id: int) -> ManagedUser | None:
    """Return a user of a client."""
    row = await named_row(
        connection,
        f"SELECT {_USER.selected} FROM users u WHERE u.id = %s AND u.oauth_client_id = %s",
        (user_id, client_id),
    )
    return None if row is None else _USER.read(row)


async def lock_user(work: UnitOfWork, client_id: str, user_id: int) -> ManagedUser | None:
    """Lock a user of a client until this command ends, and return them."""
    row = await named_row(
        work.connection,
        f"""
        SELECT {_USER.selected} FROM users u
         WHERE u.id = %s AND u.oauth_client_id = %s FOR NO KEY UPDATE
        """,
        (user_id, client_id),
    )
    return None if row is None else _USER.read(row)


async def list_users(connection: Connection, client_id: str, wanted: ListManagedUsers) -> list[ManagedUser]:
    """Return users of a client by id."""
    emails = [managed_email(email, client_id).lower() for email in wanted.emails or ()]
    of_emails = "" if wanted.emails is None else "AND lower(u.email) = ANY(%(emails)s)"
    rows = await named_rows(
        connection,
        f"""
        SELECT {_USER.selected} FROM users u WHERE u.oauth_client_id = %(client_id)s {of_emails}
         ORDER BY u.id LIMIT %(limit)s OFFSET %(offset)s
        """,
        {"client_id": client_id, "emails": emails, "limit": wanted.limit, "offset": wanted.offset},
    )
    return [_USER.read(row) for row in rows]


async def find_free_username(connection: Connection, user: ManagedUser, wanted: str) -> str:
    """Return a name for a user that nobody else in the organization has: the wanted one if that is free."""
    row = await first_row(
        connection,
        _FREE_NAME,
        {"username": wanted, "organization_id": user.organization_id, "user_id": user.id},
    )
    return wanted if row is None else str(row[0])


async def update_user(work: UnitOfWork, user_id: int, changes: ManagedUserChanges) -> None:
    """Write at least one change of a user who is locked.

    Raises:
        psycopg.errors.UniqueViolation: the address or the name is taken.
    """
    values = {
        name: Jsonb(value) if isinstance(value, dict) else value for name, value in changes.said.items()
    }
    statement = sql.SQL("UPDATE users SET {}, updated_at = now() WHERE id = %(user_id)s RETURNING id")
    await only_row(work.connection, statement.format(assignments(values)), {**values, "user_id": user_id})


async def update_profile(work: UnitOfWork, user: ManagedUser, username: str) -> None:
    """Let the organization know a user by another name.

    Raises:
        psycopg.errors.UniqueViolation: it knows somebody else by it.
    """
    cursor = await work.connection.execute(
        """
        UPDATE profiles SET username = %s, updated_at = now()
         WHERE user_id = %s AND organization_id = %s RETURNING id
        """,
        (username, user.id, user.organization_id),
    )
    await cursor.fetchall()
