"""Requests to addresses that users named: to public addresses only, and for a bounded time.

A name is resolved once for each request, every address of it is judged, and the connection goes to one of
the addresses that were judged. So neither a name that points inwards nor one that changes its mind between
two look-ups leads into the network of the server. Proxy variables of the environment count for nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
import typing
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import certifi
import httpcore

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0

MOST_EXCERPT_BYTES = 1_024
"""How much of an answer is read."""

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL_BYTES = 2_048
_LOOKUPS_AT_ONCE = 32

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
        self._resolver = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")
        self._backend = _VettingBackend(self._resolver, allow_private=allow_private)
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
            raise Unreachable("timeout", f"no answer within {TOTAL_SECONDS:.0f} seconds") from error
        except httpcore.TimeoutException as error:
            raise Unreachable("timeout", f"no connection within {CONNECT_SECONDS:.0f} seconds") from error
        except httpcore.ConnectError as error:
            kind = "tls" if isinstance(error.__cause__, ssl.SSLError) else "connect"
            raise Unreachable(kind, str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable("protocol", str(error) or "the connection was closed") from error

    async def _exchange(self, target: Target, headers: Sequence[tuple[str, str]], content: bytes) -> Answer:
        # A connection of its own for each request: a kept one that the receiver is just closing would make a
        # failed attempt of what is none.
        connection = httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port),
            ssl_context=self._tls,
            network_backend=self._backend,
        )
        request = httpcore.Request(
            "POST",
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers=[
                ("Host", target.authority),
                ("Accept", "*/*"),
                ("Connection", "close"),
                ("Content-Length", str(len(content))),
                *headers,
            ],
            content=content,
            extensions={"timeout": {"connect": CONNECT_SECONDS}},
        )
        try:
            response = await connection.handle_async_request(request)
            return Answer(response.status, await _excerpt(response), _header(response, b"retry-after"))
        finally:
            await connection.aclose()


class _VettingBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses, or to any if that is allowed."""

    def __init__(self, resolver: ThreadPoolExecutor, *, allow_private: bool) -> None:
        self._resolver = resolver
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve a name, judge its addresses, and connect to the first that answers."""
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(await self._vetted(host, port), port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error

    async def _connect(self, addresses: Sequence[str], port: int) -> httpcore.AsyncNetworkStream:
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port)
            except httpcore.ConnectError:
                continue
        return await self._inner.connect_tcp(addresses[-1], port)

    async def _vetted(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._resolver, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            raise Unreachable("dns", f"the name {host} cannot be resolved") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._allow_private and not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Unreachable(
                    "blocked_address",
                    f"{host} is {address}, which is no public address; "
                    "KALENDS_OUTGOING_ALLOW_PRIVATE=true would allow it",
                )
        return addresses


async def _excerpt(response: httpcore.Response) -> str:
    """Read the beginning of the body; the status counts even if the body never ends."""
    received = b""
    try:
        async with asyncio.timeout(TOTAL_SECONDS / 3):
            async for chunk in response.aiter_stream():
                received += chunk
                if len(received) >= MOST_EXCERPT_BYTES:
                    break
    except (TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return received[:MOST_EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _header(response: httpcore.Response, name: bytes) -> str | None:
    values = (value.decode("latin-1") for sent, value in response.headers if sent.lower() == name)
    return next(values, None)


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


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that NAT64 makes of an address, if it is one of those."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
