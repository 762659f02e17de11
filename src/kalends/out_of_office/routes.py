"""`/v2/organizations/{orgId}/ooo`, and `…/users/{userId}/ooo`: when an organization's users are away."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin, UserInOrganization
from kalends.access.locked_places import lock_place
from kalends.access.refusals import RoleChanged, UserNotInOrganization
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.input.query import Query
from kalends.api.output.errors import Refusals
from kalends.api.refusals import BoundReached
from kalends.audit.authorship import RequestAuthor
from kalends.audit.ledger import Ledger
from kalends.out_of_office import inputs, service
from kalends.out_of_office.entry import OutOfOfficeEntry
from kalends.out_of_office.guards import entry_of_user
from kalends.out_of_office.outputs import OutOfOfficeOutput, out_of_office_output
from kalends.out_of_office.refusals import (
    AwayAlready,
    EndsBeforeStart,
    OneDateOnly,
    StandInOfElsewhere,
    StandInsInCircle,
    StandsInForThemselves,
)
from kalends.out_of_office.service import Registrar

_TAG = "Orgs / Users / OOO"
_WHEN_WRITTEN: Refusals = (
    RoleChanged,
    UserNotInOrganization,
    EndsBeforeStart,
    StandInsInCircle,
    AwayAlready,
    StandsInForThemselves,
    StandInOfElsewhere,
)

of_organization = Router("/v2/organizations/{orgId}/ooo", _TAG)
of_user = Router("/v2/organizations/{orgId}/users/{userId}/ooo", _TAG)

EntryOfPath: TypeAlias = Annotated[OutOfOfficeEntry, Depends(entry_of_user)]


@of_organization.get("")
async def list_out_of_office_entries_of_organization(
    place: OrganizationAdmin,
    query: Annotated[
        inputs.OrganizationOutOfOfficeQuery, Depends(Query(inputs.OrganizationOutOfOfficeQuery))
    ],
    connection: Reader,
) -> list[OutOfOfficeOutput]:
    """List when the users that an organization knows are out of office."""
    found = await service.list_of_organization(connection, place.organization_id, query.to_command())
    return [out_of_office_output(one) for one in found]


@of_user.post("", refuses=(*_WHEN_WRITTEN, BoundReached))
async def create_out_of_office_entry(
    place: UserInOrganization,
    author: RequestAuthor,
    body: inputs.CreateOutOfOfficeEntryBody,
    settings: CurrentSettings,
    now: Now,
    work: Work,
) -> OutOfOfficeOutput:
    """Write down that a user is out of office; from now on their slots on these dates are gone."""
    await lock_place(work, place)
    registrar = Registrar(Ledger(author, place.organization_id), place.user_id, now)
    made = await service.create(work, registrar, body.to_command(), most=settings.out_of_office_entries_most)
    return out_of_office_output(made)


@of_user.get("")
async def list_out_of_office_entries(
    place: UserInOrganization,
    query: Annotated[inputs.OutOfOfficeQuery, Depends(Query(inputs.OutOfOfficeQuery))],
    connection: Reader,
) -> list[OutOfOfficeOutput]:
    """List when a user is out of office."""
    found = await service.list_of_user(connection, place.user_id, query.to_command())
    return [out_of_office_output(one) for one in found]


@of_user.patch("/{oooId}", refuses=(*_WHEN_WRITTEN, OneDateOnly))
async def update_out_of_office_entry(
    place: UserInOrganization,
    entry: EntryOfPath,
    author: RequestAuthor,
    body: inputs.UpdateOutOfOfficeEntryBody,
    now: Now,
    work: Work,
) -> OutOfOfficeOutput:
    """Change when a user is out of office, why, or who stands in; what is not sent stays."""
    await lock_place(work, place)
    registrar = Registrar(Ledger(author, place.organization_id), place.user_id, now)
    return out_of_office_output(await service.update(work, registrar, entry.id, body.to_changes()))


@of_user.delete("/{oooId}", refuses=(RoleChanged, UserNotInOrganization))
async def delete_out_of_office_entry(
    place: UserInOrganization, entry: EntryOfPath, author: RequestAuthor, now: Now, work: Work
) -> OutOfOfficeOutput:
    """Delete an absence and return it; its dates are open again."""
    await lock_place(work, place)
    registrar = Registrar(Ledger(author, place.organization_id), place.user_id, now)
    return out_of_office_output(await service.delete(work, registrar, entry.id))


routers = (of_organization, of_user)
