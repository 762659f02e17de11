"""`/v2/organizations/{orgId}/organizations`."""

from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin, organization_admin
from kalends.access.locked_places import lock_place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.output.errors import Refusals
from kalends.api.refusals import BoundReached
from kalends.audit.authorship import RequestAuthor
from kalends.auth.declaration import Declaration
from kalends.auth.refusals import ContradictingExpiry, KeyOfStranger
from kalends.organizations.refusals import SlashInText, SlugTaken, TextBlankOrTooLong
from kalends.platform.organizations import sql
from kalends.platform.organizations.commands.create import create_managed_organization
from kalends.platform.organizations.inputs import (
    CreateManagedOrganizationBody,
    ManagedOrganizationId,
    UpdateManagedOrganizationBody,
)
from kalends.platform.organizations.managed_organization import ManagedOrganization
from kalends.platform.organizations.outputs import (
    CreatedOrganizationOutput,
    ManagedOrganizationOutput,
    created_organization_output,
    managed_organization_output,
)
from kalends.platform.organizations.refusals import ManagerIsNoPlatform, OrganizationNotManaged
from kalends.teams.commands.delete import delete_team
from kalends.teams.commands.update import update_team
from kalends.teams.refusals import TeamGone, TeamSlugTaken
from kalends.teams.settings import TeamChanges

router = Router("/v2/organizations/{orgId}/organizations", "Managed Orgs")


class ManagedOrganizationGuard:
    """Admit ADMINs of a platform to an organization that it manages, `{managedOrganizationId}`.

    Raises:
        what `OrganizationGuard` raises;
        OrganizationNotManaged: the platform manages no such organization.
    """

    declaration: ClassVar[Declaration] = organization_admin.declaration.followed_by("ManagedOrg")
    refusals: ClassVar[Refusals] = (*organization_admin.refusals, OrganizationNotManaged)

    async def __call__(
        self, place: OrganizationAdmin, managed_id: ManagedOrganizationId, connection: Reader
    ) -> ManagedOrganization:
        """Return the organization."""
        found = await sql.find_managed(connection, place.organization_id, managed_id)
        if found is None:
            raise OrganizationNotManaged(managed_id, place.organization_id)
        return found


Managed: TypeAlias = Annotated[ManagedOrganization, Depends(ManagedOrganizationGuard())]


@router.post(
    "",
    refuses=(
        RoleChanged,
        ManagerIsNoPlatform,
        ContradictingExpiry,
        TextBlankOrTooLong,
        SlashInText,
        SlugTaken,
        BoundReached,
        TeamGone,
        TeamSlugTaken,
        KeyOfStranger,
    ),
)
async def create_organization(
    place: OrganizationAdmin,
    author: RequestAuthor,
    body: CreateManagedOrganizationBody,
    settings: CurrentSettings,
    work: Work,
    now: Now,
) -> CreatedOrganizationOutput:
    """Make an organization that the platform manages, with a key of it."""
    await lock_place(work, place)
    made = await create_managed_organization(work, author, place, body.to_command(), settings, now)
    return created_organization_output(made)


@router.get("")
async def list_organizations(place: OrganizationAdmin, connection: Reader) -> list[ManagedOrganizationOutput]:
    """List the organizations that the platform manages, by id."""
    found = await sql.list_managed(connection, place.organization_id)
    return [managed_organization_output(one) for one in found]


@router.get("/{managedOrganizationId}")
async def get_organization(organization: Managed) -> ManagedOrganizationOutput:
    """Show an organization that the platform manages."""
    return managed_organization_output(organization)


@router.patch("/{managedOrganizationId}", refuses=(RoleChanged, TeamGone, TeamSlugTaken))
async def update_organization(
    place: OrganizationAdmin,
    organization: Managed,
    author: RequestAuthor,
    body: UpdateManagedOrganizationBody,
    work: Work,
) -> ManagedOrganizationOutput:
    """Change an organization that the platform manages; what is not sent stays."""
    await lock_place(work, place)
    changes = body.to_changes()
    await update_team(
        work, author, organization.id, TeamChanges(name=changes.name, metadata=changes.metadata)
    )
    return managed_organization_output(changes.applied_to(organization))


@router.delete("/{managedOrganizationId}", refuses=(RoleChanged, TeamGone))
async def delete_organization(
    place: OrganizationAdmin,
    organization: Managed,
    author: RequestAuthor,
    settings: CurrentSettings,
    work: Work,
    now: Now,
) -> ManagedOrganizationOutput:
    """Delete an organization that the platform manages, with its teams, and return it; its people stay."""
    await lock_place(work, place)
    await delete_team(work, author, organization.id, site=settings.base_url, now=now)
    return managed_organization_output(organization)
