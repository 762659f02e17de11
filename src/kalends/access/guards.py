"""The guards of operations, under the contract's names: who may be where.

A guard is a dependency that yields the `Place` of a request, before its body is looked at. It asks for the
caller first (401), then in this order: is there such an organization (403), does the caller's role suffice
(403), is the team in the organization (404), does the object of the path belong there (403 or 404). Plans are
not asked for: every organization has them all (decision 028). A malformed id of the place itself is 400 once
the caller is known; what breaks a rule of the rest of the path, or of the body, comes last (400).

Only accepted members have a role. System administrators need none, and nothing else is spared them.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends, Request

from kalends.access import queries
from kalends.access.paths import OrganizationId, TeamId, UserId
from kalends.access.place import Place, Standing
from kalends.access.refusals import (
    NoRole,
    NoSuchOrganization,
    TeamNotInOrganization,
    UnknownTeam,
    UserNotInOrganization,
    UserNotInTeam,
    WeakRole,
)
from kalends.access.roles import Holder, Requirement
from kalends.api.dependencies import Reader
from kalends.api.document.openapi import Documented
from kalends.api.output.errors import Refusals
from kalends.auth.declaration import Declaration
from kalends.auth.dependencies import CREDENTIALS_OF_A_PLACE, Authenticated, Caller
from kalends.auth.principal import NO_PERMISSION, Permission, Principal
from kalends.memberships.membership import Role

_RULES_TEAMS = Requirement(Holder.ORGANIZATION, Role.ADMIN)
"""The role in an organization that makes a role in its teams unnecessary."""

_RULES_A_TEAM = Requirement(Holder.TEAM, Role.ADMIN)
"""The role in some team of an organization."""

_NOBODY = 0
"""The id of no user."""


@dataclass(frozen=True, slots=True)
class OrganizationGuard(Documented):
    """Admit callers with a role in the organization of `{orgId}`.

    Raises:
        NoRole: there is no such organization, or the caller is no accepted member of it.
        WeakRole: the role does not suffice.
    """

    weakest: Role
    refusals: ClassVar[Refusals] = (NoRole, WeakRole)
    parameters = CREDENTIALS_OF_A_PLACE

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return Declaration(("Auth", "Org", "Roles"), str(self._requirement))

    async def __call__(self, caller: Caller, organization_id: OrganizationId, connection: Reader) -> Place:
        """Return the organization's place."""
        found = await queries.find_place(connection, caller.user.id, organization_id=organization_id)
        _check_organization(caller, found, organization_id)
        _check_role(caller, found.organization_role, self._requirement, organization_id)
        return _place(caller, found, organization_id=organization_id)

    @property
    def _requirement(self) -> Requirement:
        return Requirement(Holder.ORGANIZATION, self.weakest)


@dataclass(frozen=True, slots=True)
class TeamGuard:
    """Admit callers with a role in the team of `{teamId}`, which may be an organization.

    Raises:
        NoRole: there is no such team, or the caller is no accepted member of it.
        WeakRole: the role does not suffice. A role in the organization of the team does not help here.
        UnknownTeam: a system administrator asks for a team that does not exist.
    """

    weakest: Role
    refusals: ClassVar[Refusals] = (NoRole, WeakRole, UnknownTeam)

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return Declaration(("Auth", "Roles"), str(self._requirement))

    async def __call__(self, caller: Caller, team_id: TeamId, connection: Reader) -> Place:
        """Return the team's place."""
        found = await queries.find_place(connection, caller.user.id, team_id=team_id)
        if found.team_role is None and not caller.user.is_system_admin:
            raise NoRole("team", team_id)
        _check_role(caller, found.team_role, self._requirement, team_id)
        if not found.is_team:
            raise UnknownTeam(team_id)
        return _place(caller, found, team_id=team_id)

    @property
    def _requirement(self) -> Requirement:
        return Requirement(Holder.TEAM, self.weakest)


