"""The wire of memberships, out (organizations-teams.md 1.2)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.memberships.member import Member
from kalends.memberships.membership import RoleName


class MembershipUserOutput(TypedDict):
    """The person of a membership.

    `metadata` is absent while there are none; of somebody who has not accepted, others see neither them nor
    `email`.
    """

    avatarUrl: str | None
    username: str
    name: str | None
    email: NotRequired[str]
    bio: str | None
    metadata: NotRequired[dict[str, Any]]


class BareMembershipOutput(TypedDict):
    """A membership without its person."""

    id: int
    userId: int
    teamId: int
    accepted: bool
    role: RoleName
    disableImpersonation: bool


class MembershipOutput(BareMembershipOutput):
    """A membership with its person."""

    user: MembershipUserOutput


def bare_membership_output(member: Member) -> BareMembershipOutput:
    """Return a membership without its person."""
    return {
        "id": member.id,
        "userId": member.user_id,
        "teamId": member.team_id,
        "accepted": member.accepted,
        "role": member.role.value,
        "disableImpersonation": member.disable_impersonation,
    }


def membership_output(member: Member, *, is_disclosed: bool) -> MembershipOutput:
    """Return a membership with its person; `is_disclosed`: all of them, if they have accepted or not."""
    user: MembershipUserOutput = {
        "avatarUrl": member.avatar_url,
        "username": member.username,
        "name": member.name,
        "bio": member.bio,
    }
    if is_disclosed or member.accepted:
        user["email"] = member.email
        if member.metadata is not None:
            user["metadata"] = member.metadata
    return {**bare_membership_output(member), "user": user}
