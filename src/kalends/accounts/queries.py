"""SQL of users; it locks their event types, schedules and API keys."""

from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.accounts.owned_account import NewOwnedAccount, OwnedAccountChanges
from kalends.accounts.user import NewUser, User, UserChanges
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, named_row, named_rows, only_named_row, only_row
from kalends.db.statements import assignments

_USER = Columns(User, "u")


async def find_by_email(connection: Connection, email: str) -> User | None:
    """Return the user with this e-mail address, in any capitalization."""
    row = await named_row(
        connection, f"SELECT {_USER.selected} FROM users u WHERE lower(u.email) = lower(%s)", (email,)
    )
    return None if row is None else _USER.read(row)


async def has_users(connection: Connection) -> bool:
    """Tell whether any user exists."""
    return await first_row(connection, "SELECT FROM users LIMIT 1", ()) is not None


async def list_users(connection: Connection) -> list[User]:
    """Return all users by id."""
    rows = await named_rows(connection, f"SELECT {_USER.selected} FROM users u ORDER BY u.id", ())
    return [_USER.read(row) for row in rows]


async def is_locked(connection: Connection, user_id: int) -> bool:
    """Tell whether an account is locked, or is gone."""
    row = await first_row(connection, "SELECT is_locked FROM users WHERE id = %s", (user_id,))
    return row is None or bool(row[0])


async def insert_user(work: UnitOfWork, new: NewUser) -> User:
    """Store a user.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    row = await only_named_row(
        work.connection,
        f"""
        INSERT INTO users AS u (email, email_verified_at, username, name, time_zone, is_system_admin)
        VALUES (%s, CASE WHEN %s THEN now() END, %s, %s, %s, %s)
        RETURNING {_USER.selected}
        """,
        (new.email, new.has_verified_email, new.username, new.name, new.time_zone, new.is_system_admin),
    )
    return _USER.read(row)


async def insert_owned(work: UnitOfWork, new: NewOwnedAccount) -> int:
    """Store a user whose account belongs to an organization, and return their id.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    values = {
        **_stored(new.settings),
        "email": new.email,
        "username": new.username,
        "organization_id": new.organization_id,
        "is_verified": True,
        "invited_to": new.organization_id,
    }
    statement = sql.SQL("INSERT INTO users ({}) VALUES ({}) RETURNING id").format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    (user_id,) = await only_row(work.connection, statement, values)
    return int(user_id)


async def update_owned(work: UnitOfWork, user_id: int, changes: OwnedAccountChanges) -> None:
    """Write the changes, at least one, of an account that belongs to an organization.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    values = _stored(changes)
    statement = sql.SQL("UPDATE users SET {}, updated_at = now() WHERE id = %(user_id)s RETURNING id").format(
        assignments(values)
    )
    await only_row(work.connection, statement, {**values, "user_id": user_id})


async def lock_event_types(work: UnitOfWork, user_id: int) -> None:
    """Lock a user's event types until this command ends, so that nothing more is booked of them."""
    await work.connection.execute(
        "SELECT FROM event_types WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )


async def lock_belongings(work: UnitOfWork, user_id: int) -> None:
    """Lock a user's schedules and API keys until this command ends: who holds one may need the user next."""
    await work.connection.execute(
        "SELECT FROM schedules WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )
    await work.connection.execute(
        "SELECT FROM api_keys WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )


async def lock_user(work: UnitOfWork, user_id: int) -> bool:
    """Lock a user until this command ends, so that nothing more becomes theirs; tell whether they exist."""
    row = await first_row(work.connection, "SELECT FROM users WHERE id = %s FOR UPDATE", (user_id,))
    return row is not None


async def delete_user(work: UnitOfWork, user_id: int) -> None:
    """Delete a user and all rows that the database deletes with one."""
    await work.connection.execute("DELETE FROM users WHERE id = %s", (user_id,))


async def update_user(work: UnitOfWork, user_id: int, changes: UserChanges) -> User | None:
    """Write the changes and return the user; None if there is no such user.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    values = _stored(changes)
    statement = sql.SQL(
        "UPDATE users AS u SET {assignments}, updated_at = now() WHERE u.id = %(user_id)s RETURNING {user}"
    ).format(assignments=assignments(values), user=sql.SQL(_USER.selected))
    row = await named_row(work.connection, statement, {**values, "user_id": user_id})
    return None if row is None else _USER.read(row)


async def release_users(work: UnitOfWork, organization_id: int, user_id: int | None = None) -> None:
    """Release accounts from an organization, one or all; their usernames then stand beside everybody's.

    A name that somebody has already gets an addition.
    """
    await work.connection.execute(
        """
        UPDATE users u
           SET organization_id = NULL, updated_at = now(),
               username = CASE
                   WHEN EXISTS (SELECT FROM users o
                                 WHERE o.username = u.username AND o.organization_id IS NULL)
                   THEN u.username || '-' || left(gen_random_uuid()::text, 8) ELSE u.username END
         WHERE u.organization_id = %(organization_id)s
           AND (%(user_id)s::int IS NULL OR u.id = %(user_id)s)
        """,
        {"organization_id": organization_id, "user_id": user_id},
    )


async def verify_email(work: UnitOfWork, user_id: int, now: datetime) -> None:
    """Note that an account's address is proven to be its own, unless it was before."""
    await work.connection.execute(
        "UPDATE users SET email_verified_at = %s WHERE id = %s AND email_verified_at IS NULL", (now, user_id)
    )


def _stored(changes: UserChanges | OwnedAccountChanges) -> dict[str, Any]:
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in changes.said.items()}
