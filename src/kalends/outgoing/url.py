"""URLs that requests can be sent to."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

import idna

LONGEST_URL_BYTES = 2_048

_PORTS = {"http": 80, "https": 443}


class InvalidUrl(Exception):
    """A text is no address that a request can be sent to; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to send to, taken apart; `host` is an address or a name in ASCII."""

    scheme: str
    host: str
    port: int
    path: bytes

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(url: str) -> Target:
    """Take an absolute http or https URL apart.

    Raises:
        InvalidUrl: it is none, has a user or password, or is longer than `LONGEST_URL_BYTES`.
    """
    if len(url.encode()) > LONGEST_URL_BYTES:
        raise InvalidUrl(f"must be at most {LONGEST_URL_BYTES} bytes long")
    if any(character.isspace() or ord(character) < 0x20 for character in url):
        raise InvalidUrl("must be a URL without white space")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidUrl("must be a URL such as https://example.com/hook") from error
    if parts.scheme not in _PORTS or not host:
        raise InvalidUrl("must be an absolute http or https URL such as https://example.com/hook")
    if parts.username is not None or parts.password is not None:
        raise InvalidUrl("must be a URL without user and password")
    if port == 0:
        raise InvalidUrl("must be a URL whose port is between 1 and 65535")
    return Target(parts.scheme, _ascii_host(host), port or _PORTS[parts.scheme], _path(parts))


def is_address(host: str) -> bool:
    """Tell whether a host is an IP address, not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _ascii_host(host: str) -> str:
    """Return a name as it is looked up: by IDNA 2008, after the mapping of UTS 46 that browsers use."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError as error:
        raise InvalidUrl("must be a URL whose host is a name or an address") from error


def _path(parts: SplitResult) -> bytes:
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return (f"{path}?{query}" if query else path).encode()
