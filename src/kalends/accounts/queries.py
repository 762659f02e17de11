"""SQL of users; it locks their event types."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.accounts.user import User, columns
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row
from kalends.db.statements import assignments

_USER = columns("u")


async def find_by_email(connection: Connection, email: str) -> User | None:
    """Return the user with this e-mail, in any capitalisation."""
    row = await first_row(
        connection, f"SELECT {_USER} FROM users u WHERE lower(u.email) = lower(%s)", (email,)
    )
    return None if row is None else User(*row)


async def has_users(connection: Connection) -> bool:
    """Tell whether there is any user."""
    return await first_row(connection, "SELECT FROM users LIMIT 1", ()) is not None


async def list_users(connection: Connection) -> list[User]:
    """Return all users by id."""
    cursor = await connection.execute(f"SELECT {_USER} FROM users u ORDER BY u.id")
    return [User(*row) for row in await cursor.fetchall()]


async def insert_user(work: UnitOfWork, values: Mapping[str, Any]) -> User:
    """Store a user: `email`, `has_verified_email`, `username`, `name`, `time_zone`, `is_system_admin`.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    row = await only_row(
        work.connection,
        f"""
        INSERT INTO users AS u (email, email_verified_at, username, name, time_zone, is_system_admin)
        VALUES (%(email)s, CASE WHEN %(has_verified_email)s THEN now() END, %(username)s, %(name)s,
                %(time_zone)s, %(is_system_admin)s)
        RETURNING {_USER}
        """,
        values,
    )
    return User(*row)


async def insert_owned(work: UnitOfWork, columns: Mapping[str, Any]) -> int:
    """Store a user by column, and return their id.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    values = dict(columns)
    if "metadata" in values:
        values["metadata"] = Jsonb(values["metadata"])
    statement = sql.SQL("INSERT INTO users ({}) VALUES ({}) RETURNING id").format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    (user_id,) = await only_row(work.connection, statement, values)
    return int(user_id)


async def lock_event_types(work: UnitOfWork, user_id: int) -> None:
    """Let nothing more be booked of a user's event types until this command ends."""
    await work.connection.execute(
        "SELECT FROM event_types WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )


async def lock_belongings(work: UnitOfWork, user_id: int) -> None:
    """Keep other commands off what a user has, if they reach for the user next, until this one ends."""
    await work.connection.execute(
        "SELECT FROM schedules WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )
    await work.connection.execute(
        "SELECT FROM api_keys WHERE user_id = %s ORDER BY id FOR UPDATE", (user_id,)
    )


async def lock_user(work: UnitOfWork, user_id: int) -> bool:
    """Let nothing more be made of a user's until this command ends; tell whether the user is there."""
    row = await first_row(work.connection, "SELECT FROM users WHERE id = %s FOR UPDATE", (user_id,))
    return row is not None


async def delete_user(work: UnitOfWork, user_id: int) -> None:
    """Delete a user, with all that the database ties to one."""
    await work.connection.execute("DELETE FROM users WHERE id = %s", (user_id,))


async def update_user(work: UnitOfWork, user_id: int, changes: Mapping[str, Any]) -> User | None:
    """Write changed columns of a user, by column name; None: there is no such user.

    Raises:
        psycopg.errors.UniqueViolation: e-mail or username is taken.
    """
    values = {**changes, "user_id": user_id}
    if "metadata" in values:
        values["metadata"] = Jsonb(values["metadata"])
    statement = sql.SQL(
        "UPDATE users AS u SET {assignments}, updated_at = now() WHERE u.id = %(user_id)s RETURNING {user}"
    ).format(assignments=assignments(changes), user=sql.SQL(_USER))
    row = await first_row(work.connection, statement, values)
    return None if row is None else User(*row)


async def release_users(work: UnitOfWork, organization_id: int, user_id: int | None = None) -> None:
    """Let accounts belong to an organization no more, one or all; their names become those of anybody.

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
