"""Handing mails to a mail server."""

from contextlib import suppress
from types import TracebackType

import aiosmtplib

from kalends.localization.plain import one_line
from kalends.notifications.transport.failures import PermanentFailure, ServerUnavailable, TemporaryFailure
from kalends.notifications.transport.inspection import check_head
from kalends.settings.smtp_url import Server, StartTls

_TIMEOUT_SECONDS = 20.0
_LONGEST_ERROR = 500
_PERMANENT = 500  # the reply codes from here on
_WANTS_A_LOGIN = (530, 534, 535, 538)  # RFC 4954, section 6: whatever the mail is


async def try_server(server: Server) -> None:
    """Connect as for a mail, and send none.

    Raises:
        ServerUnavailable: the server cannot be reached, or does not let us in.
    """
    client = await _connected(server)
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()


class SmtpTransport:
    """One connection to a mail server, opened when the first mail is sent and again when it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> "SmtpTransport":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit()

    async def send(self, name: str, sender: str, recipient: str, message: bytes) -> None:
        """Hand a message over; the server does not learn its `name`.

        Raises:
            PermanentFailure: this mail is refused for good.
            TemporaryFailure: this mail is not taken now.
            ServerUnavailable: the server cannot be reached, or does not let us in.
        """
        check_head(message)
        if self._client is None or not self._client.is_connected:
            self._client = await _connected(self._server)
        try:
            await self._client.sendmail(sender, [recipient], message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _failure(error.recipients[0]) from error
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code in _WANTS_A_LOGIN:
                raise ServerUnavailable(_said(error)) from error
            raise _failure(error) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _failure(error) from error
        except ValueError as error:
            raise PermanentFailure(f"This address cannot be sent to: {one_line(str(error))}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            raise TemporaryFailure(_described(error)) from error


async def _connected(server: Server) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.is_tls,
        start_tls=False,
        timeout=_TIMEOUT_SECONDS,
    )
    try:
        await client.connect()
        await _start_tls(client, server)
        # Not with the first mail: a server that wants nothing of us has nothing against that mail.
        await _greet(client)
        if server.user is not None:
            await client.login(server.user, server.password or "")
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise ServerUnavailable(_described(error)) from error
    return client


async def _start_tls(client: aiosmtplib.SMTP, server: Server) -> None:
    if server.is_tls or server.start_tls is StartTls.NEVER:
        return
    is_required = server.start_tls is StartTls.REQUIRED
    await _greet(client)
    if is_required or client.supports_extension("starttls"):
        await client.starttls(validate_certs=is_required)


async def _greet(client: aiosmtplib.SMTP) -> None:
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


def _failure(error: aiosmtplib.SMTPResponseException) -> TemporaryFailure | PermanentFailure:
    is_permanent = error.code >= _PERMANENT
    return PermanentFailure(_said(error)) if is_permanent else TemporaryFailure(_said(error))


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return one_line(f"{error.code} {error.message}")[:_LONGEST_ERROR]


def _described(error: Exception) -> str:
    return one_line(str(error) or type(error).__name__)[:_LONGEST_ERROR]
