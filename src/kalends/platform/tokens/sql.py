"""SQL of access tokens, refresh tokens and authorization codes; it locks users, so that they take turns."""

from datetime import datetime

from kalends.api.http.credentials import fingerprint
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row
from kalends.platform.tokens.keys import Bearer, Keys


async def insert_keys(work: UnitOfWork, bearer: Bearer, keys: Keys) -> None:
    """Store the hashes of a pair of tokens."""
    await work.connection.execute(
        """
        WITH access AS (
            INSERT INTO access_tokens (hashed_token, oauth_client_id, user_id, expires_at)
            VALUES (%(access)s, %(client_id)s, %(user_id)s, %(access_until)s)
        )
        INSERT INTO refresh_tokens (hashed_token, oauth_client_id, user_id, expires_at)
        VALUES (%(refresh)s, %(client_id)s, %(user_id)s, %(refresh_until)s)
        """,
        {
            "client_id": bearer.client_id,
            "user_id": bearer.user_id,
            "access": fingerprint(keys.access_token),
            "access_until": keys.access_expires_at,
            "refresh": fingerprint(keys.refresh_token),
            "refresh_until": keys.refresh_expires_at,
        },
    )


async def lock_user(work: UnitOfWork, user_id: int) -> bool:
    """Let nobody else renew tokens of a user until this command ends; tell whether the user exists."""
    row = await first_row(work.connection, "SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (user_id,))
    return row is not None


async def lock_holder(work: UnitOfWork, client_id: str, refresh_token: str) -> None:
    """Let nobody else renew tokens of the user who has a refresh token, if anybody has."""
    await work.connection.execute(
        """
        SELECT FROM users u
         WHERE u.id = (SELECT t.user_id FROM refresh_tokens t
                        WHERE t.hashed_token = %s AND t.oauth_client_id = %s)
           FOR NO KEY UPDATE
        """,
        (fingerprint(refresh_token), client_id),
    )


async def take_refresh_token(
    work: UnitOfWork, client_id: str, refresh_token: str, now: datetime
) -> int | None:
    """Delete a refresh token of a client that has not expired; return whose it was, if there was one."""
    row = await first_row(
        work.connection,
        """
        DELETE FROM refresh_tokens t
         WHERE t.hashed_token = %s AND t.oauth_client_id = %s AND t.expires_at >= %s
        RETURNING t.user_id
        """,
        (fingerprint(refresh_token), client_id, now),
    )
    return None if row is None else int(row[0])


async def find_refresh_token_holder(connection: Connection, client_id: str, refresh_token: str) -> int | None:
    """Return whose a refresh token of a client is."""
    row = await first_row(
        connection,
        "SELECT user_id FROM refresh_tokens WHERE hashed_token = %s AND oauth_client_id = %s",
        (fingerprint(refresh_token), client_id),
    )
    return None if row is None else int(row[0])


async def delete_keys(work: UnitOfWork, client_id: str, user_id: int) -> None:
    """Delete all tokens that a client has of a user, whose row is locked."""
    for table in ("access_tokens", "refresh_tokens"):
        await work.connection.execute(
            f"DELETE FROM {table} WHERE user_id = %s AND oauth_client_id = %s", (user_id, client_id)
        )


async def find_secret_hash(connection: Connection, client_id: str) -> str | None:
    """Return the hash of a client's secret."""
    row = await first_row(connection, "SELECT secret_hash FROM oauth_clients WHERE id = %s", (client_id,))
    return None if row is None else str(row[0])


async def take_code(work: UnitOfWork, client_id: str, code: str, now: datetime) -> int | None:
    """Delete an authorization code that has not expired; return who consented, if there was one."""
    row = await first_row(
        work.connection,
        """
        DELETE FROM authorization_codes
         WHERE hashed_code = %s AND oauth_client_id = %s AND expires_at >= %s
        RETURNING user_id
        """,
        (fingerprint(code), client_id, now),
    )
    return None if row is None else int(row[0])


async def put_code(work: UnitOfWork, client_id: str, user_id: int, code: str, expires_at: datetime) -> None:
    """Store an authorization code in place of the one that the client has of the user."""
    await work.connection.execute(
        """
        INSERT INTO authorization_codes (hashed_code, oauth_client_id, user_id, expires_at)
        VALUES (%s, %s, %s, %s)
            ON CONFLICT (user_id, oauth_client_id) DO UPDATE
           SET hashed_code = excluded.hashed_code, expires_at = excluded.expires_at, created_at = now()
        """,
        (fingerprint(code), client_id, user_id, expires_at),
    )


async def forget_expired(work: UnitOfWork, table: str, moment: datetime, limit: int) -> int:
    """Delete up to `limit` rows of a table that expired before a moment; return how many."""
    cursor = await work.connection.execute(_FORGET[table], (moment, limit))
    return cursor.rowcount


_FORGET = {
    table: f"""
        DELETE FROM {table}
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE expires_at < %s LIMIT %s))
    """
    for table in ("access_tokens", "refresh_tokens", "authorization_codes")
}
