"""The guards of OAuth clients: who may rule the clients of a platform, and what is theirs.

The organization is the one that the credential names, else the one that the caller mainly belongs to. It must
be a platform, and the caller's role in it suffice; the client of the path must be one of that platform.
System administrators need a role there, too, and may then name a client of any platform.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends

from kalends.access import queries
from kalends.access.paths import ClientId
from kalends.access.place import Place, Standing
from kalends.access.refusals import (
    ClientOfAnotherOrganization,
    ManagedUserKeptOut,
    NoOrganization,
    NoPlatform,
    OrganizationNotNamed,
    UnknownClient,
    WeakPlatformRole,
)
from kalends.api.dependencies import Reader
from kalends.api.document.openapi import Documented
from kalends.api.output.errors import Refusals
from kalends.auth.declaration import Declaration
from kalends.auth.dependencies import CREDENTIALS_OF_A_PLACE, Caller
from kalends.auth.principal import Principal
from kalends.db.database import Connection
from kalends.memberships.membership import Role

_REFUSALS: Refusals = (ManagedUserKeptOut, NoOrganization, NoPlatform, WeakPlatformRole)


@dataclass(frozen=True, slots=True)
class PlatformGuard(Documented):
    """Admit callers with a role in their platform, by a credential that names it.

    Raises:
        OrganizationNotNamed: the credential is one of a person alone.
        ManagedUserKeptOut: an OAuth client manages the caller.
        NoOrganization, NoPlatform: the caller belongs to no organization, or to one that is no platform.
        WeakPlatformRole: the role does not suffice.
    """

    weakest: Role
    refusals: ClassVar[Refusals] = (OrganizationNotNamed, *_REFUSALS)
    parameters = CREDENTIALS_OF_A_PLACE

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return Declaration(("Auth", "PlatRole"), _roles_from(self.weakest))

    async def __call__(self, caller: Caller, connection: Reader) -> Place:
        """Return the platform's place."""
        if caller.organization_id is None:
            raise OrganizationNotNamed
        place, _ = await _place(connection, caller, self.weakest, None)
        return place


@dataclass(frozen=True, slots=True)
class ClientGuard(Documented):
    """Admit callers with a role in their platform to a client of it, `{clientId}`.

    Raises:
        ManagedUserKeptOut: an OAuth client manages the caller.
        NoOrganization, NoPlatform: the caller belongs to no organization, or to one that is no platform.
        WeakPlatformRole: the role does not suffice.
        UnknownClient: there is no such client.
        ClientOfAnotherOrganization: it is of another platform.
    """

    weakest: Role
    refusals: ClassVar[Refusals] = (*_REFUSALS, UnknownClient, ClientOfAnotherOrganization)
    parameters = CREDENTIALS_OF_A_PLACE

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return Declaration(("Auth", "PlatRole", "Client"), _roles_from(self.weakest))

    async def __call__(self, caller: Caller, client_id: ClientId, connection: Reader) -> Place:
        """Return the client's place."""
        place, found = await _place(connection, caller, self.weakest, client_id)
        if found.client_organization_id is None:
            raise UnknownClient(client_id)
        is_own = found.client_organization_id == place.organization_id
        if not (is_own or caller.user.is_system_admin):
            raise ClientOfAnotherOrganization(client_id)
        return replace(place, client_id=client_id)


platform_member = PlatformGuard(Role.MEMBER)
platform_admin = PlatformGuard(Role.ADMIN)
client_member = ClientGuard(Role.MEMBER)
client_admin = ClientGuard(Role.ADMIN)

PlatformMember: TypeAlias = Annotated[Place, Depends(platform_member)]
PlatformAdmin: TypeAlias = Annotated[Place, Depends(platform_admin)]
ClientMember: TypeAlias = Annotated[Place, Depends(client_member)]
ClientAdmin: TypeAlias = Annotated[Place, Depends(client_admin)]


async def _place(
    connection: Connection, caller: Principal, weakest: Role, client_id: str | None
) -> tuple[Place, queries.FoundPlatform]:
    if caller.user.is_platform_managed:
        raise ManagedUserKeptOut
    organization_id = caller.organization_id
    if organization_id is None and caller.main_organization is not None:
        organization_id = caller.main_organization.id
    if organization_id is None:
        raise NoOrganization
    found = await queries.find_platform(connection, caller.user.id, organization_id, client_id)
    if found is None or not found.is_platform:
        raise NoPlatform(organization_id)
    if found.role is None or not found.role.is_at_least(weakest):
        raise WeakPlatformRole(organization_id)
    standing = Standing(organization_id, found.role, is_platform=True)
    return Place(caller, caller.user.id, standing), found


def _roles_from(weakest: Role) -> str:
    """Return the roles that suffice, in the contract's words."""
    return "ADMIN/OWNER/MEMBER" if weakest is Role.MEMBER else "ADMIN/OWNER"
