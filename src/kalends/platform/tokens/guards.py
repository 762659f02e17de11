"""Who may renew tokens: the OAuth client itself, by its secret and nothing else."""

from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends

from kalends.access.place import Place, Standing
from kalends.api.dependencies import CurrentSettings
from kalends.api.document.openapi import Documented
from kalends.api.output.errors import Refusals
from kalends.auth.declaration import Declaration
from kalends.auth.dependencies import CREDENTIALS_OF_CLIENT, Caller
from kalends.auth.principal import AuthMethod
from kalends.memberships.membership import Role
from kalends.platform.tokens.refusals import ClientSecretNeeded
from kalends.security.secret import token_key


class ClientItself(Documented):
    """Admit an OAuth client by its id and secret; the id may stand in the path.

    Raises:
        ClientSecretNeeded: the credential is another one.
    """

    declaration: ClassVar[Declaration] = Declaration(("Auth",))
    refusals: ClassVar[Refusals] = (ClientSecretNeeded,)
    parameters = CREDENTIALS_OF_CLIENT

    async def __call__(self, caller: Caller) -> Place:
        """Return the client's place."""
        if caller.method is not AuthMethod.OAUTH_CLIENT or caller.organization_id is None:
            raise ClientSecretNeeded
        platform = Standing(caller.organization_id, Role.OWNER, is_platform=True)
        return Place(caller, caller.user.id, platform, client_id=caller.client_id)


async def _token_key(settings: CurrentSettings) -> bytes:
    return token_key(settings)


client_itself = ClientItself()

ByClientItself: TypeAlias = Annotated[Place, Depends(client_itself)]
TokenKey: TypeAlias = Annotated[bytes, Depends(_token_key)]
