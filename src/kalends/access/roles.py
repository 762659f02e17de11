"""Which role an operation demands in a team or an organization (http-core.md 9.2)."""

from dataclasses import dataclass
from enum import Enum

from kalends.memberships.membership import Role


class Holder(Enum):
    """Where a role is demanded, in the contract's words."""

    ORGANIZATION = "ORG"
    TEAM = "TEAM"


@dataclass(frozen=True, slots=True)
class Requirement:
    """The weakest role that passes, and what it is a role in."""

    holder: Holder
    weakest: Role

    def __str__(self) -> str:
        """Return the contract's word, such as `ORG_ADMIN`."""
        return f"{self.holder.value}_{self.weakest.value}"

    def is_met_by(self, role: Role | None) -> bool:
        """Tell whether a role suffices; None stands for no role."""
        return role is not None and role.is_at_least(self.weakest)
