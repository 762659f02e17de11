"""One request on a connection of its own: the POST of a webhook."""

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import h11

from kalends.outgoing.connector import Connector
from kalends.outgoing.failure import Unreachable
from kalends.outgoing.limits import Limits
from kalends.outgoing.sockets import Reader
from kalends.outgoing.url import InvalidUrl, Target, parse_url

MOST_EXCERPT_BYTES = 1_024
"""How much of the body of an answer is read."""

_MOST_HEAD_BYTES = 65_536
"""How much may come before the body: the head of the answer, and of informational answers before it."""

_READ_BYTES = 65_536
_EXCERPT_SHARE = 1 / 3
"""How much of the whole time the excerpt may take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `excerpt` is the beginning of the body, `retry_after` the header as it stands."""

    status: int
    excerpt: str
    retry_after: str | None = None


class Post:
    """Sends bodies, each on a connection of its own.

    One that is kept, and that the receiver is just closing, would make a failed attempt of what is none.
    """

    def __init__(self, connector: Connector, limits: Limits) -> None:
        self._connector = connector
        self._seconds = limits.total_seconds

    async def send(
        self, url: str, headers: Sequence[tuple[str, str]], content: bytes, owner: Hashable
    ) -> Answer:
        """Send a body, and return what is answered in time. Redirects are answers.

        Raises:
            Unreachable: there was no answer.
        """
        try:
            target = parse_url(url)
        except InvalidUrl as error:
            raise Unreachable("protocol", f"the URL {error}") from error
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(target, headers, content, owner)
        except TimeoutError as error:
            raise Unreachable("timeout", f"no answer within {self._seconds:g} seconds") from error
        except (OSError, h11.ProtocolError) as error:
            raise Unreachable("protocol", str(error) or "the connection was closed") from error

    async def _exchange(
        self, target: Target, headers: Sequence[tuple[str, str]], content: bytes, owner: Hashable
    ) -> Answer:
        reader, writer = await self._connector.open(
            target.host, target.port, owner, is_tls=target.scheme == "https"
        )
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
            excerpt = await _excerpt(connection, reader, self._seconds * _EXCERPT_SHARE)
            return Answer(response.status_code, excerpt, _header(response, b"retry-after"))
        finally:
            writer.transport.abort()


async def _response(connection: h11.Connection, reader: Reader) -> h11.Response:
    """Read until the head of the final answer is there."""
    received = 0
    while received <= _MOST_HEAD_BYTES:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(_READ_BYTES)
            received += len(data)
            connection.receive_data(data)
        elif isinstance(event, h11.Response):
            return event
        elif not isinstance(event, h11.InformationalResponse):
            raise Unreachable("protocol", "the connection was closed without an answer")
    raise Unreachable("protocol", f"no answer within {_MOST_HEAD_BYTES} bytes")


async def _excerpt(connection: h11.Connection, reader: Reader, seconds: float) -> str:
    """Read the beginning of the body; the status counts even if the body never ends."""
    received = b""
    with suppress(TimeoutError, OSError, h11.ProtocolError):
        async with asyncio.timeout(seconds):
            while len(received) < MOST_EXCERPT_BYTES:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(_READ_BYTES))
                elif isinstance(event, h11.Data):
                    received += event.data
                else:
                    break
    return received[:MOST_EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _header(response: h11.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for sent, value in response.headers if sent == name), None)
