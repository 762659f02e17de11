"""A connection to a running server: HTTP/1.1 with nothing between the test and the socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.client import VERSIONS
from tests.support.server import HOST

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `head` is its status line and headers as they came."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """Return the parsed body."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """A connection that stays open, with one request at a time on its way.

    Raises:
        ConnectionResetError: on waiting, the server has closed the connection.
    """

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self._end = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect an answer, and hand it over when it is complete."""
        self._received += data
        if self._answer is not None and not self._answer.done():
            answer = _take_answer(self._received)
            if answer is not None:
                self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits that there will be no answer."""
        self._end.set()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the server closed the connection"))

    async def send(self, request: bytes) -> Answer:
        """Send a request as it is, and return its answer."""
        self.write(request)
        return await self.answer()

    def write(self, part: bytes) -> None:
        """Send a part of a request, or anything else."""
        assert self._transport is not None
        self._transport.write(part)

    async def answer(self) -> Answer:
        """Return the next answer."""
        found = _take_answer(self._received)
        if found is not None:
            return found
        if self._end.is_set():
            raise ConnectionResetError("the server closed the connection")
        self._answer = asyncio.get_running_loop().create_future()
        return await self._answer

    @property
    def is_answered(self) -> bool:
        """Whether an answer, or the end of the connection, has come that nobody has waited for."""
        return self._end.is_set() or self._received.find(_END_OF_HEAD) >= 0

    async def get(self, path: str, api_key: str | None = None) -> Answer:
        """Send a GET."""
        return await self.send(request_bytes("GET", path, api_key=api_key))

    async def post(self, path: str, body: Mapping[str, Any], api_key: str | None = None) -> Answer:
        """Send a POST."""
        return await self.send(request_bytes("POST", path, body, api_key=api_key))

    def pause(self) -> None:
        """Stop reading what the server sends."""
        assert self._transport is not None
        self._transport.pause_reading()

    async def closed(self) -> None:
        """Wait until the server has closed the connection."""
        await self._end.wait()

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()


async def connect(port: int) -> Connection:
    """Return a new connection to a server on this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, HOST, port)
    return connection


@asynccontextmanager
async def connected(port: int, count: int) -> AsyncIterator[list[Connection]]:
    """Lend connections to a server on this machine; each has been answered once."""
    connections = [await connect(port) for _ in range(count)]
    try:
        for answer in await asyncio.gather(*(connection.get("/health") for connection in connections)):
            assert answer.status == 200
        yield connections
    finally:
        for connection in connections:
            connection.close()


def request_bytes(
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    api_key: str | None = None,
    key: str | None = None,
) -> bytes:
    """Return a request with the version header that the path wants; `key` is its `Idempotency-Key`."""
    head = [f"{method} {path} HTTP/1.1", "Host: kalends.test"]
    head += [f"cal-api-version: {version}" for prefix, version in VERSIONS.items() if path.startswith(prefix)]
    if api_key is not None:
        head.append(f"Authorization: Bearer {api_key}")
    if key is not None:
        head.append(f"Idempotency-Key: {key}")
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


def _take_answer(received: bytearray) -> Answer | None:
    """Cut a complete answer off what was received; Kalends gives every body a length."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return None
    head = bytes(received[:end])
    body_starts = end + len(_END_OF_HEAD)
    body_ends = body_starts + _content_length(head)
    if len(received) < body_ends:
        return None
    answer = Answer(int(head[9:12]), head, bytes(received[body_starts:body_ends]))
    del received[:body_ends]
    return answer


def _content_length(head: bytes) -> int:
    named = head.lower().partition(_LENGTH)[2]
    return int(named.partition(b"\r\n")[0]) if named else 0
