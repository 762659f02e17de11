"""What a request says about an event type of a team."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from kalends.api.input.changes import UNSET, Unset
from kalends.event_types.event_type import SchedulingType
from kalends.event_types.settings.changes import SettingsChanges

Priority: TypeAlias = Literal["lowest", "low", "medium", "high", "highest"]

PRIORITIES: tuple[Priority, ...] = get_args(Priority)
"""The priorities of a host, by their numbers."""

MEDIUM = PRIORITIES.index("medium")
WEIGHT = 100
"""The weight of a host of whom nothing else is said."""


@dataclass(frozen=True, slots=True)
class NamedHost:
    """A host whom a request names.

    Who is a host already keeps what is `UNSET`. A weight of None is the usual one, a schedule of None the
    host's default.
    """

    user_id: int
    is_mandatory: bool = False
    priority: int = MEDIUM
    weight: int | Unset | None = UNSET
    schedule_id: int | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody who is to host an event type, and how."""

    user_id: int
    is_fixed: bool
    priority: int = MEDIUM
    weight: int = WEIGHT
    schedule_id: int | None = None


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who is to host, as far as a request says it: all members, or those who are named; None says nothing."""

    assigns_all: bool | None = None
    named: Sequence[NamedHost] | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What only event types of teams have, besides hosts."""

    scheduling_type: SchedulingType
    assign_all_team_members: bool = False
    reschedule_with_same_round_robin_host: bool = False


@dataclass(frozen=True, slots=True)
class TeamChanges:
    """What a request says about an event type of a team; what it does not say stays.

    `scheduling_type` is said of every new one, and never changes.
    """

    settings: SettingsChanges
    staffing: Staffing
    scheduling_type: SchedulingType | None = None
    keeps_host: bool | None = None

    def traits_after(self, before: Traits) -> Traits:
        """Return the traits with what the request says of them."""
        assigns_all, keeps_host = self.staffing.assigns_all, self.keeps_host
        return replace(
            before,
            assign_all_team_members=before.assign_all_team_members if assigns_all is None else assigns_all,
            reschedule_with_same_round_robin_host=before.reschedule_with_same_round_robin_host
            if keeps_host is None
            else keeps_host,
        )
