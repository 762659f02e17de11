"""Guards of memberships that also admit whom a membership invites.

A person who was made a member and has not accepted yet has no role. Their own membership they may read, and
accept. These are the only guards that look at a body, for what they admit to is a certain one: a PATCH of
exactly `{"accepted": true}`. Everything else is refused as it would be without them.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends, Request

from kalends.access import queries
from kalends.access.guards import (
    OrganizationGuard,
    OrganizationTeamGuard,
    TeamGuard,
    membership_in_organization,
    membership_in_organization_team,
    membership_in_team,
    organization_admin,
    organization_team_admin,
    team_admin,
)
from kalends.access.paths import MembershipId, OrganizationId, TeamId
from kalends.access.place import Place, Standing
from kalends.access.refusals import UnknownMembership
from kalends.api.dependencies import Reader
from kalends.api.document.openapi import Documented
from kalends.api.http.context import context_of
from kalends.api.output.errors import DomainError, Forbidden
from kalends.auth.declaration import Declaration
from kalends.auth.dependencies import CREDENTIALS_OF_A_PLACE, Caller
from kalends.auth.principal import Principal
from kalends.db.database import Connection


@dataclass(frozen=True, slots=True)
class _Invited:
    """Whether the caller is invited by the membership of a path, and asks for no more than they may."""

    may_accept: bool

    async def find(
        self,
        request: Request,
        connection: Connection,
        caller: Principal,
        *,
        organization_id: int | None = None,
        team_id: int | None = None,
    ) -> Place | None:
        """Return the place of a membership that invites the caller; None: there is none such."""
        if self.may_accept and not _accepts(context_of(request.scope).json):
            return None
        sent = request.path_params["membershipId"]
        if not sent.isascii() or not sent.isdigit() or len(sent) > _MOST_DIGITS:
            return None
        is_invited = await queries.invites(
            connection, int(sent), caller.user.id, organization_id=organization_id, team_id=team_id
        )
        if not is_invited:
            return None
        found = await queries.find_place(
            connection, caller.user.id, organization_id=organization_id, team_id=team_id
        )
        # Whom a team of an organization invites has a role in the latter as a rule.
        organization = None if organization_id is None else Standing(organization_id, found.organization_role)
        team = None if team_id is None else Standing(team_id, found.team_role)
        return Place(caller, caller.user.id, organization, team, membership_id=int(sent))


_MOST_DIGITS = 10


def _accepts(body: object) -> bool:
    return isinstance(body, dict) and list(body) == ["accepted"] and body["accepted"] is True


@dataclass(frozen=True, slots=True)
class _AdminOrInvitedToOrganization(Documented):
    """Admit ADMINs of an organization, and whom its membership of the path invites."""

    invited: _Invited
    refusals: ClassVar[tuple[type[DomainError], ...]] = OrganizationGuard.refusals
    parameters = CREDENTIALS_OF_A_PLACE
    declaration: ClassVar[Declaration] = organization_admin.declaration

    async def __call__(
        self, request: Request, caller: Caller, organization_id: OrganizationId, connection: Reader
    ) -> Place:
        """Return the organization's place, with the membership if it invites the caller."""
        try:
            return await organization_admin(caller, organization_id, connection)
        except Forbidden:
            found = await self.invited.find(request, connection, caller, organization_id=organization_id)
            if found is None:
                raise
            return found


@dataclass(frozen=True, slots=True)
class _AdminOrInvitedToTeam:
    """Admit ADMINs of a team, and whom its membership of the path invites."""

    invited: _Invited
    refusals: ClassVar[tuple[type[DomainError], ...]] = TeamGuard.refusals
    declaration: ClassVar[Declaration] = team_admin.declaration

    async def __call__(self, request: Request, caller: Caller, team_id: TeamId, connection: Reader) -> Place:
        """Return the team's place, with the membership if it invites the caller."""
        try:
            return await team_admin(caller, team_id, connection)
        except Forbidden:
            found = await self.invited.find(request, connection, caller, team_id=team_id)
            if found is None:
                raise
            return found


@dataclass(frozen=True, slots=True)
class _AdminOrInvitedToOrganizationTeam(Documented):
    """Admit ADMINs of a team in an organization, and whom the team's membership of the path invites."""

    invited: _Invited
    refusals: ClassVar[tuple[type[DomainError], ...]] = OrganizationTeamGuard.refusals
    parameters = CREDENTIALS_OF_A_PLACE
    declaration: ClassVar[Declaration] = organization_team_admin.declaration

    async def __call__(
        self,
        request: Request,
        caller: Caller,
        organization_id: OrganizationId,
        team_id: TeamId,
        connection: Reader,
    ) -> Place:
        """Return the team's place, with the membership if it invites the caller."""
        try:
            return await organization_team_admin(caller, organization_id, team_id, connection)
        except Forbidden:
            found = await self.invited.find(
                request, connection, caller, organization_id=organization_id, team_id=team_id
            )
            if found is None:
                raise
            return found


