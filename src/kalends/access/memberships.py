"""The guard of a membership, which may also admit the person whom the membership invites.

A person who was made a member and has not accepted yet has no role. Their own membership they may read, and
accept. These are the only guards that look at a body, for what they admit to is a certain one: a PATCH of
exactly `{"accepted": true}`. Everything else is refused as it would be without them.
"""

from dataclasses import dataclass, replace
from enum import Enum
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from kalends.access import queries
from kalends.access.guards import (
    OrganizationGuard,
    OrganizationTeamGuard,
    TeamGuard,
    organization_admin,
    organization_team_admin,
    team_admin,
)
from kalends.access.paths import MembershipId
from kalends.access.place import Place, Standing
from kalends.access.refusals import UnknownMembership
from kalends.api.dependencies import Reader
from kalends.api.document.openapi import Documented
from kalends.api.http.context import context_of
from kalends.api.output.errors import Forbidden, Refusals
from kalends.auth.declaration import Declaration
from kalends.auth.principal import Principal
from kalends.db.database import Connection

PlaceGuard: TypeAlias = OrganizationGuard | TeamGuard | OrganizationTeamGuard

_MOST_DIGITS = 10


class InvitedMay(Enum):
    """What somebody may do to the membership that invites them before they have accepted it."""

    NOTHING = 0
    READ = 1
    ACCEPT = 2


class AdminOrInvitedGuard(Documented):
    """Admit whom the guard of a place admits, and whom the membership of the path invites there.

    It asks for the request and whatever the other guard asks for.
    """

    def __init__(self, admin: PlaceGuard, invited_may: InvitedMay) -> None:
        self._admin = admin
        self._invited_may = invited_may
        self.refusals: Refusals = admin.refusals
        self.declaration: Declaration = admin.declaration
        self.parameters = admin.parameters if isinstance(admin, Documented) else ()
        self.__signature__ = Signature(
            [_parameter("request", Request), *signature(admin).parameters.values()]
        )

    async def __call__(
        self, request: Request, caller: Principal, connection: Connection, **place_ids: int
    ) -> Place:
        """Return the place, with the membership if that is why the caller is admitted."""
        try:
            return await self._admin(caller=caller, connection=connection, **place_ids)
        except Forbidden:
            if not self._may_ask(context_of(request.scope).json):
                raise
            membership_id = _id_of(request.path_params["membershipId"])
            if membership_id is None:
                raise
            place = await _find_invited(connection, caller, membership_id, **place_ids)
            if place is None:
                raise
            return place

    def _may_ask(self, body: object) -> bool:
        match self._invited_may:
            case InvitedMay.NOTHING:
                return False
            case InvitedMay.READ:
                return True
            case InvitedMay.ACCEPT:
                return isinstance(body, dict) and list(body) == ["accepted"] and body["accepted"] is True


class MembershipGuard:
    """Admit ADMINs of a place to a membership in it, `{membershipId}`, and whom it invites to what they may.

    Raises:
        what the guard of the place raises;
        UnknownMembership: it is none of this place; one of a team is none of the organization around it.
    """

    def __init__(self, admin: PlaceGuard, declaration: Declaration, invited_may: InvitedMay) -> None:
        of_place = AdminOrInvitedGuard(admin, invited_may)
        self.refusals: Refusals = (*admin.refusals, UnknownMembership)
        self.declaration = declaration
        self.__signature__ = Signature(
            [
                _parameter("place", Annotated[Place, Depends(of_place)]),
                _parameter("membership_id", MembershipId),
                _parameter("connection", Reader),
            ]
        )

    async def __call__(self, place: Place, membership_id: int, connection: Connection) -> Place:
        """Return the membership's place."""
        if place.membership_id is not None:
            return place
        if not await queries.has_membership(connection, membership_id, place.own_id):
            raise UnknownMembership(membership_id, place.own_id)
        return replace(place, membership_id=membership_id)


@dataclass(frozen=True, slots=True)
class MembershipGuards:
    """The guards of the operations on a membership of one kind of place."""

    reading: MembershipGuard
    changing: MembershipGuard
    removing: MembershipGuard


async def _find_invited(
    connection: Connection,
    caller: Principal,
    membership_id: int,
    *,
    organization_id: int | None = None,
    team_id: int | None = None,
) -> Place | None:
    """Return the place of a membership that invites the caller; None: there is none such."""
    is_invited = await queries.invites(
        connection, membership_id, caller.user.id, organization_id=organization_id, team_id=team_id
    )
    if not is_invited:
        return None
    found = await queries.find_place(
        connection, caller.user.id, organization_id=organization_id, team_id=team_id
    )
    # Whom a team of an organization invites has a role in the latter as a rule.
    organization = None if organization_id is None else Standing(organization_id, found.organization_role)
    team = None if team_id is None else Standing(team_id, found.team_role)
    return Place(caller, caller.user.id, organization, team, membership_id=membership_id)


def _id_of(sent: str) -> int | None:
    """Return the id that a path names; None for what the rules of paths will refuse."""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= _MOST_DIGITS else None


def _parameter(name: str, asked: Any) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=asked)


def _guards_of(admin: PlaceGuard, declaration: Declaration) -> MembershipGuards:
    return MembershipGuards(
        reading=MembershipGuard(admin, declaration, InvitedMay.READ),
        changing=MembershipGuard(admin, declaration, InvitedMay.ACCEPT),
        removing=MembershipGuard(admin, declaration, InvitedMay.NOTHING),
    )


of_organization = _guards_of(organization_admin, organization_admin.declaration.followed_by("MembInOrg"))
of_team = _guards_of(team_admin, team_admin.declaration)
of_organization_team = _guards_of(organization_team_admin, organization_team_admin.declaration)
