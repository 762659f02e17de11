"""The wire of event types of teams: answers (event-types.md 12.2)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from kalends.event_types.event_type import EventType, SchedulingType
from kalends.event_types.form.fields import effective_fields, system_field
from kalends.event_types.of_teams.changes import PRIORITIES, Priority
from kalends.event_types.of_teams.service import ListedEventTypes
from kalends.event_types.outputs import SettingsOutput, settings_output
from kalends.event_types.owner import Host, TeamOwner, UserOwner
from kalends.teams.settings import WholeTeam

_PHONE, _BEFORE_PHONE = "attendeePhoneNumber", "email"


class TeamHostOutput(TypedDict):
    """A host; only of a round robin `mandatory` and `priority` are shown, and a weight has an effect."""

    userId: int
    name: str
    mandatory: NotRequired[bool]
    priority: NotRequired[Priority]
    avatarUrl: NotRequired[str | None]
    weight: int | None
    scheduleId: int | None


class EventTypeTeamOutput(TypedDict):
    """The team of an event type; only the lists of a team show more than its id."""

    id: int | None
    name: NotRequired[str]
    slug: NotRequired[str | None]
    bannerUrl: NotRequired[str | None]
    logoUrl: NotRequired[str | None]
    weekStart: NotRequired[str]
    brandColor: NotRequired[str | None]
    darkBrandColor: NotRequired[str | None]
    theme: NotRequired[str | None]


class TeamEventTypeOutput(SettingsOutput, TypedDict):
    """An event type of a team, or a member's copy of a managed one, which belongs to the member."""

    teamId: int | None
    ownerId: int | None
    parentEventTypeId: int | None
    schedulingType: Literal["collective", "roundRobin", "managed"] | None
    hosts: list[TeamHostOutput]
    assignAllTeamMembers: NotRequired[bool]
    rescheduleWithSameRoundRobinHost: bool
    team: EventTypeTeamOutput


class DeletedTeamEventType(TypedDict):
    """What is left to say of an event type that was deleted."""

    id: int
    title: str


class PhoneCallOutput(TypedDict):
    """A call that was placed."""

    callId: str
    agentId: NotRequired[str]


def team_event_type_output(event_type: EventType) -> TeamEventTypeOutput:
    """Show an event type of a team, or a copy of one, to whoever rules it."""
    return _output(event_type, event_type.hosts, None, shows_private=True)


def whole_output(event_type: EventType, copies: Sequence[EventType]) -> list[TeamEventTypeOutput]:
    """Show a managed event type, followed by its copies."""
    return [team_event_type_output(one) for one in (event_type, *copies)]


def listed_output(
    listed: ListedEventTypes, event_type: EventType, *, hosts_limit: int | None
) -> TeamEventTypeOutput:
    """Show an event type in the list of its team."""
    hosts = event_type.hosts if listed.shows_hosts else ()
    if event_type.scheduling_type is not SchedulingType.MANAGED:
        hosts = hosts[:hosts_limit]
    return _output(event_type, hosts, listed.team, shows_private=listed.shows_private)


def deleted_output(event_type: EventType) -> DeletedTeamEventType:
    """Show what is left of a deleted event type."""
    return {"id": event_type.id, "title": event_type.title}


def _output(
    event_type: EventType, hosts: Sequence[Host], team: WholeTeam | None, *, shows_private: bool
) -> TeamEventTypeOutput:
    kind, owner = event_type.scheduling_type, event_type.owner
    is_copy = isinstance(owner, UserOwner)
    output: TeamEventTypeOutput = {
        **settings_output(_with_phone(event_type), event_type.id, shows_private=shows_private),
        "teamId": owner.team.id if isinstance(owner, TeamOwner) else None,
        "ownerId": owner.user.id if isinstance(owner, UserOwner) else None,
        "parentEventTypeId": event_type.parent_id,
        "schedulingType": None if kind is None else kind.value,
        "assignAllTeamMembers": event_type.assign_all_team_members,
        "hosts": [] if is_copy else [_host_output(host, kind) for host in hosts],
        "rescheduleWithSameRoundRobinHost": event_type.reschedule_with_same_round_robin_host,
        "team": {"id": owner.team.id if isinstance(owner, TeamOwner) else None},
    }
    if team is not None:
        output["team"] = _team_output(team)
    if is_copy:
        del output["assignAllTeamMembers"]
    return output


def _with_phone(event_type: EventType) -> EventType:
    """Return an event type whose form, if it has none of its own, has the field of a team's for a phone."""
    if event_type.booking_fields is not None:
        return event_type
    fields = effective_fields(event_type)
    names = [field.get("name") for field in fields]
    fields.insert(names.index(_BEFORE_PHONE) + 1, system_field(_PHONE))
    return replace(event_type, booking_fields=tuple(fields))


def _host_output(host: Host, kind: SchedulingType | None) -> TeamHostOutput:
    output: TeamHostOutput = {
        "userId": host.user.id,
        "name": host.user.name or "",
        "weight": None,
        "scheduleId": host.schedule_id,
    }
    if kind is SchedulingType.ROUND_ROBIN:
        output["mandatory"] = host.is_fixed
        output["priority"] = PRIORITIES[host.priority]
        output["weight"] = host.weight
    if kind is not SchedulingType.MANAGED:
        output["avatarUrl"] = host.user.avatar_url
    return output


def _team_output(team: WholeTeam) -> EventTypeTeamOutput:
    return {
        "id": team.id,
        "name": team.name,
        "slug": team.slug,
        "bannerUrl": team.banner_url,
        "logoUrl": team.logo_url,
        "weekStart": team.week_start,
        "brandColor": team.brand_color,
        "darkBrandColor": team.dark_brand_color,
        "theme": team.theme,
    }
