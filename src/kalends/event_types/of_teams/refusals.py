"""Why an operation on event types of teams is refused."""

from collections.abc import Sequence

from kalends.api.output.errors import BadRequest, Conflict, Forbidden, NotFound, Refusals
from kalends.event_types.event_type import SchedulingType
from kalends.event_types.refusals import OF_SETTINGS, FormWithoutContact, ScheduleNotYours


class EventTypeNotInTeam(NotFound):
    """404: the team has no event type with this id."""

    message = "This team has no event type with this id."


class EventTypeToChangeNotInTeam(BadRequest):
    """400: the team has no event type with this id to change; clients know this as 400."""

    message = "This team has no event type with this id."


class TeamEventTypeSlugTaken(BadRequest):
    """400: the team has another event type with this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"slug: the team has an event type with the slug {slug!r} already.")


class SchedulingTypeFixed(BadRequest):
    """400: an event type would get another scheduling type than it was made with."""

    def __init__(self, is_now: SchedulingType) -> None:
        super().__init__(f"schedulingType: this event type is {is_now.value}, which cannot be changed.")


class HostsNotInTeam(NotFound):
    """404: somebody who is to host is not a member of the team."""

    def __init__(self, user_ids: Sequence[int]) -> None:
        super().__init__(f"hosts: not members of the team are {_listed(user_ids)}.")


class HostsNotAccepted(Forbidden):
    """403: somebody who is to host has not accepted their membership of the team."""

    def __init__(self, user_ids: Sequence[int]) -> None:
        super().__init__(f"hosts: have not accepted their membership yet: {_listed(user_ids)}.")


class HostListedTwice(BadRequest):
    """400: somebody is named twice among the hosts."""

    code = "TRPCError"

    def __init__(self, user_id: int) -> None:
        super().__init__(f"hosts: {user_id} is listed twice.")


class UnknownScheduleOfHost(NotFound):
    """404: the schedule that a host is to host with does not exist."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"hosts: there is no schedule {schedule_id}.")


class ScheduleOfAnotherHost(Forbidden):
    """403: the schedule that a host is to host with is somebody else's."""

    def __init__(self, schedule_id: int, user_id: int) -> None:
        super().__init__(f"hosts: schedule {schedule_id} is none of {user_id}'s.")


class ScheduleNotOfTeam(NotFound):
    """404: neither the caller nor a member of the team has the schedule that the event type is to use."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"scheduleId: neither you nor a member of the team has a schedule {schedule_id}.")


class ManagedSlugTaken(Conflict):
    """409: a member has a copy with this slug of another event type, or has just made one of their own."""

    code = "CONFLICT"

    def __init__(self, slug: str, usernames: Sequence[str] = ()) -> None:
        if usernames:
            whose = ", ".join(usernames)
            super().__init__(f"slug: another managed event type of {whose} has the slug {slug!r} already.")
        else:
            super().__init__(f"slug: a member has just made an event type {slug!r}; send this again.")


class PhoneCallsNotConfigured(BadRequest):
    """400: this server has no provider of phone calls."""

    message = "Phone calls are not configured on this server."


def _listed(user_ids: Sequence[int]) -> str:
    return ", ".join(map(str, user_ids))


OF_TEAM_SETTINGS: Refusals = (
    *(one for one in OF_SETTINGS if one is not ScheduleNotYours),
    ScheduleNotOfTeam,
    HostsNotInTeam,
    HostsNotAccepted,
    HostListedTwice,
    UnknownScheduleOfHost,
    ScheduleOfAnotherHost,
    ManagedSlugTaken,
    FormWithoutContact,
)
"""The refusals of hosts, and of settings that rely on something missing, or contradict each other."""
