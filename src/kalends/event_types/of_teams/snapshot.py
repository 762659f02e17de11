"""What the audit log tells of an event type of a team."""

from typing import Any

from kalends.audit.entry import Author, Snapshot, Subject
from kalends.audit.ledger import Ledger
from kalends.event_types.event_type import EventType, SchedulingType, Settings
from kalends.event_types.of_teams.changes import PRIORITIES
from kalends.event_types.owner import Host, TeamOwner, UserOwner
from kalends.event_types.settings.table import SETTINGS

_OF_A_USER = "only what is done to event types of teams is written down"

_TOLD = ("title", "slug", "lengthInMinutes", "hidden", "scheduleId")
"""The settings whose values are told; of the others only that they changed."""


def ledger_of(event_type: EventType, author: Author) -> Ledger:
    """Return where it is written down what somebody does to an event type of a team.

    Raises:
        LookupError: it is no team's, which is a defect of ours.
    """
    match event_type.owner:
        case TeamOwner(team):
            return Ledger(author, team.id if team.parent_id is None else team.parent_id)
        case UserOwner():
            raise LookupError(_OF_A_USER)


def subject_of(event_type: EventType) -> Subject:
    """Return an event type as what somebody acts on."""
    return Subject("event-type", event_type.id)


def snapshot_of(event_type: EventType) -> Snapshot:
    """Return an event type by the names of the API, without most of its settings."""
    kind = event_type.scheduling_type
    told = {name: _value(event_type, name) for name in _TOLD}
    return {
        **told,
        "schedulingType": kind and kind.value,
        "assignAllTeamMembers": event_type.assign_all_team_members,
        "rescheduleWithSameRoundRobinHost": event_type.reschedule_with_same_round_robin_host,
        "hosts": [_host(host, kind) for host in event_type.hosts],
    }


def change_of(before: EventType, after: EventType) -> Snapshot:
    """Return what is told of a changed event type; `changed` names the settings whose values are not told."""
    others = SETTINGS.keys() - _TOLD
    changed = sorted(name for name in others if _value(before, name) != _value(after, name))
    told = snapshot_of(after)
    return {**told, "changed": changed} if changed else told


def _value(settings: Settings, name: str) -> Any:
    setting = SETTINGS[name]
    return getattr(settings.terms if setting.is_term else settings, setting.field)


def _host(host: Host, kind: SchedulingType | None) -> Snapshot:
    if kind is not SchedulingType.ROUND_ROBIN:
        return {"userId": host.user.id}
    return {
        "userId": host.user.id,
        "mandatory": host.is_fixed,
        "priority": PRIORITIES[host.priority],
        "weight": host.weight,
    }
