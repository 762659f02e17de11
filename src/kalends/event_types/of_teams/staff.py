"""Who is to host an event type of a team (event-types.md 9)."""

from collections.abc import Sequence
from dataclasses import replace

from kalends.api.input.changes import UNSET, Unset
from kalends.api.refusals import BoundReached
from kalends.db.database import UnitOfWork
from kalends.event_types.event_type import SchedulingType
from kalends.event_types.of_teams import queries
from kalends.event_types.of_teams.changes import MEDIUM, WEIGHT, Assignment, NamedHost, Staffing
from kalends.event_types.of_teams.refusals import (
    HostListedTwice,
    HostsNotAccepted,
    HostsNotInTeam,
    ScheduleNotOfTeam,
    ScheduleOfAnotherHost,
    UnknownScheduleOfHost,
)
from kalends.event_types.owner import Host
from kalends.event_types.settings.changes import SettingsChanges


async def resolve(
    work: UnitOfWork,
    team_id: int,
    kind: SchedulingType,
    staffing: Staffing,
    *,
    before: Sequence[Host] = (),
    most: int,
) -> Sequence[Assignment] | None:
    """Return who is to host an event type of a locked team from now on; None: who does now.

    All members are those who have accepted, and come in the order of their memberships; who hosts already
    keeps how.

    Raises:
        BoundReached: there would be more than `most`.
        HostsNotInTeam, HostsNotAccepted: somebody who is named is no member, or only invited.
        HostListedTwice: somebody is named twice.
        UnknownScheduleOfHost, ScheduleOfAnotherHost: the schedule that a host is to have is not theirs.
    """
    if not staffing.assigns_all and staffing.named is None:
        return None
    members = {one.user_id: one.accepted for one in await queries.list_members(work.connection, team_id)}
    present = {host.user.id: host for host in before}
    if staffing.assigns_all:
        accepted = [user_id for user_id, is_accepted in members.items() if is_accepted]
        assigned = [_kept(present[one], kind) if one in present else _new(one, kind) for one in accepted]
    else:
        named = _without_repeats(kind, staffing.named or ())
        _check_members(named, members)
        await _check_schedules(work, named)
        assigned = [_assignment(one, present.get(one.user_id), kind) for one in named]
    if len(assigned) > most:
        raise BoundReached("hosts", most, "hosts of an event type")
    return assigned


async def check_schedule(work: UnitOfWork, team_id: int, user_id: int, changes: SettingsChanges) -> None:
    """Check the schedule that an event type is to use, if a request names one.

    Raises:
        ScheduleNotOfTeam: neither the caller nor a member of the team has it.
    """
    schedule_id = changes.said.schedule_id
    if schedule_id is not None and not await queries.any_has_schedule(
        work.connection, schedule_id, user_id=user_id, team_id=team_id
    ):
        raise ScheduleNotOfTeam(schedule_id)


def _without_repeats(kind: SchedulingType, named: Sequence[NamedHost]) -> Sequence[NamedHost]:
    """Return each named host once; of a managed event type the first mention of somebody counts."""
    seen: dict[int, NamedHost] = {}
    for one in named:
        if one.user_id in seen and kind is not SchedulingType.MANAGED:
            raise HostListedTwice(one.user_id)
        seen.setdefault(one.user_id, one)
    return list(seen.values())


def _check_members(named: Sequence[NamedHost], members: dict[int, bool]) -> None:
    unknown = [one.user_id for one in named if one.user_id not in members]
    if unknown:
        raise HostsNotInTeam(unknown)
    invited = [one.user_id for one in named if not members[one.user_id]]
    if invited:
        raise HostsNotAccepted(invited)


async def _check_schedules(work: UnitOfWork, named: Sequence[NamedHost]) -> None:
    wanted = [
        (one.user_id, one.schedule_id)
        for one in named
        if not isinstance(one.schedule_id, Unset) and one.schedule_id is not None
    ]
    if not wanted:
        return
    owners = await queries.find_owners_of_schedules(work.connection, [schedule for _, schedule in wanted])
    for user_id, schedule_id in wanted:
        if schedule_id not in owners:
            raise UnknownScheduleOfHost(schedule_id)
        if owners[schedule_id] != user_id:
            raise ScheduleOfAnotherHost(schedule_id, user_id)


def _new(user_id: int, kind: SchedulingType) -> Assignment:
    return Assignment(user_id, is_fixed=kind is SchedulingType.COLLECTIVE)


def _kept(host: Host, kind: SchedulingType) -> Assignment:
    is_fixed = kind is SchedulingType.COLLECTIVE or host.is_fixed
    return Assignment(host.user.id, is_fixed, host.priority, host.weight, host.schedule_id)


def _assignment(named: NamedHost, present: Host | None, kind: SchedulingType) -> Assignment:
    assigned = _new(named.user_id, kind) if present is None else _kept(present, kind)
    if named.schedule_id is not UNSET:
        assigned = replace(assigned, schedule_id=named.schedule_id)
    if kind is SchedulingType.COLLECTIVE:
        return replace(assigned, priority=MEDIUM, weight=WEIGHT)
    if named.weight is not UNSET:
        assigned = replace(assigned, weight=WEIGHT if named.weight is None else named.weight)
    return replace(assigned, is_fixed=named.is_mandatory, priority=named.priority)
