"""Mails that are written when what they tell of happens, and follow from no fact of a booking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from kalends.localization.language import SOURCE
from kalends.notifications.content import messages
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.messages import Envelope
from kalends.notifications.mail import NewMail, Recipient, Template
from kalends.notifications.suppression import reason_not_to_send
from kalends.notifications.transport.sender import sender_of
from kalends.security import secret
from kalends.settings import Settings


@dataclass(frozen=True, slots=True)
class Sending:
    """A mail to one person. `cause` names this sending of it, `owner_id` the account whose turn it takes."""

    cause: str
    template: Template
    recipient: Recipient
    owner_id: int
    at: datetime


def new_mail_of(settings: Settings, sending: Sending, letter: Letter) -> NewMail:
    """Return a letter as a mail to store.

    Raises:
        ValueError: the recipient's address cannot be written into a message.
    """
    recipient, template = sending.recipient, sending.template
    sender = sender_of(settings)
    name = uuid5(NAMESPACE_URL, f"{sending.cause}:{template.value}:{recipient.address}")
    message_id = f"<{name}@{sender.domain}>"
    reason = reason_not_to_send(template, recipient, None, is_enabled=settings.mail_enabled)
    message = None
    if reason is None:
        envelope = Envelope(
            (sender.name, sender.address), (recipient.name, recipient.mailbox), message_id, sending.at
        )
        message = messages.pack(secret.encryption_keys(settings), messages.build(envelope, letter))
    return NewMail(
        cause=sending.cause,
        template=template,
        recipient=recipient.address,
        locale=recipient.locale or SOURCE,
        time_zone=recipient.time_zone,
        message_id=message_id,
        due_at=sending.at,
        owner=f"user {sending.owner_id}",
        reason=reason,
        subject=letter.subject,
        message=message,
    )
