"""The rules of managed users."""

from kalends.db.database import Connection
from kalends.platform.users import sql
from kalends.platform.users.managed_user import ListManagedUsers, ManagedUser
from kalends.platform.users.refusals import UnknownManagedUser


async def get(connection: Connection, client_id: str, user_id: int) -> ManagedUser:
    """Return a user of a client.

    Raises:
        UnknownManagedUser: the client manages no such user.
    """
    user = await sql.find_user(connection, client_id, user_id)
    if user is None:
        raise UnknownManagedUser(user_id)
    return user


async def list_of(connection: Connection, client_id: str, wanted: ListManagedUsers) -> list[ManagedUser]:
    """Return users of a client by id."""
    return await sql.list_users(connection, client_id, wanted)
