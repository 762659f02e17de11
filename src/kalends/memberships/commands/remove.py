"""Removing somebody from a team or an organization."""

from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships import queries
from kalends.memberships.administration import Administration
from kalends.memberships.arrival import depart
from kalends.memberships.last_administrator import check_not_last
from kalends.memberships.member import Member
from kalends.memberships.refusals import MembershipGone


async def remove_member(work: UnitOfWork, administration: Administration, membership_id: int) -> Member:
    """Delete a membership of a locked team, with all that hangs on it; return it as it was.

    Raises:
        MembershipGone: it was deleted meanwhile.
        LastAdministrator: nobody would be left who is one.
    """
    team_id = administration.team_id
    member = await queries.find_member(work.connection, membership_id, team_id)
    if member is None:
        raise MembershipGone(membership_id)
    if member.rules:
        await check_not_last(work, team_id, member.user_id)
    parent_id, is_organization = await queries.find_ground(work.connection, team_id)
    place_id = team_id if parent_id is None else parent_id
    await queries.delete_membership(work, membership_id)
    inside = await depart(work, member.user_id, team_id, is_organization=is_organization)
    entries = [
        NewEntry(place_id, Subject("membership", one.id), "deleted", before=one.snapshot)
        for one in (member, *inside)
    ]
    await audit.record(work, administration.author, *entries)
    return member
