"""SQL of OAuth clients; it reads and ends what goes with one: its webhooks and the teams that it made."""

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, named_row, named_rows, only_named_row, only_row
from kalends.db.statements import assignments
from kalends.platform.clients.client import ClientChanges, CreateClient, OAuthClient

_CLIENT = Columns(OAuthClient, "c")


async def insert_client(
    work: UnitOfWork,
    client_id: str,
    organization_id: int,
    command: CreateClient,
    *,
    secret: tuple[str, bytes],
) -> tuple[OAuthClient, int]:
    """Store a client with the hash of its secret and its secret, encrypted.

    Return it, and how many its organization had before.
    """
    settings = command.settings
    row = await only_named_row(
        work.connection,
        f"""
        INSERT INTO oauth_clients AS c (
            id, organization_id, name, secret_hash, secret, permissions, logo, redirect_uris,
            booking_redirect_uri, booking_cancel_redirect_uri, booking_reschedule_redirect_uri,
            are_emails_enabled, are_default_event_types_enabled)
        VALUES (%(id)s, %(organization_id)s, %(name)s, %(secret_hash)s, %(secret)s, %(permissions)s, %(logo)s,
                %(redirect_uris)s, %(booking)s, %(cancel)s, %(reschedule)s, %(emails)s, %(event_types)s)
        RETURNING {_CLIENT.selected},
                  (SELECT count(*) FROM oauth_clients o
                    WHERE o.organization_id = %(organization_id)s) AS before
        """,
        {
            "id": client_id,
            "organization_id": organization_id,
            "name": settings.name,
            "secret_hash": secret[0],
            "secret": secret[1],
            "permissions": int(command.permissions),
            "logo": settings.logo,
            "redirect_uris": list(settings.redirect_uris),
            "booking": settings.booking_redirect_uri,
            "cancel": settings.booking_cancel_redirect_uri,
            "reschedule": settings.booking_reschedule_redirect_uri,
            "emails": settings.are_emails_enabled,
            "event_types": settings.are_default_event_types_enabled,
        },
    )
    return _CLIENT.read(row), int(row.before)


async def list_clients(connection: Connection, organization_id: int) -> list[OAuthClient]:
    """Return the clients of an organization, the oldest first."""
    rows = await named_rows(
        connection,
        f"SELECT {_CLIENT.selected} FROM oauth_clients c WHERE organization_id = %s ORDER BY created_at, id",
        (organization_id,),
    )
    return [_CLIENT.read(row) for row in rows]


async def find_client(connection: Connection, client_id: str) -> OAuthClient | None:
    """Return a client."""
    row = await named_row(
        connection, f"SELECT {_CLIENT.selected} FROM oauth_clients c WHERE id = %s", (client_id,)
    )
    return None if row is None else _CLIENT.read(row)


async def lock_client(work: UnitOfWork, client_id: str) -> OAuthClient | None:
    """Lock a client until this command ends, so that nothing more becomes its own, and return it."""
    row = await named_row(
        work.connection,
        f"SELECT {_CLIENT.selected} FROM oauth_clients c WHERE id = %s FOR UPDATE",
        (client_id,),
    )
    return None if row is None else _CLIENT.read(row)


async def update_client(work: UnitOfWork, client_id: str, changes: ClientChanges) -> None:
    """Write at least one change."""
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in changes.said.items()}
    statement = sql.SQL(
        "UPDATE oauth_clients SET {}, updated_at = now() WHERE id = %(client_id)s RETURNING id"
    )
    await only_row(work.connection, statement.format(assignments(said)), {**said, "client_id": client_id})


async def list_teams_of(connection: Connection, client_id: str) -> list[int]:
    """Return the ids of the teams that a client made."""
    cursor = await connection.execute(
        "SELECT id FROM teams WHERE created_by_oauth_client_id = %s ORDER BY id", (client_id,)
    )
    return [team_id for (team_id,) in await cursor.fetchall()]


async def delete_client(work: UnitOfWork, client_id: str) -> None:
    """Delete a client, with its tokens, codes and webhooks; the users that it manages stay."""
    await work.connection.execute("DELETE FROM oauth_clients WHERE id = %s", (client_id,))
