"""Making somebody a member of a team or an organization, or inviting them."""

from kalends.api.output.errors import DomainError
from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships import queries
from kalends.memberships.administration import Administration
from kalends.memberships.arrival import arrive
from kalends.memberships.commands.change import change_member
from kalends.memberships.invitations.sending import invite
from kalends.memberships.member import AddMember, Member, MemberChanges
from kalends.memberships.queries import NewMembership, Prospect
from kalends.memberships.refusals import (
    AlreadyInvited,
    AlreadyMember,
    MembershipGone,
    UnknownToOrganization,
    UnknownUser,
)


async def add_member(work: UnitOfWork, administration: Administration, command: AddMember) -> Member:
    """Make somebody a member of a locked team, or invite them where it is for them to accept.

    Raises:
        UnknownUser: there is no such user.
        UnknownToOrganization: the team is in an organization that does not know them.
        AlreadyMember: they have a membership there.
        AlreadyInvited: they have one that they have not accepted; the invitation is mailed again.
    """
    prospect = await _find_prospect(work, administration, command.user_id)
    if prospect.membership_id is not None:
        present = await queries.find_member(work.connection, prospect.membership_id, administration.team_id)
        if present is None or present.accepted:
            raise AlreadyMember(administration.team_id)
        await _invite(work, administration, present)
        raise AlreadyInvited(administration.team_id)
    return await _insert(work, administration, prospect, command)


async def put_member(work: UnitOfWork, administration: Administration, command: AddMember) -> Member:
    """Make somebody a member of a locked organization, or overwrite the membership they have there.

    Raises:
        UnknownUser: there is no such user.
        LastAdministrator: nobody would be left who is one.
    """
    prospect = await _find_prospect(work, administration, command.user_id)
    if prospect.membership_id is None:
        return await _insert(work, administration, prospect, command)
    accepted = command.accepted
    if accepted and not _counts_at_once(administration, prospect, command.user_id):
        present = await queries.find_member(work.connection, prospect.membership_id, administration.team_id)
        accepted = present is not None and present.accepted
    changes = MemberChanges(
        role=command.role, accepted=accepted, disable_impersonation=command.disable_impersonation
    )
    changed = await change_member(work, administration, prospect.membership_id, changes)
    if not changed.accepted:
        await _invite(work, administration, changed)
    return changed


async def _invite(work: UnitOfWork, administration: Administration, member: Member) -> None:
    """Mail an invitation to whoever is to accept a membership that others made for them."""
    if administration.asks_consent and member.user_id != administration.author.user_id:
        await invite(work, administration.settings, administration.author, member.id, now=administration.now)


async def _find_prospect(work: UnitOfWork, administration: Administration, user_id: int) -> Prospect:
    prospect = await queries.find_prospect(
        work, administration.team_id, user_id, administration.author.user_id
    )
    if prospect is None:
        raise _unknown(None, user_id)
    if not (prospect.exists and (prospect.parent_id is None or prospect.is_known)):
        raise _unknown(prospect.parent_id, user_id)
    return prospect


def _unknown(organization_id: int | None, user_id: int) -> DomainError:
    if organization_id is None:
        return UnknownUser(user_id)
    return UnknownToOrganization(user_id, organization_id)


def _counts_at_once(administration: Administration, prospect: Prospect, user_id: int) -> bool:
    """Tell whether it is for the administrator to say that somebody accepts (organizations-teams.md 12)."""
    return (
        user_id == administration.author.user_id
        or prospect.is_ours
        or administration.is_system_admin
        or not administration.asks_consent
    )


async def _insert(
    work: UnitOfWork, administration: Administration, prospect: Prospect, command: AddMember
) -> Member:
    team_id = administration.team_id
    accepted = command.accepted and _counts_at_once(administration, prospect, command.user_id)
    membership = await queries.insert_membership(
        work, NewMembership(team_id, command.user_id, command.role, accepted, command.disable_impersonation)
    )
    if accepted:
        await arrive(work, command.user_id, team_id, is_organization=prospect.is_organization)
    member = await queries.find_member(work.connection, membership.id, team_id)
    if member is None:
        raise MembershipGone(membership.id)
    place_id = team_id if prospect.parent_id is None else prospect.parent_id
    entry = NewEntry(place_id, Subject("membership", member.id), "created", after=member.snapshot)
    await audit.record(work, administration.author, entry)
    if not accepted:
        await _invite(work, administration, member)
    return member
