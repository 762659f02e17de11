"""The mail that invites somebody to a team or an organization."""

from dataclasses import dataclass
from datetime import datetime

from kalends.db.database import UnitOfWork
from kalends.localization.language import Language, language_for, mark
from kalends.notifications import queries
from kalends.notifications.content.letter import Button, Letter
from kalends.notifications.letters.own_letter import Sending, new_mail_of
from kalends.notifications.mail import Recipient, Template
from kalends.settings import Settings

_SUBJECT = mark("%(inviter)s invites you to %(team)s")
_SUBJECT_OF_NOBODY = mark("You are invited to %(team)s")
_HEADING = mark("You are invited to %(team)s")
_INTRO = mark("Open the invitation to see what it is about and to accept it. Until %(until)s it works once.")
_BUTTON = mark("Open the invitation")


@dataclass(frozen=True, slots=True)
class MembershipInvitation:
    """What an invitation says; `cause` names this sending of it. `inviter` None: nobody is left to name.

    `sender_id` is who has it sent now, whose turn in the queue it takes.
    """

    cause: str
    sender_id: int
    recipient: Recipient
    team: str
    inviter: str | None
    url: str
    sent_at: datetime
    expires_at: datetime


async def queue_invitation(work: UnitOfWork, settings: Settings, invitation: MembershipInvitation) -> None:
    """Write down an invitation to be sent, in the transaction of the membership that it is for."""
    recipient = invitation.recipient
    letter = letter_of(invitation, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    sending = Sending(
        invitation.cause, Template.MEMBER_INVITED, recipient, invitation.sender_id, invitation.sent_at
    )
    await queries.insert_mails(work, [new_mail_of(settings, sending, letter)])


def letter_of(invitation: MembershipInvitation, language: Language) -> Letter:
    """Return what an invitation says in a language."""
    team = invitation.team
    if invitation.inviter is None:
        subject = language.text(_SUBJECT_OF_NOBODY, team=team)
    else:
        subject = language.text(_SUBJECT, inviter=invitation.inviter, team=team)
    return Letter(
        tag=language.tag,
        colon=language.text(":"),
        subject=subject,
        title=subject,
        heading=language.text(_HEADING, team=team),
        intro=language.text(_INTRO, until=language.day(invitation.expires_at)),
        rows=(),
        buttons=(Button(language.text(_BUTTON), invitation.url, is_main=True),),
    )
