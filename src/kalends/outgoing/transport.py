"""The requests of a client, on vetted connections and with bounded answers.

The client is that of `httpx2`, on the connection pool of `httpcore2`; what these connect to, and how much may
come back, is decided here. Answers are decompressed here too: it must show in time how large they become.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Hashable, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager

import httpcore2
import httpx2

from kalends.outgoing.connector import Connector
from kalends.outgoing.failure import Unreachable
from kalends.outgoing.gzip import Gunzip
from kalends.outgoing.limits import Limits
from kalends.outgoing.sockets import Stream, open_stream

_DEADLINE = "kalends.deadline"
"""The extension of a request that says when its answer must be there; redirects inherit it."""

_OF_COMPRESSED = (b"content-encoding", b"content-length")
"""Headers that are no longer true of an answer that was decompressed."""


class VettedTransport(httpx2.AsyncBaseTransport):
    """Carries the requests of one owner. What fails is `Unreachable`, also while an answer is read."""

    def __init__(self, connector: Connector, limits: Limits, owner: Hashable) -> None:
        self._limits = limits
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=connector.tls,
            network_backend=_Backend(connector, owner),
            max_connections=limits.connections,
            max_keepalive_connections=limits.idle_connections,
            keepalive_expiry=limits.idle_seconds,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; return the answer, whose body comes while it is read."""
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise Unreachable("protocol", "the URL must be an absolute http or https URL")
        if not isinstance(request.stream, httpx2.AsyncByteStream):
            raise TypeError("the body of the request cannot be read asynchronously")
        deadline: float = request.extensions.setdefault(
            _DEADLINE, asyncio.get_running_loop().time() + self._limits.total_seconds
        )
        request.headers["Accept-Encoding"] = "gzip"
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
        )
        async with _answering(deadline, self._limits):
            answer = await self._pool.handle_async_request(sent)
        try:
            gunzip = _gunzip_for(answer)
        except Unreachable:
            await answer.aclose()
            raise
        headers = [
            (name, value)
            for name, value in answer.headers
            if gunzip is None or name.lower() not in _OF_COMPRESSED
        ]
        body = _Body(answer, gunzip, deadline, self._limits)
        return httpx2.Response(answer.status, headers=headers, stream=body)


class _Body(httpx2.AsyncByteStream):
    """The body of an answer."""

    def __init__(
        self, answer: httpcore2.Response, gunzip: Gunzip | None, deadline: float, limits: Limits
    ) -> None:
        self._answer = answer
        self._gunzip = gunzip
        self._deadline = deadline
        self._limits = limits

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = read = 0
        async with aclosing(self._answer.aiter_stream()) as stream:
            while True:
                async with _answering(self._deadline, self._limits):
                    data = await anext(stream, None)
                if data is None:
                    break
                received += len(data)
                self._check_size(received)
                for piece in self._pieces_of(data):
                    read += len(piece)
                    self._check_size(read)
                    yield piece
        if self._gunzip is not None and not self._gunzip.is_complete:
            raise Unreachable("protocol", "the compressed answer breaks off")

    async def aclose(self) -> None:
        """Release the connection."""
        await self._answer.aclose()

    def _pieces_of(self, data: bytes) -> Iterator[bytes]:
        if self._gunzip is None:
            yield data
            return
        try:
            yield from self._gunzip.pieces_of(data)
        except zlib.error as error:
            raise Unreachable("protocol", "the answer cannot be decompressed") from error

    def _check_size(self, size: int) -> None:
        if size > self._limits.most_answer_bytes:
            raise Unreachable("protocol", f"the answer is larger than {self._limits.most_answer_bytes} bytes")


class _Backend(httpcore2.AsyncNetworkBackend):
    """Makes the connections of a pool."""

    def __init__(self, connector: Connector, owner: Hashable) -> None:
        self._connector = connector
        self._owner = owner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the pool calls it; ours is the connector's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a judged address of a host."""
        deadline = self._connector.deadline()
        async with self._connector.connecting(deadline):
            return _Stream(self._connector, deadline, await self._connector.connect(host, port, self._owner))


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection of a pool. What it connected is opened when it shows whether it is to be encrypted."""

    def __init__(self, connector: Connector, deadline: float, connected: socket.socket) -> None:
        self._connector = connector
        self._deadline = deadline
        self._connected = connected
        self._opened: Stream | None = None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore2.AsyncNetworkStream:
        """Encrypt it; the certificate must be that of the name."""
        await self._open(ssl_context, server_hostname or "")
        return self

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        """Return what comes next; nothing at the end."""
        reader, _ = self._opened or await self._open(None, "")
        return await reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        """Send bytes."""
        _, writer = self._opened or await self._open(None, "")
        try:
            writer.write(buffer)
            await writer.drain()
        except TimeoutError:
            raise
        except OSError as error:
            # The pool then looks whether the receiver has answered before it closed the connection.
            raise httpcore2.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Break it off."""
        if self._opened is None:
            self._connected.close()
        else:
            self._opened[1].transport.abort()

    def get_extra_info(self, info: str) -> object:
        """Tell the pool whether a connection that it kept is still of use."""
        return self._opened is not None and self._opened[0].is_readable if info == "is_readable" else None

    async def _open(self, tls: ssl.SSLContext | None, host: str) -> Stream:
        async with self._connector.connecting(self._deadline):
            self._opened = await open_stream(self._connected, tls, host)
        return self._opened


@asynccontextmanager
async def _answering(deadline: float, limits: Limits) -> AsyncIterator[None]:
    """Bound what happens inside, and tell apart what fails there."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError as error:
        raise Unreachable("timeout", f"no answer within {limits.total_seconds:g} seconds") from error
    except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise Unreachable("protocol", str(error) or "the connection was closed") from error


def _gunzip_for(answer: httpcore2.Response) -> Gunzip | None:
    """Return what decompresses an answer; None: it is not compressed."""
    encodings = [
        value.strip().lower() for name, value in answer.headers if name.lower() == b"content-encoding"
    ]
    match encodings:
        case [] | [b"identity"] | [b""]:
            return None
        case [b"gzip"] | [b"x-gzip"]:
            return Gunzip()
    raise Unreachable("protocol", "the answer is compressed in a way that was not asked for")
