"""`/v2/oauth-clients`."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.access.locked_places import lock_place
from kalends.access.platform import ClientAdmin, ClientMember, PlatformAdmin, PlatformMember
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work, runtime_of
from kalends.api.http.operation import Router
from kalends.api.refusals import BoundReached
from kalends.audit.authorship import RequestAuthor
from kalends.platform.clients import service
from kalends.platform.clients.commands.create import create_client
from kalends.platform.clients.commands.delete import delete_client
from kalends.platform.clients.commands.update import update_client
from kalends.platform.clients.inputs import CreateOAuthClientBody, UpdateOAuthClientBody
from kalends.platform.clients.outputs import (
    CreatedClientOutput,
    OAuthClientOutput,
    client_output,
    created_client_output,
)
from kalends.platform.clients.refusals import ClientGone
from kalends.security.encryption import KeyMissing, Keyring
from kalends.teams.refusals import TeamGone

router = Router("/v2/oauth-clients", "OAuth Clients")


async def _keys(request: Request) -> Keyring:
    return runtime_of(request).keys


Keys: TypeAlias = Annotated[Keyring, Depends(_keys)]


@router.post("", refuses=(RoleChanged, BoundReached))
async def create_oauth_client(
    place: PlatformAdmin,
    author: RequestAuthor,
    keys: Keys,
    body: CreateOAuthClientBody,
    settings: CurrentSettings,
    work: Work,
) -> CreatedClientOutput:
    """Make an OAuth client of the caller's platform."""
    await lock_place(work, place)
    made = await create_client(
        work, author, keys, place.organization_id, body.to_command(), most=settings.oauth_clients_most
    )
    return created_client_output(made)


@router.get("", refuses=(KeyMissing,))
async def list_oauth_clients(
    place: PlatformMember, keys: Keys, connection: Reader
) -> list[OAuthClientOutput]:
    """List the OAuth clients of the caller's platform, the oldest first."""
    found = await service.list_of(connection, place.organization_id)
    return [client_output(one, keys, shows_secret=place.is_administered) for one in found]


@router.get("/{clientId}", refuses=(ClientGone, KeyMissing))
async def get_oauth_client(place: ClientMember, keys: Keys, connection: Reader) -> OAuthClientOutput:
    """Show an OAuth client."""
    return client_output(
        await service.get(connection, place.known_client_id), keys, shows_secret=place.is_administered
    )


@router.patch("/{clientId}", refuses=(RoleChanged, ClientGone, KeyMissing))
async def update_oauth_client(
    place: ClientAdmin, author: RequestAuthor, keys: Keys, body: UpdateOAuthClientBody, work: Work
) -> OAuthClientOutput:
    """Change an OAuth client; what is not sent stays, and permissions do always."""
    await lock_place(work, place)
    changed = await update_client(work, author, place.known_client_id, body.to_changes())
    return client_output(changed, keys, shows_secret=place.is_administered)


@router.delete("/{clientId}", refuses=(RoleChanged, ClientGone, TeamGone, KeyMissing))
async def delete_oauth_client(
    place: ClientAdmin, author: RequestAuthor, keys: Keys, settings: CurrentSettings, now: Now, work: Work
) -> OAuthClientOutput:
    """Delete an OAuth client with its tokens, webhooks and teams, and return it; its users stay."""
    await lock_place(work, place)
    deleted = await delete_client(work, author, place.known_client_id, site=settings.base_url, now=now)
    return client_output(deleted, keys, shows_secret=place.is_administered)
