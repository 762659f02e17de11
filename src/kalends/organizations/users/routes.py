"""`/v2/organizations/{orgId}/users`."""

from typing import Annotated

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin, UserInOrganization
from kalends.access.locked_places import lock_place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.input.query import Query
from kalends.audit.authorship import RequestAuthor
from kalends.memberships.administration import Administration
from kalends.memberships.refusals import LastAdministrator
from kalends.organizations.refusals import UsernameTaken
from kalends.organizations.users import sql
from kalends.organizations.users.commands.create import create_user
from kalends.organizations.users.commands.delete import delete_user
from kalends.organizations.users.commands.update import update_user
from kalends.organizations.users.inputs import (
    CreateOrganizationUserBody,
    OrganizationUsersQuery,
    UpdateOrganizationUserBody,
)
from kalends.organizations.users.outputs import OrganizationUserOutput, organization_user_output
from kalends.organizations.users.refusals import (
    AccountOfSomebodyElse,
    EmailOfAnotherAccount,
    ScheduleOfSomebodyElse,
    ScheduleTooEarly,
    UserInOrganizationAlready,
    UsernameInOrganization,
    UsernameOfAnotherAccount,
)

router = Router("/v2/organizations/{orgId}/users", "Orgs / Users")


@router.get("")
async def list_organization_users(
    place: OrganizationAdmin,
    query: Annotated[OrganizationUsersQuery, Depends(Query(OrganizationUsersQuery))],
    connection: Reader,
) -> list[OrganizationUserOutput]:
    """List the users that an organization knows, by id."""
    found = await sql.list_users(connection, place.organization_id, query.to_command())
    return [organization_user_output(one, place.organization_id) for one in found]


@router.post(
    "",
    refuses=(
        RoleChanged,
        ScheduleTooEarly,
        UserInOrganizationAlready,
        EmailOfAnotherAccount,
        UsernameInOrganization,
        UsernameTaken,
    ),
)
async def create_organization_user(
    place: OrganizationAdmin,
    author: RequestAuthor,
    body: CreateOrganizationUserBody,
    settings: CurrentSettings,
    now: Now,
    work: Work,
) -> OrganizationUserOutput:
    """Make an account that belongs to the organization, and invite its person by mail."""
    await lock_place(work, place)
    administration = Administration(
        author, place.organization_id, place.caller.user.is_system_admin, settings, now
    )
    made = await create_user(work, administration, body.to_command())
    return organization_user_output(made, place.organization_id)


@router.patch(
    "/{userId}",
    refuses=(
        RoleChanged,
        AccountOfSomebodyElse,
        UsernameInOrganization,
        UsernameOfAnotherAccount,
        EmailOfAnotherAccount,
        ScheduleOfSomebodyElse,
    ),
)
async def update_organization_user(
    place: UserInOrganization,
    author: RequestAuthor,
    body: UpdateOrganizationUserBody,
    settings: CurrentSettings,
    now: Now,
    work: Work,
) -> OrganizationUserOutput:
    """Change an account that belongs to the organization; what is not sent stays."""
    await lock_place(work, place)
    administration = Administration(
        author, place.organization_id, place.caller.user.is_system_admin, settings, now
    )
    changed = await update_user(work, administration, place.user_id, body.to_changes())
    return organization_user_output(changed, place.organization_id)


@router.delete("/{userId}", refuses=(RoleChanged, AccountOfSomebodyElse, LastAdministrator))
async def delete_organization_user(
    place: UserInOrganization, author: RequestAuthor, settings: CurrentSettings, now: Now, work: Work
) -> OrganizationUserOutput:
    """End an account that belongs to the organization; what only it hosts and has not ended is cancelled."""
    await lock_place(work, place)
    deleted = await delete_user(
        work, author, place.organization_id, place.user_id, site=settings.base_url, now=now
    )
    return organization_user_output(deleted, place.organization_id)
