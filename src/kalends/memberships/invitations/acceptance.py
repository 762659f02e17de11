"""Accepting invitations."""

from dataclasses import dataclass
from datetime import datetime

from kalends.accounts import service as accounts
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.auth import service as auth
from kalends.db.database import Connection, UnitOfWork
from kalends.memberships import queries
from kalends.memberships.arrival import arrive
from kalends.memberships.invitations import sql
from kalends.memberships.invitations.invitation import Invitation
from kalends.memberships.invitations.link import read_token
from kalends.memberships.refusals import InvitationClosed, InvitationUnknown
from kalends.security.secret import signing_key
from kalends.settings import Settings

_KEY_NOTE = "Made when the invitation was accepted"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What an accepted invitation gives: `api_key` is of an account that had none, and never seen again."""

    invitation: Invitation
    api_key: str | None


async def find(connection: Connection, settings: Settings, token: str) -> Invitation:
    """Return the invitation that a link is for.

    Raises:
        InvitationUnknown: there is none.
    """
    invitation_id = read_token(signing_key(settings), token)
    found = None if invitation_id is None else await sql.find_invitation(connection, invitation_id)
    if found is None:
        raise InvitationUnknown
    return found


async def accept(work: UnitOfWork, settings: Settings, token: str, *, now: datetime) -> Acceptance:
    """Accept an invitation for its person: whoever has the link read the mail to the account's address.

    Raises:
        InvitationUnknown: there is none.
        InvitationClosed: it was accepted, its time is over, or the account has another address now.
    """
    found = await find(work.connection, settings, token)
    await queries.lock_team(work, found.team_id)
    await sql.lock_invitation(work, found.id)
    found = await find(work.connection, settings, token)
    if not found.is_open(now):
        raise InvitationClosed
    await accounts.verify_email(work, found.user_id, now=now)
    await sql.close_invitation(work, found.membership_id, now)
    await queries.accept_membership(work, found.membership_id)
    await arrive(work, found.user_id, found.team_id, is_organization=found.is_organization)
    api_key = None
    if not found.has_key:
        made = await auth.create_api_key(
            work, user_id=found.user_id, note=_KEY_NOTE, expires_at=None, prefix=settings.api_key_prefix
        )
        api_key = made.api_key
    place_id = found.team_id if found.parent_id is None else found.parent_id
    author = Author("invitation", found.user_id, found.email, None)
    before, after = {"accepted": False}, {"accepted": True}
    subject = Subject("membership", found.membership_id)
    await audit.record(work, author, NewEntry(place_id, subject, "accepted", before, after))
    return Acceptance(found, api_key)