@dataclass(frozen=True, slots=True)
class OrganizationTeamGuard(Documented):
    """Admit callers with a role in the team of `{teamId}` in the organization of `{orgId}`, or in the latter.

    Where a role in the team is required, ADMINs and OWNERs of the organization have it; all others need to be
    members of both.

    Raises:
        NoRole: there is no such organization, or the caller is no accepted member of it, or of the team.
        WeakRole: the role does not suffice.
        TeamNotInOrganization: the role suffices, and the organization has no such team.
    """

    requirement: Requirement
    refusals: ClassVar[Refusals] = (NoRole, WeakRole, TeamNotInOrganization)
    parameters = CREDENTIALS_OF_A_PLACE

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return Declaration(("Auth", "Org", "Roles", "TeamInOrg"), str(self.requirement))

    async def __call__(
        self, caller: Caller, organization_id: OrganizationId, team_id: TeamId, connection: Reader
    ) -> Place:
        """Return the team's place."""
        found = await queries.find_place(
            connection, caller.user.id, organization_id=organization_id, team_id=team_id
        )
        _check_organization(caller, found, organization_id)
        self._check_role(caller, found, organization_id, team_id)
        if not found.is_team_in_organization:
            raise TeamNotInOrganization(team_id, organization_id)
        return _place(caller, found, organization_id=organization_id, team_id=team_id)

    def _check_role(
        self, caller: Principal, found: queries.FoundPlace, organization_id: int, team_id: int
    ) -> None:
        if self.requirement.holder is Holder.ORGANIZATION:
            _check_role(caller, found.organization_role, self.requirement, organization_id)
        elif not _RULES_TEAMS.is_met_by(found.organization_role):
            if found.team_role is None and not caller.user.is_system_admin:
                raise NoRole("team", team_id)
            _check_role(caller, found.team_role, self.requirement, team_id)


@dataclass(frozen=True, slots=True)
class TeamsInOrganizationGuard(Documented):
    """Admit ADMINs and OWNERs of the organization of `{orgId}`, and those of one of its teams.

    Raises:
        NoRole: there is no such organization, or the caller is no accepted member of it.
        WeakRole: the caller rules neither the organization nor any of its teams.
    """

    refusals: ClassVar[Refusals] = (NoRole, WeakRole)
    parameters = CREDENTIALS_OF_A_PLACE
    declaration: ClassVar[Declaration] = Declaration(("Auth", "Org", "Roles"), str(_RULES_A_TEAM))

    async def __call__(self, caller: Caller, organization_id: OrganizationId, connection: Reader) -> Place:
        """Return the organization's place."""
        found = await queries.find_place(connection, caller.user.id, organization_id=organization_id)
        _check_organization(caller, found, organization_id)
        place = _place(caller, found, organization_id=organization_id)
        if place.ruler_id is not None and not await queries.rules_team_in(
            connection, place.ruler_id, organization_id
        ):
            raise WeakRole(_RULES_A_TEAM, organization_id)
        return place


class TeamOfOrganizationGuard(Documented):
    """Admit everybody to the team of `{teamId}` in the organization of `{orgId}`.

    Raises:
        NoSuchOrganization: there is no such organization.
        TeamNotInOrganization: the organization has no such team.
    """

    refusals: ClassVar[Refusals] = (NoSuchOrganization, TeamNotInOrganization)
    parameters = CREDENTIALS_OF_A_PLACE
    declaration: ClassVar[Declaration] = Declaration(("Org", "TeamInOrg"))

    async def __call__(self, organization_id: OrganizationId, team_id: TeamId, connection: Reader) -> int:
        """Return the id of the team."""
        found = await queries.find_place(
            connection, _NOBODY, organization_id=organization_id, team_id=team_id
        )
        if not found.is_organization:
            raise NoSuchOrganization(organization_id)
        if not found.is_team_in_organization:
            raise TeamNotInOrganization(team_id, organization_id)
        return team_id


async def team_of_path(team_id: TeamId) -> int:
    """Return the id of the team of `{teamId}`, which may not exist; public."""
    return team_id


organization_member = OrganizationGuard(Role.MEMBER)
organization_admin = OrganizationGuard(Role.ADMIN)
organization_owner = OrganizationGuard(Role.OWNER)
team_member = TeamGuard(Role.MEMBER)
team_admin = TeamGuard(Role.ADMIN)
team_owner = TeamGuard(Role.OWNER)
organization_team_member = OrganizationTeamGuard(Requirement(Holder.TEAM, Role.MEMBER))
organization_team_admin = OrganizationTeamGuard(Requirement(Holder.TEAM, Role.ADMIN))
teams_in_organization = TeamsInOrganizationGuard()
team_of_organization = TeamOfOrganizationGuard()
team_in_organization = OrganizationTeamGuard(Requirement(Holder.ORGANIZATION, Role.ADMIN))

