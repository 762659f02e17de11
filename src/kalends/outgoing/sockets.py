"""Connected sockets, and the streams on them."""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import SupportsIndex

from aiohappyeyeballs import start_connection

from kalends.outgoing.failure import Unreachable

_NEXT_ADDRESS_SECONDS = 0.25
"""How long an address may take before the next one is tried beside it (RFC 8305, 5)."""


class Reader(asyncio.StreamReader):
    """A stream that knows whether anything came that nobody has read."""

    def __init__(self) -> None:
        super().__init__()
        self._unread = 0

    @property
    def is_readable(self) -> bool:
        """Whether the next read returns at once: something came, or the end."""
        return self._unread > 0 or self.at_eof() or self.exception() is not None

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take what came."""
        received = bytes(data)
        self._unread += len(received)
        super().feed_data(received)

    async def read(self, n: int = -1) -> bytes:
        """Return what came, at most `n` bytes; nothing at the end."""
        data = await super().read(n)
        self._unread -= len(data)
        return data


async def connect_to_any(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to one of several addresses, the first that answers; no name is looked up.

    Raises:
        Unreachable: none does.
    """
    try:
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        found = chain.from_iterable(
            socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=numeric) for address in addresses
        )
        return await start_connection(list(found), happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS)
    except TimeoutError:
        raise
    except (OSError, RuntimeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        # Of several addresses each may have failed in its own way.
        reason = os.strerror(number) if number and number > 0 else "no address of the name takes connections"
        raise Unreachable("connect", reason) from error


async def open_stream(
    connected: socket.socket, tls: ssl.SSLContext | None, host: str
) -> tuple[Reader, asyncio.StreamWriter]:
    """Return the stream of a connected socket; with `tls` the certificate must be that of `host`.

    Raises:
        OSError: there is no TLS, or another's.
    """
    loop = asyncio.get_running_loop()
    reader = Reader()
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    try:
        transport, _ = await loop.create_connection(
            lambda: protocol, sock=connected, ssl=tls, server_hostname=host if tls else None
        )
    except BaseException:
        connected.close()
        raise
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
