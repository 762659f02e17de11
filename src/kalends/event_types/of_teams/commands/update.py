"""Changing an event type of a team."""

from psycopg import errors

from kalends.audit.entry import Author
from kalends.db.database import UnitOfWork
from kalends.event_types.bounds import Bounds
from kalends.event_types.connections import check_connections
from kalends.event_types.copies import service as copies
from kalends.event_types.event_type import EventType, SchedulingType
from kalends.event_types.of_teams import queries, service, staff
from kalends.event_types.of_teams.changes import TeamChanges, Traits
from kalends.event_types.of_teams.refusals import (
    EventTypeToChangeNotInTeam,
    SchedulingTypeFixed,
    TeamEventTypeSlugTaken,
)
from kalends.event_types.of_teams.snapshot import change_of, ledger_of, snapshot_of, subject_of


async def update_team_event_type(
    work: UnitOfWork,
    author: Author,
    team_id: int,
    event_type_id: int,
    changes: TeamChanges,
    bounds: Bounds,
) -> EventType:
    """Change an event type of a locked team; what the request does not say stays.

    The copies of a managed one follow, whatever their owners have changed in them.

    Raises:
        BoundReached: there would be too many hosts, or the form would be too large.
        EventTypeToChangeNotInTeam: the team has none with this id.
        SchedulingTypeFixed: it would get another scheduling type.
        TeamEventTypeSlugTaken: the team has another one with this slug.
        what `OF_TEAM_SETTINGS` lists: a host may not host it, it would rely on something missing, or its
            settings would exclude each other.
    """
    check_connections(changes.settings)
    bounds.check_form(changes.settings)
    before = await queries.lock(work, team_id, event_type_id)
    if before is None:
        raise EventTypeToChangeNotInTeam
    kind = before.scheduling_type or SchedulingType.COLLECTIVE
    if changes.scheduling_type not in (None, kind):
        raise SchedulingTypeFixed(kind)
    hosts = await staff.resolve(work, team_id, kind, changes.staffing, before=before.hosts, most=bounds.hosts)
    await staff.check_schedule(work, team_id, author.user_id, changes.settings)
    after = changes.settings.applied_to(before)
    traits = changes.traits_after(
        Traits(kind, before.assign_all_team_members, before.reschedule_with_same_round_robin_host)
    )
    if kind is SchedulingType.MANAGED:
        named = None if hosts is None else [one.user_id for one in hosts]
        owners = await copies.list_owners(work, event_type_id) if named is None else named
        await copies.check_nothing_in_the_way(work, event_type_id, after.slug, owners)
        await _write(work, after, traits)
        await copies.write(work, event_type_id, after.slug, owners)
    else:
        await _write(work, after, traits)
        if hosts is not None:
            await queries.write_hosts(work, event_type_id, hosts)
    changed = await service.get(work.connection, team_id, event_type_id)
    ledger = ledger_of(changed, author)
    await ledger.record_updated(work, subject_of(changed), snapshot_of(before), change_of(before, changed))
    return changed


async def _write(work: UnitOfWork, after: EventType, traits: Traits) -> None:
    try:
        await queries.update(work, after.id, after, traits)
    except errors.UniqueViolation as error:
        raise TeamEventTypeSlugTaken(after.slug) from error
