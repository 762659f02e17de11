"""A membership with the person whose it is."""

from dataclasses import dataclass
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.memberships.membership import Membership, Role


@dataclass(frozen=True, slots=True)
class Member(Membership):
    """A membership, and what is shown of its user."""

    avatar_url: str | None
    username: str
    name: str | None
    email: str
    bio: str | None
    metadata: dict[str, Any] | None

    @property
    def rules(self) -> bool:
        """Whether this is an accepted ADMIN or OWNER."""
        return self.accepted and self.role.is_at_least(Role.ADMIN)


@dataclass(frozen=True, slots=True)
class AddMember:
    """A membership to make; `accepted` as it is asked for, which is not always for the asker to say."""

    user_id: int
    role: Role = Role.MEMBER
    accepted: bool = False
    disable_impersonation: bool = False


@dataclass(frozen=True, slots=True)
class MemberChanges(ChangesOf[Member]):
    """What a request changes of a membership."""

    role: Role | Unset = UNSET
    accepted: bool | Unset = UNSET
    disable_impersonation: bool | Unset = UNSET
