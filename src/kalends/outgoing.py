"""Requests to addresses that users named: to public addresses only, and for a bounded time.

A name is resolved once for each request, every address of it is judged, and the connection goes to one of
the addresses that were judged. So neither a name that points inwards nor one that changes its mind between
two look-ups leads into the network of the server. Proxy variables of the environment count for nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import certifi
import h11

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0

MOST_EXCERPT_BYTES = 1_024
"""How much of an answer is read."""

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL_BYTES = 2_048
_LOOKUPS_AT_ONCE = 32
_READ_BYTES = 65_536

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """There was no answer. `kind` is one of dns, blocked_address, connect, tls, timeout, protocol."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class InvalidUrl(Exception):
    """A text is no address that a request can be sent to; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `excerpt` is the beginning of the body, `retry_after` the header as it stands."""

    status: int
    excerpt: str
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """An address to send to, taken apart."""

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
        InvalidUrl: it is none, has a user or password, or is longer than 2048 bytes.
    """
    if len(url.encode()) > _LONGEST_URL_BYTES:
        raise InvalidUrl(f"must be at most {_LONGEST_URL_BYTES} bytes long")
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


def is_public(address: _Address) -> bool:
    """Tell whether an address is one of the open internet, whatever form of IPv6 it hides in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Outgoing:
    """Sends requests. One of it serves a process; `close` ends its threads."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._resolver = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")
        # The certificates of the system, which may know a company's own, and those of certifi.
        self._tls = ssl.create_default_context()
        self._tls.load_verify_locations(certifi.where())

    def close(self) -> None:
        """Let go of the threads without waiting for look-ups that hang."""
        self._resolver.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Sequence[tuple[str, str]], content: bytes) -> Answer:
        """Send a body, and return what is answered within `TOTAL_SECONDS`. Redirects are answers.

        Raises:
            Unreachable: there was no answer.
        """
        try:
            target = parse_url(url)
        except InvalidUrl as error:
            raise Unreachable("protocol", f"the URL {error}") from error
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._exchange(target, headers, content)
        except TimeoutError as error:
            raise Unreachable("timeout", f"no answer within {TOTAL_SECONDS:g} seconds") from error
        except (OSError, h11.ProtocolError) as error:
            raise Unreachable("protocol", str(error) or "the connection was closed") from error

    async def _exchange(self, target: Target, headers: Sequence[tuple[str, str]], content: bytes) -> Answer:
        # A connection of its own for each request: a kept one that the receiver is just closing would make a
        # failed attempt of what is none.
        reader, writer = await self._connect(target)
        try:
            connection = h11.Connection(h11.CLIENT)
            request = h11.Request(
                method="POST",
                target=target.path,
                headers=[
                    ("Host", target.authority),
                    ("Accept", "*/*"),
                    ("Connection", "close"),
                    ("Content-Length", str(len(content))),
                    *headers,
                ],
            )
            for part in (request, h11.Data(content), h11.EndOfMessage()):
                writer.write(connection.send(part) or b"")
            await writer.drain()
            response = await _response(connection, reader)
            excerpt = await _excerpt(connection, reader)
            return Answer(response.status_code, excerpt, _header(response, b"retry-after"))
        finally:
            writer.transport.abort()

    async def _connect(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Look up a name, judge its addresses, and connect to the first that answers."""
        tls: dict[str, Any] = {}
        if target.scheme == "https":
            tls = {"ssl": self._tls, "server_hostname": target.host}
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                [*others, last] = await self._vetted(target.host, target.port)
                for address in others:
                    with suppress(OSError):
                        return await asyncio.open_connection(address, target.port, **tls)
                return await asyncio.open_connection(last, target.port, **tls)
        except TimeoutError as error:
            raise Unreachable("timeout", f"no connection within {CONNECT_SECONDS:g} seconds") from error
        except ssl.SSLError as error:
            raise Unreachable("tls", str(error)) from error
        except OSError as error:
            raise Unreachable("connect", error.strerror or str(error)) from error

    async def _vetted(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a name, all of which may be connected to."""
        addresses = [host] if _is_address(host) else await self._resolved(host, port)
        for address in addresses:
            if not self._allow_private and not is_public(ipaddress.ip_address(address.partition("%")[0])):
                # Not which address: names of the server's own network are nobody's business.
                raise Unreachable(
                    "blocked_address",
                    f"{host} does not lead to a public address; "
                    "KALENDS_OUTGOING_ALLOW_PRIVATE=true would allow it",
                )
        return addresses

    async def _resolved(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._resolver, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            raise Unreachable("dns", f"the name {host} cannot be resolved") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _response(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    """Read until the head of the final answer is there."""
    while True:
        event = await _next(connection, reader)
        if isinstance(event, h11.Response):
            return event
        if not isinstance(event, h11.InformationalResponse):
            raise Unreachable("protocol", "the connection was closed without an answer")


async def _excerpt(connection: h11.Connection, reader: asyncio.StreamReader) -> str:
    """Read the beginning of the body; the status counts even if the body never ends."""
    received = b""
    with suppress(TimeoutError, OSError, h11.ProtocolError):
        async with asyncio.timeout(TOTAL_SECONDS / 3):
            while len(received) < MOST_EXCERPT_BYTES:
                event = await _next(connection, reader)
                if not isinstance(event, h11.Data):
                    break
                received += event.data
    return received[:MOST_EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    """Return what comes next, reading as much as that takes."""
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_READ_BYTES))
    return event


def _header(response: h11.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for sent, value in response.headers if sent == name), None)


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise InvalidUrl("must be a URL whose host is a name or an address") from error


def _path(parts: SplitResult) -> bytes:
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return (f"{path}?{query}" if query else path).encode()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that NAT64 makes of an address, if it is one of those."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
