"""Changing a team or an organization."""

from psycopg import errors

from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.teams import queries
from kalends.teams.refusals import TeamGone, TeamSlugTaken
from kalends.teams.settings import TeamChanges, WholeTeam
from kalends.teams.snapshot import snapshot_of


async def update_team(work: UnitOfWork, author: Author, team_id: int, changes: TeamChanges) -> WholeTeam:
    """Change a locked team; what is not named stays.

    Raises:
        TeamGone: it was deleted meanwhile.
        TeamSlugTaken: another one has the slug where slugs must differ.
    """
    before = await queries.find_whole(work.connection, team_id)
    if before is None:
        raise TeamGone(team_id)
    if not changes.said:
        return before
    try:
        after = await queries.update_team(work, team_id, changes)
    except errors.UniqueViolation as error:
        raise TeamSlugTaken(None if changes.slug is UNSET else changes.slug) from error
    was, is_now = audit.changes_between(snapshot_of(before), snapshot_of(after))
    place_id = team_id if before.parent_id is None else before.parent_id
    subject = Subject("organization" if before.is_organization else "team", team_id)
    await audit.record(work, author, NewEntry(place_id, subject, "updated", was, is_now))
    return after
