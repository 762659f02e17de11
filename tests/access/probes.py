"""An operation for each guard, which tells the place that the guard has resolved."""

from typing import Annotated, TypeAlias

from fastapi import Depends
from typing_extensions import TypedDict

from kalends.access import guards
from kalends.access.memberships import of_organization, of_organization_team, of_team
from kalends.access.place import Place
from kalends.api.http.operation import Router
from kalends.api.input.fields import Integer
from kalends.api.wire import Body
from kalends.auth.principal import Permission

router = Router("/v2/probes", "Probes")

_ORGANIZATION = "/organizations/{orgId}"
_TEAM = "/teams/{teamId}"

MembershipInOrganization: TypeAlias = Annotated[Place, Depends(of_organization.removing)]
MembershipInTeam: TypeAlias = Annotated[Place, Depends(of_team.removing)]
MembershipInOrganizationTeam: TypeAlias = Annotated[Place, Depends(of_organization_team.removing)]


class FoundPlace(TypedDict):
    """The ids of a place."""

    callerId: int
    userId: int
    organizationId: int | None
    teamId: int | None
    membershipId: int | None


class ProbeBody(Body):
    """A body with a rule, which no guard looks at."""

    number: Integer


OwnPlace: TypeAlias = Annotated[Place, Depends(guards.OwnGuard(Permission.SCHEDULE_READ))]


@router.get("/own")
async def probe_own(place: OwnPlace) -> FoundPlace:
    """Need a caller."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}/member")
async def probe_organization_member(place: guards.OrganizationMember) -> FoundPlace:
    """Need a member of an organization."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}/admin")
async def probe_organization_admin(place: guards.OrganizationAdmin) -> FoundPlace:
    """Need an ADMIN of an organization."""
    return _shown(place)


@router.post(f"{_ORGANIZATION}/admin", status=200)
async def probe_body(place: guards.OrganizationAdmin, body: ProbeBody) -> FoundPlace:
    """Need an ADMIN of an organization, and a body."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}/owner")
async def probe_organization_owner(place: guards.OrganizationOwner) -> FoundPlace:
    """Need an OWNER of an organization."""
    return _shown(place)


@router.get(f"{_TEAM}/member")
async def probe_team_member(place: guards.TeamMember) -> FoundPlace:
    """Need a member of a team."""
    return _shown(place)


@router.get(f"{_TEAM}/admin")
async def probe_team_admin(place: guards.TeamAdmin) -> FoundPlace:
    """Need an ADMIN of a team."""
    return _shown(place)


@router.get(f"{_TEAM}/owner")
async def probe_team_owner(place: guards.TeamOwner) -> FoundPlace:
    """Need an OWNER of a team."""
    return _shown(place)


@router.get(f"{_TEAM}/memberships/{{membershipId}}")
async def probe_membership_in_team(place: MembershipInTeam) -> FoundPlace:
    """Need an ADMIN of a team, and a membership in it."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}{_TEAM}/member")
async def probe_organization_team_member(place: guards.OrganizationTeamMember) -> FoundPlace:
    """Need a member of a team in an organization."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}{_TEAM}/admin")
async def probe_organization_team_admin(place: guards.OrganizationTeamAdmin) -> FoundPlace:
    """Need an ADMIN of a team in an organization."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}{_TEAM}/settings")
async def probe_team_in_organization(place: guards.TeamInOrganization) -> FoundPlace:
    """Need an ADMIN of an organization, and a team in it."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}{_TEAM}/memberships/{{membershipId}}")
async def probe_membership_in_organization_team(
    place: MembershipInOrganizationTeam,
) -> FoundPlace:
    """Need an ADMIN of a team in an organization, and a membership in the team."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}{_TEAM}/users/{{userId}}")
async def probe_user_in_team(place: guards.UserInTeam) -> FoundPlace:
    """Need an ADMIN of a team in an organization, and a member of the team."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}/users/{{userId}}")
async def probe_user_in_organization(place: guards.UserInOrganization) -> FoundPlace:
    """Need an ADMIN of an organization, and a user of it."""
    return _shown(place)


@router.get(f"{_ORGANIZATION}/memberships/{{membershipId}}")
async def probe_membership_in_organization(
    place: MembershipInOrganization,
) -> FoundPlace:
    """Need an ADMIN of an organization, and a membership in it."""
    return _shown(place)


def _shown(place: Place) -> FoundPlace:
    return {
        "callerId": place.caller.user.id,
        "userId": place.user_id,
        "organizationId": None if place.organization is None else place.organization_id,
        "teamId": None if place.team is None else place.team_id,
        "membershipId": place.membership_id,
    }
