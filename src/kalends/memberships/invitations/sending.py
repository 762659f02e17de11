"""Inviting people to teams and organizations by mail."""

from datetime import datetime, timedelta

from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import Database, UnitOfWork
from kalends.memberships.invitations import sql
from kalends.memberships.invitations.invitation import Invitation
from kalends.memberships.invitations.link import PATH, token_of
from kalends.notifications.letters.membership_invitation import MembershipInvitation, queue_invitation
from kalends.notifications.mail import Recipient
from kalends.security.secret import signing_key
from kalends.settings import Settings

_AN_HOUR = timedelta(hours=1)
_FORGOTTEN_AT_ONCE = 1_000
_LONGEST_NAME = 100
"""Names are chosen by whoever invites; what is longer is no name but a message."""


async def remind(
    work: UnitOfWork, settings: Settings, author: Author, membership_id: int, *, now: datetime
) -> None:
    """Mail the invitation to a membership again, if there is one that was not accepted."""
    found = await sql.find_of_membership(work.connection, membership_id)
    if found is not None and found.accepted_at is None:
        await invite(work, settings, author, membership_id, now=now)


async def invite(
    work: UnitOfWork, settings: Settings, author: Author, membership_id: int, *, now: datetime
) -> None:
    """Invite the person of a membership by mail, or remind them.

    An address is mailed so many invitations an hour, whoever invites to whatever. Whose address nothing
    proves is mailed nothing: they accept by the API.
    """
    expires_at = now + timedelta(days=settings.invitation_days)
    invitation_id = await sql.insert_invitation(work, membership_id, author.user_id, expires_at)
    found = await sql.find_invitation(work.connection, invitation_id)
    if found is None or not found.may_be_mailed:
        return
    number = await sql.note_mail(
        work, found.email, now, since=now - _AN_HOUR, most=settings.invitation_mails_an_hour
    )
    if number is None:
        return
    await queue_invitation(work, settings, _mail_of(found, settings, author, number, now=now))
    place_id = found.team_id if found.parent_id is None else found.parent_id
    after = {"userId": found.user_id, "teamId": found.team_id, "email": found.email}
    subject = Subject("membership", membership_id)
    await audit.record(work, author, NewEntry(place_id, subject, "invited", after=after))


async def forget_mails(database: Database, now: datetime) -> None:
    """Forget which addresses were mailed invitations longer ago than counts, some in each transaction."""
    is_more = True
    while is_more:
        async with database.transaction() as work:
            is_more = await sql.delete_mails_before(work, now - _AN_HOUR, _FORGOTTEN_AT_ONCE) > 0


def _mail_of(
    invitation: Invitation, settings: Settings, author: Author, number: int, *, now: datetime
) -> MembershipInvitation:
    token = token_of(signing_key(settings), invitation.id)
    return MembershipInvitation(
        cause=f"invitation:{invitation.id}:{number}",
        sender_id=author.user_id,
        recipient=Recipient(
            invitation.name or "",
            invitation.email,
            invitation.locale,
            invitation.time_zone,
            clock=invitation.time_format,
        ),
        team=_shortened(invitation.team_name),
        inviter=None if invitation.inviter is None else _shortened(invitation.inviter),
        url=f"{settings.base_url}{PATH}?token={token}",
        sent_at=now,
        expires_at=invitation.expires_at,
    )


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
