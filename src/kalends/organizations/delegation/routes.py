"""`/v2/organizations/{orgId}/delegation-credentials`."""

from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

from fastapi import Depends, Request

from kalends.access.guards import OrganizationAdmin, organization_admin
from kalends.access.locked_places import lock_place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import Reader, Work, runtime_of
from kalends.api.http.operation import Router
from kalends.api.output.errors import DomainError
from kalends.audit.authorship import RequestAuthor
from kalends.auth.declaration import Declaration
from kalends.organizations.delegation import sql
from kalends.organizations.delegation.commands.create import create_credential
from kalends.organizations.delegation.commands.update import update_credential
from kalends.organizations.delegation.credential import DelegationCredential
from kalends.organizations.delegation.inputs import (
    CreateDelegationCredentialBody,
    CredentialId,
    UpdateDelegationCredentialBody,
)
from kalends.organizations.delegation.outputs import (
    DelegationCredentialOutput,
    delegation_credential_output,
)
from kalends.organizations.delegation.refusals import (
    CredentialNotSetUp,
    DomainTaken,
    UnknownDelegationCredential,
    UnknownWorkspacePlatform,
)
from kalends.security.encryption import Keyring

router = Router("/v2/organizations/{orgId}/delegation-credentials", "Orgs / Delegation Credentials")


class CredentialInOrganizationGuard:
    """Admit ADMINs of an organization to a delegation credential of it, `{credentialId}`.

    Raises:
        what `OrganizationGuard` raises;
        UnknownDelegationCredential: the organization has none with this id, which may be none at all.
    """

    declaration: ClassVar[Declaration] = organization_admin.declaration
    refusals: ClassVar[tuple[type[DomainError], ...]] = (
        *organization_admin.refusals,
        UnknownDelegationCredential,
    )

    async def __call__(
        self, place: OrganizationAdmin, credential_id: CredentialId, connection: Reader
    ) -> DelegationCredential:
        """Return the credential."""
        try:
            named = UUID(credential_id)
        except ValueError:
            raise UnknownDelegationCredential(place.organization_id) from None
        found = await sql.find_credential(connection, named, place.organization_id)
        if found is None:
            raise UnknownDelegationCredential(place.organization_id)
        return found


async def _keys(request: Request) -> Keyring:
    return runtime_of(request).keys


Credential: TypeAlias = Annotated[DelegationCredential, Depends(CredentialInOrganizationGuard())]
Keys: TypeAlias = Annotated[Keyring, Depends(_keys)]


@router.post("", refuses=(RoleChanged, UnknownWorkspacePlatform, DomainTaken))
async def create_delegation_credential(
    place: OrganizationAdmin,
    author: RequestAuthor,
    keys: Keys,
    body: CreateDelegationCredentialBody,
    work: Work,
) -> DelegationCredentialOutput:
    """Store the service account of the organization at the provider of its calendars."""
    await lock_place(work, place)
    made = await create_credential(work, author, keys, place.organization_id, body.to_command())
    return delegation_credential_output(made)


@router.patch("/{credentialId}", refuses=(RoleChanged, CredentialNotSetUp))
async def update_delegation_credential(
    credential: Credential,
    place: OrganizationAdmin,
    author: RequestAuthor,
    keys: Keys,
    body: UpdateDelegationCredentialBody,
    work: Work,
) -> DelegationCredentialOutput:
    """Change a delegation credential; what is not sent stays."""
    await lock_place(work, place)
    changed = await update_credential(work, author, keys, credential, body.to_changes())
    return delegation_credential_output(changed)
