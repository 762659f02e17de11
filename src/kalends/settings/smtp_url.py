"""The address of a mail server, as `KALENDS_SMTP_URL` gives it."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}


class StartTls(Enum):
    """Whether a connection that begins in the clear is encrypted."""

    REQUIRED = "required"
    OFFERED = "offered"
    """If the server offers it. Its certificate is then not checked: whoever could forge one could as well
    leave out the offer."""

    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how to talk to it. `is_tls`: encrypted from the first byte."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool
    start_tls: StartTls


def server_of(url: str) -> Server:
    """Return the server that a URL names.

    Raises:
        ValueError: the URL names none; the message says what it must look like, and nothing of a password.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    asked = query.pop("starttls", ["required" if parts.username else "offered"])[-1]
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or query or parts.path.strip("/"):
        raise ValueError("must look like smtp://user:password@host:587 or smtps://user:password@host:465")
    try:
        start_tls = StartTls(asked)
    except ValueError as error:
        raise ValueError("starttls must be required, offered or never") from error
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
        is_tls=parts.scheme == "smtps",
        start_tls=start_tls,
    )
