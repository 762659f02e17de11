"""Memberships, wherever the API has them: of teams, of organizations, and of teams in organizations."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends

from kalends.access.guards import organization_admin, organization_team_admin, team_admin
from kalends.access.locked_places import lock_place
from kalends.access.memberships import (
    MembershipGuards,
    of_organization,
    of_organization_team,
    of_team,
)
from kalends.access.place import Place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.input.query import Query
from kalends.audit.authorship import RequestAuthor
from kalends.audit.entry import Author
from kalends.memberships import service
from kalends.memberships.administration import Administration
from kalends.memberships.commands.add import add_member, put_member
from kalends.memberships.commands.change import change_member
from kalends.memberships.commands.remove import remove_member
from kalends.memberships.inputs import CreateMembershipBody, MembershipsQuery, UpdateMembershipBody
from kalends.memberships.member import Member
from kalends.memberships.outputs import (
    MembershipOutput,
    bare_membership_output,
    membership_output,
)
from kalends.memberships.refusals import (
    AlreadyInvited,
    AlreadyMember,
    LastAdministrator,
    MembershipGone,
    NotYoursToAccept,
    UnknownToOrganization,
    UnknownUser,
)
from kalends.settings import Settings

Deleted = TypeVar("Deleted")
Page: TypeAlias = Annotated[MembershipsQuery, Depends(Query(MembershipsQuery))]


def collection_router(prefix: str, tag: str, admin: Guard[Place], *, overwrites: bool = False) -> Router:
    """Return the operations on the memberships of a place as a whole.

    `overwrites`: whoever is a member already gets the membership that is asked for; else that is refused.
    """
    router = Router(prefix, tag)
    AdminPlace: TypeAlias = Annotated[Place, Depends(admin)]
    add = put_member if overwrites else add_member

    @router.get("")
    async def list_memberships(
        place: AdminPlace, page: Page, settings: CurrentSettings, connection: Reader
    ) -> list[MembershipOutput]:
        """List the memberships by id, those that wait to be accepted too."""
        found = await service.list_members(connection, place.own_id, take=page.take, skip=page.skip)
        return [_shown(one, place, settings) for one in found]

    @router.post(
        "",
        refuses=(
            RoleChanged,
            UnknownUser,
            UnknownToOrganization,
            AlreadyMember,
            AlreadyInvited,
            LastAdministrator,
            MembershipGone,
        ),
    )
    async def create_membership(
        place: AdminPlace,
        author: RequestAuthor,
        body: CreateMembershipBody,
        settings: CurrentSettings,
        now: Now,
        work: Work,
    ) -> MembershipOutput:
        """Make somebody a member, or invite them where it is for them to accept."""
        await lock_place(work, place)
        member = await add(work, _administration(place, author, settings, now), body.to_command())
        return _shown(member, place, settings)

    return router


def member_router(prefix: str, tag: str, membership: MembershipGuards) -> Router:
    """Return the operations that show and change a membership; whom it invites may read and accept it."""
    router = Router(prefix, tag)

    @router.get("/{membershipId}", refuses=(MembershipGone,))
    async def get_membership(
        place: Annotated[Place, Depends(membership.reading)], settings: CurrentSettings, connection: Reader
    ) -> MembershipOutput:
        """Show a membership."""
        member = await service.get_member(connection, place.known_membership_id, place.own_id)
        return _shown(member, place, settings)

    @router.patch(
        "/{membershipId}", refuses=(RoleChanged, MembershipGone, NotYoursToAccept, LastAdministrator)
    )
    async def update_membership(
        place: Annotated[Place, Depends(membership.changing)],
        author: RequestAuthor,
        body: UpdateMembershipBody,
        settings: CurrentSettings,
        now: Now,
        work: Work,
    ) -> MembershipOutput:
        """Change a membership; what is not sent stays."""
        await lock_place(work, place)
        administration = _administration(place, author, settings, now)
        changed = await change_member(work, administration, place.known_membership_id, body.to_changes())
        return _shown(changed, place, settings)

    return router


def removal_router(
    prefix: str, tag: str, membership: MembershipGuards, output: Callable[[Member], Deleted]
) -> Router:
    """Return the operation that deletes a membership."""
    router = Router(prefix, tag, output=output)

    @router.delete("/{membershipId}", refuses=(RoleChanged, MembershipGone, LastAdministrator))
    async def delete_membership(
        place: Annotated[Place, Depends(membership.removing)],
        author: RequestAuthor,
        settings: CurrentSettings,
        now: Now,
        work: Work,
    ) -> Deleted:
        """Remove a member, who no longer hosts anything there; what is booked of them already stays."""
        await lock_place(work, place)
        administration = _administration(place, author, settings, now)
        return output(await remove_member(work, administration, place.known_membership_id))

    return router


def _administration(place: Place, author: Author, settings: Settings, now: datetime) -> Administration:
    return Administration(
        author,
        place.own_id,
        place.caller.user.is_system_admin,
        settings,
        now,
    )


def _shown(member: Member, place: Place, settings: Settings) -> MembershipOutput:
    is_own = member.user_id == place.caller.user.id
    return membership_output(member, is_disclosed=is_own or settings.memberships_without_consent)


def _removed(member: Member) -> MembershipOutput:
    return membership_output(member, is_disclosed=False)


_TEAM, _TEAM_TAG = "/v2/teams/{teamId}/memberships", "Teams / Memberships"
_ORGANIZATION, _ORGANIZATION_TAG = "/v2/organizations/{orgId}/memberships", "Orgs / Memberships"
_ORGANIZATION_TEAM = "/v2/organizations/{orgId}/teams/{teamId}/memberships"
_ORGANIZATION_TEAM_TAG = "Orgs / Teams / Memberships"

routers = (
    collection_router(_TEAM, _TEAM_TAG, team_admin),
    member_router(_TEAM, _TEAM_TAG, of_team),
    removal_router(_TEAM, _TEAM_TAG, of_team, bare_membership_output),
    collection_router(_ORGANIZATION, _ORGANIZATION_TAG, organization_admin, overwrites=True),
    member_router(_ORGANIZATION, _ORGANIZATION_TAG, of_organization),
    removal_router(_ORGANIZATION, _ORGANIZATION_TAG, of_organization, _removed),
    collection_router(_ORGANIZATION_TEAM, _ORGANIZATION_TEAM_TAG, organization_team_admin),
    member_router(_ORGANIZATION_TEAM, _ORGANIZATION_TEAM_TAG, of_organization_team),
    removal_router(_ORGANIZATION_TEAM, _ORGANIZATION_TEAM_TAG, of_organization_team, _removed),
)
