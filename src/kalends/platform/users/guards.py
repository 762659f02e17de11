"""Which managed user a request is about: resolved before its body is looked at."""

from typing import ClassVar

from kalends.access.paths import UserId
from kalends.access.platform import ClientAdmin, client_admin
from kalends.api.dependencies import Reader
from kalends.api.output.errors import Refusals
from kalends.auth.declaration import Declaration
from kalends.platform.tokens.guards import ByClientItself, ClientItself
from kalends.platform.users import service
from kalends.platform.users.managed_user import ManagedUser
from kalends.platform.users.refusals import UnknownManagedUser


class UserOfClient:
    """Admit ADMINs of a platform to a user of its client in the path, `{userId}`.

    Raises:
        what `ClientGuard` raises;
        UnknownManagedUser: the client manages no such user.
    """

    declaration: ClassVar[Declaration] = client_admin.declaration
    refusals: ClassVar[Refusals] = (*client_admin.refusals, UnknownManagedUser)

    async def __call__(self, place: ClientAdmin, user_id: UserId, connection: Reader) -> ManagedUser:
        """Return the user."""
        return await service.get(connection, place.known_client_id, user_id)


class OwnUserOfClient:
    """Admit an OAuth client to a user of its own, `{userId}`.

    Raises:
        what `ClientItself` raises;
        UnknownManagedUser: it manages no such user.
    """

    declaration: ClassVar[Declaration] = ClientItself.declaration
    refusals: ClassVar[Refusals] = (*ClientItself.refusals, UnknownManagedUser)

    async def __call__(self, place: ByClientItself, user_id: UserId, connection: Reader) -> ManagedUser:
        """Return the user."""
        return await service.get(connection, place.known_client_id, user_id)


user_of_client = UserOfClient()
own_user_of_client = OwnUserOfClient()
