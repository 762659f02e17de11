"""Managed users: at `/v2/oauth-clients/{clientId}/users`, and where later versions of the API have them."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.access.place import Place
from kalends.access.platform import ClientMember, client_admin
from kalends.accounts.refusals import AccountGone, UnknownAccount
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.input.query import Query
from kalends.audit.authorship import RequestAuthor
from kalends.memberships.refusals import AlreadyMember
from kalends.platform.clients.refusals import ClientGone
from kalends.platform.tokens import service as tokens
from kalends.platform.tokens.guards import ByClientItself, TokenKey, client_itself
from kalends.platform.tokens.inputs import RefreshTokenBody
from kalends.platform.tokens.outputs import KeysOutput, keys_output
from kalends.platform.tokens.refusals import RefreshTokenOfAnotherUser, RefreshTokenUnknown
from kalends.platform.users import service
from kalends.platform.users.commands.create import create_managed_user
from kalends.platform.users.commands.delete import delete_managed_user
from kalends.platform.users.commands.update import update_managed_user
from kalends.platform.users.guards import own_user_of_client, user_of_client
from kalends.platform.users.inputs import (
    CreateManagedUserBody,
    ListManagedUsersQuery,
    PageQuery,
    UpdateManagedUserBody,
)
from kalends.platform.users.managed_user import ManagedUser
from kalends.platform.users.outputs import (
    CreatedUserOutput,
    ManagedUserOutput,
    created_user_output,
    managed_user_output,
)
from kalends.platform.users.refusals import (
    FilterNoEmail,
    ManagedEmailInvalid,
    ManagedEmailTaken,
    ManagedUserExists,
    UnknownManagedUser,
)
from kalends.schedules.refusals import ScheduleOfAnotherUser, UnknownSchedule

_TAG = "Platform / Managed Users"
_OF_CLIENT, _OF_CREDENTIAL = "/v2/oauth-clients/{clientId}/users", "/v2/platform/managed-users"

Page: TypeAlias = Annotated[PageQuery, Depends(Query(PageQuery))]
Filter: TypeAlias = Annotated[ListManagedUsersQuery, Depends(Query(ListManagedUsersQuery))]
OwnUser: TypeAlias = Annotated[ManagedUser, Depends(own_user_of_client)]


def managed_user_router(
    prefix: str, *, client_of_path: Guard[Place], user_of_path: Guard[ManagedUser], renewal: str
) -> Router:
    """Return the operations on the users of a client; `renewal` is the last part of a path."""
    router = Router(prefix, _TAG)
    ClientOfPath: TypeAlias = Annotated[Place, Depends(client_of_path)]
    UserOfPath: TypeAlias = Annotated[ManagedUser, Depends(user_of_path)]

    @router.get("", refuses=(FilterNoEmail,))
    async def list_managed_users(
        client: ClientOfPath, query: Filter, connection: Reader
    ) -> list[ManagedUserOutput]:
        """List the users of a client, by id."""
        found = await service.list_of(connection, client.known_client_id, query.to_command())
        return [managed_user_output(one) for one in found]

    @router.post(
        "", refuses=(ManagedEmailInvalid, ClientGone, ManagedUserExists, ManagedEmailTaken, AlreadyMember)
    )
    async def create_user(
        client: ClientOfPath,
        author: RequestAuthor,
        body: CreateManagedUserBody,
        key: TokenKey,
        work: Work,
        now: Now,
    ) -> CreatedUserOutput:
        """Make a user of a client, with the first tokens."""
        made = await create_managed_user(work, author, client, body.to_command(), key=key, now=now)
        return created_user_output(made)

    @router.get("/{userId}")
    async def get_managed_user(user: UserOfPath) -> ManagedUserOutput:
        """Show a user of a client."""
        return managed_user_output(user)

    @router.patch(
        "/{userId}", refuses=(UnknownManagedUser, UnknownSchedule, ScheduleOfAnotherUser, ManagedEmailTaken)
    )
    async def update_user(
        client: ClientOfPath,
        user: UserOfPath,
        author: RequestAuthor,
        body: UpdateManagedUserBody,
        work: Work,
    ) -> ManagedUserOutput:
        """Change a user of a client; what is not sent stays."""
        changes = body.to_changes()
        changed = await update_managed_user(work, author, client.known_client_id, user.id, changes)
        return managed_user_output(changed)

    @router.delete("/{userId}", refuses=(UnknownManagedUser, UnknownAccount, AccountGone))
    async def delete_user(
        client: ClientOfPath,
        user: UserOfPath,
        author: RequestAuthor,
        settings: CurrentSettings,
        work: Work,
        now: Now,
    ) -> ManagedUserOutput:
        """Delete a user of a client; what only they host and has not ended is cancelled."""
        deleted = await delete_managed_user(
            work, author, client.known_client_id, user.id, site=settings.base_url, now=now
        )
        return managed_user_output(deleted)

    @router.post(f"/{{userId}}/{renewal}", refuses=(UnknownManagedUser,), status=200)
    async def force_refresh(
        client: ClientOfPath, user: UserOfPath, key: TokenKey, work: Work, now: Now
    ) -> KeysOutput:
        """Replace all tokens of a user by a new pair; those before stop working at once."""
        keys = await tokens.force_refresh(work, key, client.known_client_id, user.id, now=now)
        if keys is None:
            raise UnknownManagedUser(user.id)
        return keys_output(keys)

    return router


older = Router("/v2/oauth-clients/{clientId}/managed-users", _TAG)


@older.get("")
async def list_all_managed_users(
    client: ClientMember, page: Page, connection: Reader
) -> list[ManagedUserOutput]:
    """List the users of a client, by id."""
    found = await service.list_of(connection, client.known_client_id, page.to_command())
    return [managed_user_output(one) for one in found]


of_credential = Router(_OF_CREDENTIAL, _TAG)


@of_credential.post(
    "/{userId}/refresh-tokens", refuses=(RefreshTokenUnknown, RefreshTokenOfAnotherUser), status=200
)
async def refresh_tokens_of_user(
    client: ByClientItself, user: OwnUser, body: RefreshTokenBody, key: TokenKey, work: Work, now: Now
) -> KeysOutput:
    """Replace a refresh token of a user by a new pair of tokens."""
    keys = await tokens.refresh(
        work, key, client.known_client_id, body.refresh_token, now=now, of_user=user.id
    )
    return keys_output(keys)


routers = (
    managed_user_router(
        _OF_CLIENT, client_of_path=client_admin, user_of_path=user_of_client, renewal="force-refresh"
    ),
    older,
    managed_user_router(
        _OF_CREDENTIAL,
        client_of_path=client_itself,
        user_of_path=own_user_of_client,
        renewal="force-refresh-tokens",
    ),
    of_credential,
)
