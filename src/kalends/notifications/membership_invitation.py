"""The mail that invites somebody to a team or an organization."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from kalends.db.database import UnitOfWork
from kalends.localization.language import SOURCE, Language, language_for, mark
from kalends.notifications import queries
from kalends.notifications.content import messages
from kalends.notifications.content.letter import Button, Letter
from kalends.notifications.content.messages import Envelope
from kalends.notifications.mail import NewMail, Recipient, Template
from kalends.notifications.suppression import reason_not_to_send
from kalends.notifications.transport.sender import sender_of
from kalends.security import secret
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
    recipient, template = invitation.recipient, Template.MEMBER_INVITED
    sender = sender_of(settings)
    letter = letter_of(invitation, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    name = uuid5(NAMESPACE_URL, f"{invitation.cause}:{template.value}:{recipient.address}")
    message_id = f"<{name}@{sender.domain}>"
    envelope = Envelope(
        (sender.name, sender.address), (recipient.name, recipient.mailbox), message_id, invitation.sent_at
    )
    reason = reason_not_to_send(template, recipient, None, is_enabled=settings.mail_enabled)
    message = None
    if reason is None:
        message = messages.pack(secret.encryption_keys(settings), messages.build(envelope, letter))
    mail = NewMail(
        cause=invitation.cause,
        template=template,
        recipient=recipient.address,
        locale=recipient.locale or SOURCE,
        time_zone=recipient.time_zone,
        message_id=message_id,
        due_at=invitation.sent_at,
        owner=f"user {invitation.sender_id}",
        reason=reason,
        subject=letter.subject,
        message=message,
    )
    await queries.insert_mails(work, [mail])


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
