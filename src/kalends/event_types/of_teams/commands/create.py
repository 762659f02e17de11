"""Making an event type of a team."""

from psycopg import errors

from kalends.api.refusals import BoundReached
from kalends.audit.entry import Author
from kalends.db.database import UnitOfWork
from kalends.event_types.bounds import Bounds
from kalends.event_types.connections import check_connections
from kalends.event_types.copies import service as copies
from kalends.event_types.event_type import BLANK, EventType, SchedulingType
from kalends.event_types.of_teams import queries, service, staff
from kalends.event_types.of_teams.changes import TeamChanges, Traits
from kalends.event_types.of_teams.refusals import TeamEventTypeSlugTaken
from kalends.event_types.of_teams.snapshot import ledger_of, snapshot_of, subject_of


async def create_team_event_type(
    work: UnitOfWork, author: Author, team_id: int, changes: TeamChanges, bounds: Bounds
) -> EventType:
    """Make an event type of a locked team, with its hosts, or of a managed one with its members' copies.

    Raises:
        BoundReached: the team has as many as may be, or there are too many hosts, or the form is too large.
        TeamEventTypeSlugTaken: the team has one with this slug.
        what `OF_TEAM_SETTINGS` lists: a host may not host it, it relies on something missing, or its settings
            exclude each other.
    """
    check_connections(changes.settings)
    bounds.check_form(changes.settings)
    kind = changes.scheduling_type or SchedulingType.COLLECTIVE
    traits = changes.traits_after(Traits(kind))
    hosts = await staff.resolve(work, team_id, kind, changes.staffing, most=bounds.hosts) or ()
    settings = changes.settings.applied_to(BLANK)
    await staff.check_schedule(work, team_id, author.user_id, changes.settings)
    owners = [one.user_id for one in hosts]
    if kind is SchedulingType.MANAGED:
        await copies.check_nothing_in_the_way(work, None, settings.slug, owners)
    try:
        event_type_id, before = await queries.insert(work, team_id, settings, traits)
    except errors.UniqueViolation as error:
        raise TeamEventTypeSlugTaken(settings.slug) from error
    if before >= bounds.event_types:
        raise BoundReached("slug", bounds.event_types, "event types of a team; delete one first")
    if kind is SchedulingType.MANAGED:
        await copies.write(work, event_type_id, settings.slug, owners)
    else:
        await queries.write_hosts(work, event_type_id, hosts)
    made = await service.get(work.connection, team_id, event_type_id)
    await ledger_of(made, author).record_created(work, subject_of(made), snapshot_of(made))
    return made