_reading, _accepting = _Invited(may_accept=False), _Invited(may_accept=True)
_organization_reading = _AdminOrInvitedToOrganization(_reading)
_organization_accepting = _AdminOrInvitedToOrganization(_accepting)
_team_reading = _AdminOrInvitedToTeam(_reading)
_team_accepting = _AdminOrInvitedToTeam(_accepting)
_organization_team_reading = _AdminOrInvitedToOrganizationTeam(_reading)
_organization_team_accepting = _AdminOrInvitedToOrganizationTeam(_accepting)

_ToReadInOrganization: TypeAlias = Annotated[Place, Depends(_organization_reading)]
_ToAcceptInOrganization: TypeAlias = Annotated[Place, Depends(_organization_accepting)]
_ToReadInTeam: TypeAlias = Annotated[Place, Depends(_team_reading)]
_ToAcceptInTeam: TypeAlias = Annotated[Place, Depends(_team_accepting)]
_ToReadInOrganizationTeam: TypeAlias = Annotated[Place, Depends(_organization_team_reading)]
_ToAcceptInOrganizationTeam: TypeAlias = Annotated[Place, Depends(_organization_team_accepting)]


class MembershipToReadInOrganizationGuard:
    """Admit to a membership in an organization its ADMINs, and whom it invites."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_organization.refusals
    declaration: ClassVar[Declaration] = membership_in_organization.declaration

    async def __call__(
        self, place: _ToReadInOrganization, membership_id: MembershipId, connection: Reader
    ) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.organization_id)


class MembershipToChangeInOrganizationGuard:
    """Admit to a change of a membership in an organization its ADMINs, and to accept it whom it invites."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_organization.refusals
    declaration: ClassVar[Declaration] = membership_in_organization.declaration

    async def __call__(
        self, place: _ToAcceptInOrganization, membership_id: MembershipId, connection: Reader
    ) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.organization_id)


class MembershipToReadInTeamGuard:
    """Admit to a membership in a team its ADMINs, and whom it invites."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_team.refusals
    declaration: ClassVar[Declaration] = membership_in_team.declaration

    async def __call__(self, place: _ToReadInTeam, membership_id: MembershipId, connection: Reader) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.team_id)


class MembershipToChangeInTeamGuard:
    """Admit to a change of a membership in a team its ADMINs, and to accept it whom it invites."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_team.refusals
    declaration: ClassVar[Declaration] = membership_in_team.declaration

    async def __call__(
        self, place: _ToAcceptInTeam, membership_id: MembershipId, connection: Reader
    ) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.team_id)


class MembershipToReadInOrganizationTeamGuard:
    """Admit to a membership in a team of an organization the ADMINs of both, and whom it invites."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_organization_team.refusals
    declaration: ClassVar[Declaration] = membership_in_organization_team.declaration

    async def __call__(
        self, place: _ToReadInOrganizationTeam, membership_id: MembershipId, connection: Reader
    ) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.team_id)


class MembershipToChangeInOrganizationTeamGuard:
    """Admit to a change of a membership in a team of an organization the ADMINs of both, and to accept it
    whom it invites.
    """

    refusals: ClassVar[tuple[type[DomainError], ...]] = membership_in_organization_team.refusals
    declaration: ClassVar[Declaration] = membership_in_organization_team.declaration

    async def __call__(
        self, place: _ToAcceptInOrganizationTeam, membership_id: MembershipId, connection: Reader
    ) -> Place:
        """Return the membership's place."""
        return await _place_of(connection, place, membership_id, place.team_id)


membership_to_read_in_organization = MembershipToReadInOrganizationGuard()
membership_to_change_in_organization = MembershipToChangeInOrganizationGuard()
membership_to_read_in_team = MembershipToReadInTeamGuard()
membership_to_change_in_team = MembershipToChangeInTeamGuard()
membership_to_read_in_organization_team = MembershipToReadInOrganizationTeamGuard()
membership_to_change_in_organization_team = MembershipToChangeInOrganizationTeamGuard()


async def _place_of(connection: Connection, place: Place, membership_id: int, team_id: int) -> Place:
    if place.membership_id is not None:
        return place
    if not await queries.has_membership(connection, membership_id, team_id):
        raise UnknownMembership(membership_id, team_id)
    return replace(place, membership_id=membership_id)
