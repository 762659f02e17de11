"""A membership: somebody's place in a team or an organization."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, TypeAlias

RoleName: TypeAlias = Literal["MEMBER", "ADMIN", "OWNER"]


class Role(Enum):
    """The role of a member. Somebody who was invited and has not accepted has none yet."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
    OWNER = "OWNER"

    def is_at_least(self, weakest: "Role") -> bool:
        """Tell whether this role may do everything that another may."""
        return _ORDER.index(self) >= _ORDER.index(weakest)


_ORDER = (Role.MEMBER, Role.ADMIN, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Membership:
    """A user in a team, or in an organization; until it is `accepted` the user is only invited."""

    id: int
    team_id: int
    user_id: int
    role: Role
    accepted: bool
    disable_impersonation: bool

    @property
    def snapshot(self) -> dict[str, Any]:
        """What the audit log tells of it."""
        return {
            "userId": self.user_id,
            "teamId": self.team_id,
            "role": self.role.value,
            "accepted": self.accepted,
            "disableImpersonation": self.disable_impersonation,
        }


@dataclass(frozen=True, slots=True)
class Administered:
    """What somebody is an accepted ADMIN or OWNER of: all teams and organizations, `ruled_ids`.

    `place_ids` are those whose members they see the bookings of (bookings.md 5.3): their main organization,
    or, if they have none, teams that are in no organization.
    """

    place_ids: tuple[int, ...]
    ruled_ids: tuple[int, ...]
