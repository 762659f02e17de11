"""A letter as an Internet message, with its invitation (notifications.md 4)."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kalends.notifications.content import rendering
from kalends.notifications.content.head import Head
from kalends.notifications.content.letter import Letter
from kalends.notifications.invitations.invitation import Invitation

# Seven bits reach every server, also those that do not say what else they take.
_POLICY = SMTP.clone(cte_type="7bit")

_SHOWN = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message says about itself beside the letter.

    `sender` and `to` are pairs of a name, which may be empty, and an address. `in_reply_to` is the first
    message of the same conversation.
    """

    sender: tuple[str, str]
    to: tuple[str, str]
    message_id: str
    date: datetime
    reply_to: Sequence[str] = ()
    in_reply_to: str | None = None


def build(
    envelope: Envelope,
    letter: Letter,
    invitations: Sequence[Invitation] = (),
    withdrawal: Invitation | None = None,
) -> bytes:
    """Return a message ready to be sent.

    Of several invitations the first is the one that clients understand; each is a file, too.
    `withdrawal` takes another meeting out of the calendar, in place of which the reader is invited.

    Raises:
        ValueError: an address cannot be written into a message, or its head is not as it was meant.
    """
    head = head_of(envelope, letter.subject)
    message = EmailMessage(_POLICY)
    message.set_content(rendering.text(letter))
    message.add_alternative(rendering.html(letter), subtype="html")
    if invitations:
        # Clients that know invitations take the alternative; the others show a file that they can open.
        first = invitations[0]
        message.add_alternative(
            first.content.decode(), subtype="calendar", params={"method": first.method.value}
        )
    for number, invitation in enumerate(invitations, 1):
        _attach(message, invitation, "event.ics" if number == 1 else f"event-{number}.ics")
    if withdrawal is not None:
        _attach(message, withdrawal, "former-event.ics")
    finished = head.encode() + message.as_bytes()
    head.check(finished)
    return finished


def head_of(envelope: Envelope, subject: str) -> Head:
    """Return the headers of a message.

    Raises:
        ValueError: an address cannot be written into a message.
    """
    head = Head()
    head.add_text("Subject", subject)
    head.add_people("From", [envelope.sender])
    head.add_people("To", [envelope.to])
    if envelope.reply_to:
        head.add_people("Reply-To", [("", address) for address in envelope.reply_to])
    head.add("Date", format_datetime(envelope.date))
    head.add("Message-ID", envelope.message_id)
    if envelope.in_reply_to is not None:
        head.add("In-Reply-To", envelope.in_reply_to)
        head.add("References", envelope.in_reply_to)
    head.add("Auto-Submitted", "auto-generated")
    head.add("X-Auto-Response-Suppress", "All")
    return head


def readable(message: bytes) -> str:
    """Return what people want to see of a message: its main headers and its text."""
    parsed = BytesParser(EmailMessage, policy=default).parsebytes(message)
    head = [f"{name}: {parsed[name]}" for name in _SHOWN if name in parsed]
    body = parsed.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return "\n".join([*head, "", *text.splitlines()])


def pack(keys: Sequence[bytes], message: bytes) -> bytes:
    """Return a message as it is stored: links in it give power, so a copy of the database must not."""
    return _cipher(keys).encrypt(zlib.compress(message))


def unpack(keys: Sequence[bytes], stored: bytes) -> bytes | None:
    """Return a stored message; None: it was encrypted with a key that the server has no longer."""
    try:
        return zlib.decompress(_cipher(keys).decrypt(stored))
    except InvalidToken:
        return None


def _cipher(keys: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _attach(message: EmailMessage, invitation: Invitation, name: str) -> None:
    message.add_attachment(
        invitation.content,
        maintype="application",
        subtype="ics",
        filename=name,
        params={"method": invitation.method.value},
    )
