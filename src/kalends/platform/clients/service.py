"""The rules of OAuth clients."""

from kalends.db.database import Connection
from kalends.platform.clients import sql
from kalends.platform.clients.client import OAuthClient
from kalends.platform.clients.refusals import ClientGone


async def find(connection: Connection, client_id: str) -> OAuthClient | None:
    """Return a client, if there is one with this id."""
    return await sql.find_client(connection, client_id)


async def get(connection: Connection, client_id: str) -> OAuthClient:
    """Return a client.

    Raises:
        ClientGone: it was deleted meanwhile.
    """
    client = await sql.find_client(connection, client_id)
    if client is None:
        raise ClientGone(client_id)
    return client


async def is_of(connection: Connection, client_id: str, organization_id: int) -> bool:
    """Tell whether there is such a client, and whether it is one of an organization."""
    client = await sql.find_client(connection, client_id)
    return client is not None and client.organization_id == organization_id


async def list_of(connection: Connection, organization_id: int) -> list[OAuthClient]:
    """Return the clients of an organization, the oldest first."""
    return await sql.list_clients(connection, organization_id)
