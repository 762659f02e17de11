"""The address of a proxy, as `KALENDS_OUTGOING_PROXY` gives it."""

import base64
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PORT = 80
_MUST = "must look like http://proxy.example.com:3128 or http://user:password@host:port"


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """A proxy that is spoken to in the clear; `authorization` is the value of `Proxy-Authorization`."""

    host: str
    port: int
    authorization: str | None


def proxy_of(url: str) -> ProxyAddress:
    """Return the proxy that a URL names.

    Raises:
        ValueError: the URL names none; the message says what it must look like, and nothing of a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_MUST) from None
    if parts.scheme != "http" or not parts.hostname or port == 0 or parts.query or parts.path.strip("/"):
        raise ValueError(_MUST)
    authorization = None
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(credentials.encode()).decode()
    return ProxyAddress(parts.hostname, port or _PORT, authorization)
