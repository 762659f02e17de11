"""SQL of users; it locks their event types, schedules and API keys."""

from collections.abc import Sequence
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


async def find_user(connection: Connection, user_id: int) -> User | None:
    """Return a user by id."""
    row = await named_row(connection, f"SELECT {_USER.selected} FROM users u WHERE u.id = %s", (user_id,))
    return None if row is None else _USER.read(row)


async def find_locked(work: UnitOfWork, user_id: int) -> User | None:
    """Return a user as they are, and let nobody change them until this command ends."""
    statement = f"SELECT {_USER.selected} FROM users u WHERE u.id = %s FOR NO KEY UPDATE OF u"
    row = await named_row(work.connection, statement, (user_id,))
    return None if row is None else _USER.read(row)


async def list_by_email(connection: Connection, email: str) -> list[User]:
    """Return who has an address, in any capitalization: whoever has proven it first, then by id."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_USER.selected} FROM users u
         WHERE lower(u.email) = lower(%s) ORDER BY u.email_verified_at IS NULL, u.id
        """,
        (email,),
    )
    return [_USER.read(row) for row in rows]


async def list_managed_addresses(
    connection: Connection, client_id: str, emails: Sequence[str]
) -> dict[str, str]:
    """Return by what addresses an OAuth client knows those of its users that lack its id."""
    rows = await named_rows(
        connection,
        """
        SELECT sent.email, u.email AS managed
          FROM unnest(%(emails)s::text[]) AS sent (email)
          JOIN users u ON lower(u.email) = lower(regexp_replace(sent.email, '@', '+' || %(client_id)s || '@'))
                      AND u.email_verified_at IS NOT NULL AND u.oauth_client_id = %(client_id)s
         WHERE strpos(sent.email, %(client_id)s) = 0
        """,
        {"client_id": client_id, "emails": list(emails)},
    )
    return {row.email: row.managed for row in rows}


async def has_verified(connection: Connection, email: str, *, besides: int) -> bool:
    """Tell whether an account besides one has proven an address to be its own."""
    row = await first_row(
        connection,
        """
        SELECT FROM users
         WHERE lower(email) = lower(%s) AND email_verified_at IS NOT NULL AND id <> %s
        """,
        (email, besides),
    )
    return row is not None


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


async def verify_email(work: UnitOfWork, user_id: int, now: datetime) -> str | None:
    """Note that an account's address is proven to be its own, and return it; None: it was before.

    Raises:
        psycopg.errors.UniqueViolation: another account has proven it.
    """
    # A row is returned so that a violation is raised here, and not at the end of the pipeline.
    row = await first_row(
        work.connection,
        """
        UPDATE users SET email_verified_at = %s WHERE id = %s AND email_verified_at IS NULL RETURNING email
        """,
        (now, user_id),
    )
    return None if row is None else str(row[0])


async def confirm_pending(work: UnitOfWork, user_id: int, email: str, now: datetime) -> bool:
    """Put the address that an account waits for in place of the one before; tell whether it waited for it.

    Raises:
        psycopg.errors.UniqueViolation: another account has proven it.
    """
    row = await first_row(
        work.connection,
        """
        UPDATE users
           SET email = pending_email, email_verified_at = %(now)s, pending_email = NULL, updated_at = now()
         WHERE id = %(user_id)s AND lower(pending_email) = lower(%(email)s) AND NOT is_locked
        RETURNING id
        """,
        {"user_id": user_id, "email": email, "now": now},
    )
    return row is not None


async def drop_claims(work: UnitOfWork, email: str, *, besides: int) -> None:
    """Let no account but one wait for an address: it is that one's now.

    Who is being changed at this moment is left out, so that nobody waits for another; what they wait for
    cannot become theirs any more.
    """
    await work.connection.execute(
        """
        UPDATE users SET pending_email = NULL
         WHERE id IN (SELECT id FROM users
                       WHERE lower(pending_email) = lower(%s) AND id <> %s FOR NO KEY UPDATE SKIP LOCKED)
        """,
        (email, besides),
    )


async def drop_claim(work: UnitOfWork, user_id: int, email: str) -> None:
    """Let an account wait for an address no more."""
    await work.connection.execute(
        "UPDATE users SET pending_email = NULL WHERE id = %s AND lower(pending_email) = lower(%s)",
        (user_id, email),
    )


async def note_confirmation(
    work: UnitOfWork, user_id: int, *, now: datetime, since: datetime, most: int
) -> int | None:
    """Note that a confirmation is mailed to an account, and return the how many-eth it is since an instant.

    None: there have been as many as there may be, and nothing is noted.
    """
    row = await first_row(
        work.connection,
        """
        UPDATE users u
           SET confirmations_mailed_at = lately.moments || %(now)s
          FROM (SELECT coalesce(array_agg(moment), '{}') AS moments
                  FROM users, unnest(confirmations_mailed_at) AS moment
                 WHERE id = %(user_id)s AND moment > %(since)s) lately
         WHERE u.id = %(user_id)s AND cardinality(lately.moments) < %(most)s
        RETURNING cardinality(u.confirmations_mailed_at)
        """,
        {"user_id": user_id, "now": now, "since": since, "most": most},
    )
    return None if row is None else int(row[0])


def _stored(changes: UserChanges | OwnedAccountChanges) -> dict[str, Any]:
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in changes.said.items()}
