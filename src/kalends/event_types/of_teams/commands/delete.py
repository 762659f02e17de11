"""Deleting an event type of a team."""

from kalends.audit.entry import Author
from kalends.db.database import UnitOfWork
from kalends.event_types.event_type import EventType
from kalends.event_types.of_teams import queries
from kalends.event_types.of_teams.refusals import EventTypeNotInTeam
from kalends.event_types.of_teams.snapshot import ledger_of, snapshot_of, subject_of


async def delete_team_event_type(
    work: UnitOfWork, author: Author, team_id: int, event_type_id: int
) -> EventType:
    """Delete an event type of a locked team, with the copies of a managed one; bookings stay.

    Return it as it was.

    Raises:
        EventTypeNotInTeam: the team has none with this id.
    """
    event_type = await queries.lock(work, team_id, event_type_id)
    if event_type is None:
        raise EventTypeNotInTeam
    await queries.delete(work, event_type_id)
    await ledger_of(event_type, author).record_deleted(work, subject_of(event_type), snapshot_of(event_type))
    return event_type