OrganizationMember: TypeAlias = Annotated[Place, Depends(organization_member)]
OrganizationAdmin: TypeAlias = Annotated[Place, Depends(organization_admin)]
OrganizationOwner: TypeAlias = Annotated[Place, Depends(organization_owner)]
TeamMember: TypeAlias = Annotated[Place, Depends(team_member)]
TeamAdmin: TypeAlias = Annotated[Place, Depends(team_admin)]
TeamOwner: TypeAlias = Annotated[Place, Depends(team_owner)]
OrganizationTeamMember: TypeAlias = Annotated[Place, Depends(organization_team_member)]
OrganizationTeamAdmin: TypeAlias = Annotated[Place, Depends(organization_team_admin)]
TeamsInOrganization: TypeAlias = Annotated[Place, Depends(teams_in_organization)]
TeamInOrganization: TypeAlias = Annotated[Place, Depends(team_in_organization)]


class UserInOrganizationGuard:
    """Admit ADMINs of an organization to a user of it, `{userId}`, whom the place is about from then on.

    Raises:
        what `OrganizationGuard` raises;
        UserNotInOrganization: the organization has no profile of this user.
    """

    refusals: ClassVar[Refusals] = (*OrganizationGuard.refusals, UserNotInOrganization)
    declaration: ClassVar[Declaration] = organization_admin.declaration.followed_by("UserInOrg")

    async def __call__(self, place: OrganizationAdmin, user_id: UserId, connection: Reader) -> Place:
        """Return the user's place."""
        is_known = await queries.has_profile(connection, user_id, place.organization_id)
        if not is_known:
            raise UserNotInOrganization(user_id, place.organization_id)
        return replace(place, user_id=user_id)


class UserInTeamGuard:
    """Admit ADMINs of a team in an organization to a member of it, `{userId}`, whom the place is about then.

    Raises:
        what `OrganizationTeamGuard` raises;
        UserNotInTeam: the organization has no profile of this user, or the team no accepted membership.
    """

    refusals: ClassVar[Refusals] = (*OrganizationTeamGuard.refusals, UserNotInTeam)
    declaration: ClassVar[Declaration] = organization_team_admin.declaration.followed_by("UserInTeam")

    async def __call__(self, place: OrganizationTeamAdmin, user_id: UserId, connection: Reader) -> Place:
        """Return the user's place."""
        is_known = await queries.has_profile_and_membership(
            connection, user_id, place.organization_id, place.team_id
        )
        if not is_known:
            raise UserNotInTeam(user_id, place.team_id)
        return replace(place, user_id=user_id)


class OwnGuard(Documented):
    """Admit everybody to what is theirs.

    Raises:
        what `Authenticated` raises.
    """

    refusals: ClassVar[Refusals] = Authenticated.refusals
    parameters = Authenticated.parameters

    def __init__(self, permissions: Permission = NO_PERMISSION) -> None:
        self._authenticated = Authenticated(permissions)

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return self._authenticated.declaration

    async def __call__(self, request: Request) -> Place:
        """Return the caller's own place."""
        caller = await self._authenticated(request)
        return Place(caller, caller.user.id)


user_in_organization = UserInOrganizationGuard()
user_in_team = UserInTeamGuard()

UserInOrganization: TypeAlias = Annotated[Place, Depends(user_in_organization)]
UserInTeam: TypeAlias = Annotated[Place, Depends(user_in_team)]


def _check_organization(caller: Principal, found: queries.FoundPlace, organization_id: int) -> None:
    is_let_in = found.organization_role is not None or caller.user.is_system_admin
    if not (found.is_organization and is_let_in):
        raise NoRole("organization", organization_id)


def _check_role(caller: Principal, role: Role | None, requirement: Requirement, place_id: int) -> None:
    if not (requirement.is_met_by(role) or caller.user.is_system_admin):
        raise WeakRole(requirement, place_id)


def _place(
    caller: Principal,
    found: queries.FoundPlace,
    *,
    organization_id: int | None = None,
    team_id: int | None = None,
) -> Place:
    organization = None
    if organization_id is not None:
        organization = Standing(organization_id, found.organization_role, found.is_platform)
    team = None if team_id is None else Standing(team_id, found.team_role)
    return Place(caller, caller.user.id, organization, team)
