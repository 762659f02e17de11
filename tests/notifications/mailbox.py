"""A mail server on this machine that keeps what it is given, and can be told to misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import vobject
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.postgres import free_port


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as its recipient gets it, and what the envelope says."""

    sender: str
    recipient: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The text form."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML form."""
        return self._part("html")

    @property
    def invitation(self) -> str | None:
        """The calendar among the forms of the message; None: there is none."""
        parts = [part for part in self.message.walk() if part.get_content_type() == "text/calendar"]
        return str(parts[0].get_content()) if parts else None

    @property
    def calendar(self) -> Any:
        """The invitation as another program reads it."""
        assert self.invitation is not None
        return vobject.readOne(self.invitation)

    @property
    def event(self) -> Any:
        """The first event of the invitation."""
        return self.calendar.vevent

    def attachment(self, name: str) -> str | None:
        """Return the attached file of a name; None: there is none."""
        for part in self.message.iter_attachments():
            if part.get_filename() == name:
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                return content.decode()
        return None

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class Mailbox:
    """What the server got, and the answers with which it refuses, by recipient."""

    port: int
    received: list[Received] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """Who got a mail, in order."""
        return [mail.recipient for mail in self.received]

    def to(self, recipient: str) -> Received:
        """Return the only mail to somebody."""
        (mail,) = [mail for mail in self.received if mail.recipient == recipient]
        return mail

    def last_to(self, recipient: str) -> Received:
        """Return the latest mail to somebody."""
        return [mail for mail in self.received if mail.recipient == recipient][-1]

    async def handle_RCPT(  # noqa: N802 - named by the server
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it."""
        refusal = self.refusals.get(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.received.append(Received(envelope.mail_from or "", recipient, message))
        return "250 OK"

    async def start(self) -> None:
        """Take mails."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.test", loop=loop), "127.0.0.1", self.port
        )

    async def stop(self) -> None:
        """Take no mails any more, as a server that is down."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    """Run a mail server on a free port."""
    mailbox = Mailbox(free_port())
    await mailbox.start()
    try:
        yield mailbox
    finally:
        await mailbox.stop()
