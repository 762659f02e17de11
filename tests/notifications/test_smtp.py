"""Talking to mail servers: their addresses, encryption, passwords (README, KALENDS_SMTP_URL)."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from kalends.notifications.transport.failures import PermanentFailure, ServerUnavailable
from kalends.notifications.transport.smtp import SmtpTransport
from kalends.settings import Settings
from kalends.settings.smtp_url import Server, StartTls, server_of
from tests.notifications.mailbox import Mailbox
from tests.support.postgres import free_port

MESSAGE = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", Server("mail.example.com", 587, None, None, False, StartTls.OFFERED)),
        ("smtp://127.0.0.1:25", Server("127.0.0.1", 25, None, None, False, StartTls.OFFERED)),
        (
            "smtp://ana%40example.com:p%2Fw@mail.example.com",
            Server("mail.example.com", 587, "ana@example.com", "p/w", False, StartTls.REQUIRED),
        ),
        ("smtps://u:p@mail.example.com", Server("mail.example.com", 465, "u", "p", True, StartTls.REQUIRED)),
        ("smtp://u:p@h:25?starttls=never", Server("h", 25, "u", "p", False, StartTls.NEVER)),
        ("smtp://h?starttls=required", Server("h", 587, None, None, False, StartTls.REQUIRED)),
    ],
)
def test_a_url_names_a_server(url: str, expected: Server) -> None:
    assert server_of(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://h:x",
        "smtp://h:70000",
        "smtp://h/path",
        "smtp://h?tls=1",
        "smtp://h?starttls=maybe",
    ],
)
def test_a_url_that_names_none_is_refused_when_the_server_starts(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KALENDS_SMTP_URL", url)
    with pytest.raises(ValidationError, match="smtp_url"):
        Settings()


def test_a_password_in_a_wrong_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KALENDS_SMTP_URL", "smtp://ana:secret-word@h/path")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "secret-word" not in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize("address", ["nobody", "Kalends <>", "a@b@c", "Kalends <a b@example.com>"])
def test_a_sender_that_is_no_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KALENDS_MAIL_FROM", address)
    with pytest.raises(ValidationError, match="mail_from"):
        Settings()


def certificate(folder: Path) -> ssl.SSLContext:
    """Return what a server shows that has signed its certificate itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


class OldServer(SMTP):
    """Knows only HELO."""

    async def smtp_EHLO(self, _hostname: str) -> None:  # noqa: N802 - named by the server
        """Refuse the newer greeting."""
        await self.push("502 5.5.1 what is that")


class Unwilling(OldServer):
    """Lets nobody in."""

    async def smtp_HELO(self, _hostname: str) -> None:  # noqa: N802 - named by the server
        """Refuse every greeting."""
        await self.push("554 5.7.1 go away")


class Particular(SMTP):
    """Takes mails only from those who have logged in."""

    async def smtp_MAIL(self, _argument: str | None) -> None:  # noqa: N802 - named by the server
        """Ask for a login."""
        await self.push("530 5.7.0 log in first")


class Choosy(SMTP):
    """Takes no mails in this name."""

    async def smtp_MAIL(self, _argument: str | None) -> None:  # noqa: N802 - named by the server
        """Refuse the sender."""
        await self.push("550 5.1.0 not in this name")


@asynccontextmanager
async def server(mailbox: Mailbox, kind: type[SMTP] = SMTP, **options: Any) -> AsyncIterator[int]:
    """Run a mail server with these options on a free port."""
    loop, port = asyncio.get_running_loop(), free_port()
    running = await loop.create_server(
        lambda: kind(mailbox, hostname="mail.test", loop=loop, **options), "127.0.0.1", port
    )
    try:
        yield port
    finally:
        running.close()


async def send(url: str, recipient: str = "b@example.com") -> None:
    """Send a message to somebody."""
    async with SmtpTransport(server_of(url)) as transport:
        await transport.send("1", "a@example.com", recipient, MESSAGE)


async def test_encryption_that_is_offered_is_used_whatever_certificate_there_is(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    async with server(mailbox, tls_context=certificate(tmp_path), require_starttls=True) as port:
        await send(f"smtp://127.0.0.1:{port}")
    assert mailbox.recipients == ["b@example.com"]


async def test_encryption_that_is_required_needs_a_certificate_that_can_be_trusted(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    async with server(mailbox, tls_context=certificate(tmp_path)) as port:
        with pytest.raises(ServerUnavailable, match="certificate"):
            await send(f"smtp://127.0.0.1:{port}?starttls=required")
    assert mailbox.received == []


async def test_a_password_never_goes_over_a_connection_in_the_clear_unless_that_is_asked_for(
    mailbox: Mailbox,
) -> None:
    seen: list[LoginPassword] = []

    def authenticate(_server: Any, _session: Any, _envelope: Any, _method: str, data: Any) -> AuthResult:
        seen.append(data)
        return AuthResult(success=data.password == b"p", handled=False)

    options: dict[str, Any] = {"authenticator": authenticate, "auth_require_tls": False}
    async with server(mailbox, **options) as port:
        with pytest.raises(ServerUnavailable):
            await send(f"smtp://u:p@127.0.0.1:{port}")
        assert seen == []
        await send(f"smtp://u:p@127.0.0.1:{port}?starttls=never")
        assert mailbox.recipients == ["b@example.com"]
        with pytest.raises(ServerUnavailable, match="535"):
            await send(f"smtp://u:wrong@127.0.0.1:{port}?starttls=never")


async def test_a_connection_is_kept_from_mail_to_mail_and_renewed_when_it_was_lost(mailbox: Mailbox) -> None:
    async with SmtpTransport(server_of(mailbox.url)) as transport:
        await transport.send("1", "a@example.com", "b@example.com", MESSAGE)
        await mailbox.stop()
        await mailbox.start()
        await transport.send("2", "a@example.com", "c@example.com", MESSAGE)
    assert mailbox.recipients == ["b@example.com", "c@example.com"]


async def test_an_address_that_mail_cannot_carry_is_refused_for_good(mailbox: Mailbox) -> None:
    with pytest.raises(PermanentFailure):
        await send(mailbox.url, "ä@example.com")


@pytest.mark.parametrize("starttls", ["", "?starttls=never"])
async def test_a_server_that_knows_only_the_old_greeting_gets_mails(mailbox: Mailbox, starttls: str) -> None:
    async with server(mailbox, OldServer) as port:
        await send(f"smtp://127.0.0.1:{port}{starttls}")
    assert mailbox.recipients == ["b@example.com"]


@pytest.mark.parametrize("starttls", ["", "?starttls=never"])
async def test_a_server_that_lets_nobody_in_refuses_no_mail(mailbox: Mailbox, starttls: str) -> None:
    async with server(mailbox, Unwilling) as port:
        with pytest.raises(ServerUnavailable, match="go away"):
            await send(f"smtp://127.0.0.1:{port}{starttls}")


async def test_a_server_that_wants_a_login_refuses_no_mail(mailbox: Mailbox) -> None:
    async with server(mailbox, Particular) as port:
        with pytest.raises(ServerUnavailable, match="530"):
            await send(f"smtp://127.0.0.1:{port}")


async def test_a_sender_that_is_refused_is_refused_for_good(mailbox: Mailbox) -> None:
    async with server(mailbox, Choosy) as port:
        with pytest.raises(PermanentFailure, match="550"):
            await send(f"smtp://127.0.0.1:{port}")
