"""Whose bookings a list shows (bookings.md 5.3 and 5.5)."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class OfUser:
    """What a user organizes or attends."""

    user_id: int


@dataclass(frozen=True, slots=True)
class OfUsers:
    """What any of some users organize or attend."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfOrganization:
    """What accepted members of an organization organize or attend, and what is booked of its teams."""

    organization_id: int


@dataclass(frozen=True, slots=True)
class OfTeam:
    """What is booked of a team's event types, or of what its members have of them as managed ones."""

    team_id: int


@dataclass(frozen=True, slots=True)
class OfAdministrator:
    """What a user organizes or attends, what accepted members of some places do, and what is booked of teams.

    `place_ids` are the organization, or the teams in none, whose members the user administers; `ruled_ids`
    are all teams and organizations that they are an ADMIN or OWNER of.
    """

    user_id: int
    place_ids: tuple[int, ...]
    ruled_ids: tuple[int, ...]


Scope: TypeAlias = OfUser | OfUsers | OfOrganization | OfTeam | OfAdministrator
