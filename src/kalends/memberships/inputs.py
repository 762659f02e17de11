"""The wire of memberships, in (organizations-teams.md 3)."""

from typing import Annotated

from pydantic import Field

from kalends.api.input.changes import NOT_SENT, UNSET
from kalends.api.input.fields import Boolean, Integer, QueryInteger
from kalends.api.wire import Body, Changes
from kalends.memberships.member import AddMember, MemberChanges
from kalends.memberships.membership import Role, RoleName


class CreateMembershipBody(Body):
    """Who is to be a member, as what, and whether they have accepted."""

    user_id: Integer
    accepted: Boolean = False
    role: RoleName = "MEMBER"
    disable_impersonation: Boolean = False

    def to_command(self) -> AddMember:
        """Return the command that this body stands for."""
        return AddMember(self.user_id, Role(self.role), self.accepted, self.disable_impersonation)


class UpdateMembershipBody(Changes):
    """Changes of a membership."""

    accepted: Boolean = NOT_SENT
    role: RoleName = NOT_SENT
    disable_impersonation: Boolean = NOT_SENT

    def to_changes(self) -> MemberChanges:
        """Return the changes that this body stands for."""
        return MemberChanges(
            role=UNSET if self.role is NOT_SENT else Role(self.role),
            accepted=self.accepted,
            disable_impersonation=self.disable_impersonation,
        )


class MembershipsQuery(Body):
    """Which part of a list to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
