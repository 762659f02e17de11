"""A letter as an Internet message, with its invitation (notifications.md 4)."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kalends.notifications.content import rendering
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.plain import one_line
from kalends.notifications.invitations.invitation import Invitation

# Seven bits reach every server, also those that do not say what else they take.
_POLICY = SMTP.clone(cte_type="7bit")

_SHOWN = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
_LONGEST_NAME = 200
_LONGEST_SUBJECT = 300


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
    envelope: Envelope, letter: Letter, invitation: Invitation | None, withdrawal: Invitation | None = None
) -> bytes:
    """Return a message ready to be sent.

    `withdrawal` takes another meeting out of the calendar, in place of which the reader is invited.

    Raises:
        ValueError: an address cannot be written into a message.
    """
    message = EmailMessage(_POLICY)
    message["From"] = _address(*envelope.sender)
    message["To"] = _address(*envelope.to)
    if envelope.reply_to:
        message["Reply-To"] = [_address("", address) for address in envelope.reply_to]
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    if envelope.in_reply_to is not None:
        message["In-Reply-To"] = envelope.in_reply_to
        message["References"] = envelope.in_reply_to
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendering.text(letter))
    message.add_alternative(rendering.html(letter), subtype="html")
    if invitation is not None:
        # Clients that know invitations take the alternative; the others show a file that they can open.
        message.add_alternative(
            invitation.content.decode(), subtype="calendar", params={"method": invitation.method.value}
        )
        _attach(message, invitation, "event.ics")
    if withdrawal is not None:
        _attach(message, withdrawal, "former-event.ics")
    return _subject(letter.subject) + message.as_bytes()


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


def _subject(text: str) -> bytes:
    """Return the header line of a subject, all of it encoded if it is not plain: parts make stray spaces."""
    subject = one_line(text)[:_LONGEST_SUBJECT]
    charset = "us-ascii" if subject.isascii() else "utf-8"
    encoded = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode()


def _attach(message: EmailMessage, invitation: Invitation, name: str) -> None:
    message.add_attachment(
        invitation.content,
        maintype="application",
        subtype="ics",
        filename=name,
        params={"method": invitation.method.value},
    )


def _address(name: str, address: str) -> Address:
    shown = one_line(_UNWANTED.sub(" ", name))[:_LONGEST_NAME].strip()
    return Address(shown, addr_spec=address)


_UNWANTED = re.compile(r'[;,"<>():]')
