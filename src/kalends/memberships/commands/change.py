"""Changing a membership: role, acceptance, impersonation."""

from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships import queries
from kalends.memberships.administration import Administration
from kalends.memberships.arrival import arrive
from kalends.memberships.invitations import sql
from kalends.memberships.last_administrator import check_not_last
from kalends.memberships.member import Member, MemberChanges
from kalends.memberships.membership import Role
from kalends.memberships.refusals import MembershipGone, NotYoursToAccept


async def change_member(
    work: UnitOfWork, administration: Administration, membership_id: int, changes: MemberChanges
) -> Member:
    """Change a membership of a locked team; what is not named stays.

    Raises:
        MembershipGone: it was deleted meanwhile.
        NotYoursToAccept: it is accepted by somebody who may not do so for its user.
        LastAdministrator: nobody would be left who is one.
    """
    team_id = administration.team_id
    before = await _get(work, membership_id, team_id)
    if not changes.said:
        return before
    wanted = changes.applied_to(before)
    is_accepting = wanted.accepted and not before.accepted
    if is_accepting and not await _may_accept(work, administration, before.user_id):
        raise NotYoursToAccept(before.user_id)
    if before.rules and not (wanted.accepted and wanted.role.is_at_least(Role.ADMIN)):
        await check_not_last(work, team_id, before.user_id)
    await queries.update_membership(work, wanted)
    parent_id, is_organization = await queries.find_ground(work.connection, team_id)
    if is_accepting:
        await sql.close_invitation(work, membership_id, administration.now)
        await arrive(work, before.user_id, team_id, is_organization=is_organization)
    after = await _get(work, membership_id, team_id)
    told_before, told_after = audit.changes_between(before.snapshot, after.snapshot)
    if told_after:
        subject = Subject("membership", membership_id)
        verb = "accepted" if is_accepting else "updated"
        place_id = team_id if parent_id is None else parent_id
        await audit.record(
            work, administration.author, NewEntry(place_id, subject, verb, told_before, told_after)
        )
    return after


async def _may_accept(work: UnitOfWork, administration: Administration, user_id: int) -> bool:
    caller_id = administration.author.user_id
    if user_id == caller_id or administration.is_system_admin or not administration.asks_consent:
        return True
    return await queries.is_administered_by(work, user_id, caller_id)


async def _get(work: UnitOfWork, membership_id: int, team_id: int) -> Member:
    member = await queries.find_member(work.connection, membership_id, team_id)
    if member is None:
        raise MembershipGone(membership_id)
    return member
