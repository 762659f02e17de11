"""The mail with the link to a consent."""

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

_SUBJECT = mark("%(client)s asks for access to your account")
_INTRO = mark(
    "Open the link to see what is asked for, and to allow it. It works once, until %(until)s. "
    "If you have not asked for it, do nothing."
)
_BUTTON = mark("See what is asked for")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """What the mail says; its `url` holds a secret."""

    user_id: int
    recipient: Recipient
    client: str
    url: str
    sent_at: datetime
    expires_at: datetime


async def queue_consent_link(work: UnitOfWork, settings: Settings, link: ConsentLink) -> None:
    """Write down the mail with a link to a consent, to be sent."""
    recipient, template = link.recipient, Template.MEMBER_CONSENT
    sender = sender_of(settings)
    letter = letter_of(link, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    cause = f"consent:{uuid5(NAMESPACE_URL, link.url)}"
    message_id = f"<{uuid5(NAMESPACE_URL, f'{cause}:{template.value}')}@{sender.domain}>"
    envelope = Envelope(
        (sender.name, sender.address), (recipient.name, recipient.mailbox), message_id, link.sent_at
    )
    reason = reason_not_to_send(template, recipient, None, is_enabled=settings.mail_enabled)
    message = None
    if reason is None:
        message = messages.pack(secret.encryption_keys(settings), messages.build(envelope, letter))
    mail = NewMail(
        cause=cause,
        template=template,
        recipient=recipient.address,
        locale=recipient.locale or SOURCE,
        time_zone=recipient.time_zone,
        message_id=message_id,
        due_at=link.sent_at,
        owner=f"user {link.user_id}",
        reason=reason,
        subject=letter.subject,
        message=message,
    )
    await queries.insert_mails(work, [mail])


def letter_of(link: ConsentLink, language: Language) -> Letter:
    """Return what the mail says in a language."""
    client = link.client if len(link.client) <= _LONGEST_NAME else f"{link.client[: _LONGEST_NAME - 1]}…"
    subject = language.text(_SUBJECT, client=client)
    return Letter(
        tag=language.tag,
        colon=language.text(":"),
        subject=subject,
        title=subject,
        heading=subject,
        intro=language.text(_INTRO, until=language.time(link.expires_at)),
        rows=(),
        buttons=(Button(language.text(_BUTTON), link.url, is_main=True),),
    )
