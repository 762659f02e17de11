"""Deleting a team or an organization, and all that is only there because of it."""

from datetime import datetime

from kalends.accounts import service as accounts
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.bookings.commands.depart import cancel_bookings_of_event_types
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.teams import queries
from kalends.teams.refusals import TeamGone
from kalends.teams.settings import WholeTeam
from kalends.teams.snapshot import snapshot_of
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.farewell.teams import tell_last_of_teams

REASON = "The team was deleted."
"""Why a booking was cancelled whose event type is gone."""


async def delete_team(
    work: UnitOfWork, author: Author, team_id: int, *, site: str, now: datetime
) -> WholeTeam:
    """Cancel what is booked of a team and has not ended, tell everybody, and delete the team.

    With it go its memberships, event types, webhooks, keys, and of an organization its teams and profiles.
    People and bookings stay. Return it as it was. `site` is the address of the booking pages, which webhooks
    are told.

    Raises:
        TeamGone: it was deleted meanwhile.
    """
    team_ids = await queries.lock_team_to_delete(work, team_id)
    team = await queries.find_whole(work.connection, team_id)
    if team is None:
        raise TeamGone(team_id)
    event_type_ids = await event_types.lock_of_teams(work, team_ids)
    await cancel_bookings_of_event_types(work, event_type_ids, REASON, now=now)
    await tell_last_of_teams(work, Follower(site), team_ids, event_type_ids, now=now)
    if team.is_organization:
        await accounts.release(work, team_id)
    await queries.delete_team(work, team_id)
    place_id = team_id if team.parent_id is None else team.parent_id
    subject = Subject("organization" if team.is_organization else "team", team_id)
    await audit.record(work, author, NewEntry(place_id, subject, "deleted", before=snapshot_of(team)))
    return team
