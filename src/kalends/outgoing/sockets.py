"""Connected sockets, and the streams on them."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import SupportsIndex

from aiohappyeyeballs import start_connection

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


Stream = tuple[Reader, asyncio.StreamWriter]


async def connect_to_any(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to one of several addresses, of which there may be none; no name is looked up.

    Raises:
        OSError: none does; the message does not name them.
    """
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    found = list(
        chain.from_iterable(
            socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=numeric) for address in addresses
        )
    )
    if not found:
        raise OSError("there is no address")
    try:
        return await start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS)
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise OSError("no address of the name takes connections") from error  # each for a reason of its own


async def open_address(address: str, port: int, tls: ssl.SSLContext | None, host: str) -> Stream:
    """Connect to one address, and return the stream; with `tls` the certificate must be that of `host`.

    Raises:
        OSError: there is no connection, no TLS, or another's.
    """
    loop = asyncio.get_running_loop()
    reader = Reader()
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(
        lambda: protocol, address, port, ssl=tls, server_hostname=host if tls else None
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def open_stream(connected: socket.socket, tls: ssl.SSLContext | None, host: str) -> Stream:
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
