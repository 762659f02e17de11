"""A subscriber of webhooks: a real HTTP server on loopback that remembers, and misbehaves when told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    """A request; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """Its `webhook-id`."""
        return self.headers["webhook-id"]


Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Receiver:
    """A running receiver. It answers 200 but for what stands in `next_answers`, one for each request."""

    url: str
    requests: list[Received] = field(default_factory=list)
    next_answers: list[Behaviour] = field(default_factory=list)
    choose: Callable[[Received], Behaviour] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            received = await _read(reader)
            self.requests.append(received)
            self.arrived.set()
            if self.next_answers:
                behave = self.next_answers.pop(0)
            else:
                behave = answers(200) if self.choose is None else self.choose(received)
            await behave(reader, writer)
        writer.close()

    @property
    def bodies(self) -> list[Any]:
        """The parsed bodies, in their order."""
        return [request.json for request in self.requests]

    @property
    def triggers(self) -> list[str]:
        """The triggers that arrived, in their order."""
        return [body["triggerEvent"] for body in self.bodies]


def answers(status: int, body: str = "", *headers: str) -> Behaviour:
    """Return a behaviour that answers at once."""

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body.encode())}", *headers]
        writer.write("\r\n".join([*head, "", body]).encode())
        await writer.drain()

    return behave


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection off."""
    writer.transport.abort()


async def talks_nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer what is no HTTP."""
    writer.write(b"220 mail.example.org ESMTP\r\n")
    await writer.drain()


async def hangs(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Never answer: wait until the sender gives up."""
    await reader.read()


async def trickles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin an answer and never come to its end."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await writer.drain()
    await reader.read()


async def trickles_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 200 with a body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthanks")
    await writer.drain()
    await reader.read()


@asynccontextmanager
async def receiving(path: str = "/hook") -> AsyncIterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver("")
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, limit=2**20)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}{path}"
    try:
        yield receiver
    finally:
        server.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    lines: Sequence[tuple[str, str, str]] = [line.partition(":") for line in head[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in lines}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(head[0].split(" ")[1], headers, body)
