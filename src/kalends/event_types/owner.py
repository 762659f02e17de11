"""Whose an event type is, and who hosts it."""

from dataclasses import dataclass
from typing import TypeAlias

from kalends.accounts.user import User
from kalends.teams.team import Team


@dataclass(frozen=True, slots=True)
class UserOwner:
    """A user who owns something."""

    user: User


@dataclass(frozen=True, slots=True)
class TeamOwner:
    """A team or an organization that owns something."""

    team: Team


Owner: TypeAlias = UserOwner | TeamOwner


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody who hosts an event type.

    Those who are `is_fixed` must all be there; of the others, who rotate, one is enough. `schedule_id` None:
    the host's default schedule.
    """

    user: User
    is_fixed: bool = True
    priority: int = 2
    weight: int = 100
    schedule_id: int | None = None
