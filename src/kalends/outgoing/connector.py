"""The one way out: a name is looked up once, its addresses are judged, and one of these is connected to."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address

from kalends.outgoing.failure import Unreachable
from kalends.outgoing.lookups import Lookups
from kalends.outgoing.networks import is_public
from kalends.outgoing.proxy import Proxy
from kalends.outgoing.sockets import Stream, connect_to_any, open_address, open_stream
from kalends.outgoing.url import is_address


class Connector:
    """Connects to addresses of the open internet, or with `allow_private` to any."""

    def __init__(
        self,
        lookups: Lookups,
        tls: ssl.SSLContext,
        *,
        proxy: Proxy | None,
        allow_private: bool,
        seconds: float,
    ) -> None:
        self.tls = tls
        self._lookups = lookups
        self._proxy = proxy
        self._allow_private = allow_private
        self._seconds = seconds

    def deadline(self) -> float:
        """Return when a connection that is begun now must be there, in the time of the loop."""
        return asyncio.get_running_loop().time() + self._seconds

    @asynccontextmanager
    async def connecting(self, deadline: float) -> AsyncIterator[None]:
        """Bound what happens inside, and tell apart what fails there."""
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except TimeoutError as error:
            raise Unreachable("timeout", f"no connection within {self._seconds:g} seconds") from error
        except ssl.SSLError as error:
            raise Unreachable("tls", str(error)) from error
        except OSError as error:
            raise Unreachable("connect", _reason(error)) from error

    async def open(self, host: str, port: int, owner: Hashable, *, is_tls: bool) -> Stream:
        """Return a stream to a host, encrypted or not.

        Raises:
            Unreachable: there is none in time.
        """
        async with self.connecting(self.deadline()):
            addresses = await self._judged(host, owner)
            tls = self.tls if is_tls else None
            if len(addresses) == 1 and self._proxy is None:
                # The loop does by itself with half the work what it does with a socket of ours.
                return await open_address(addresses[0], port, tls, host)
            return await open_stream(await self._connected(addresses, port), tls, host)

    async def connect(self, host: str, port: int, owner: Hashable) -> socket.socket:
        """Return a socket that is connected to a judged address of a host; the caller bounds the time.

        Raises:
            Unreachable: the name has no address, or one that is not public.
            OSError: none takes connections.
        """
        return await self._connected(await self._judged(host, owner), port)

    async def _connected(self, addresses: Sequence[str], port: int) -> socket.socket:
        if self._proxy is not None:
            return await self._proxy.connect_to_any(addresses, port)
        return await connect_to_any(addresses, port)

    async def _judged(self, host: str, owner: Hashable) -> Sequence[str]:
        """Return the addresses of a host, all of which may be connected to."""
        addresses = [host] if is_address(host) else await self._resolved(host, owner)
        for address in addresses:
            if not self._allow_private and not is_public(ip_address(address.partition("%")[0])):
                # Not which address: names of the server's own network are nobody's business.
                raise Unreachable(
                    "blocked_address",
                    f"{host} does not lead to a public address; "
                    "KALENDS_OUTGOING_ALLOW_PRIVATE=true would allow it",
                )
        return addresses

    async def _resolved(self, host: str, owner: Hashable) -> Sequence[str]:
        try:
            addresses = await self._lookups.addresses_of(host, owner)
        except (OSError, UnicodeError) as error:
            raise Unreachable("dns", f"the name {host} cannot be resolved") from error
        if not addresses:
            raise Unreachable("dns", f"the name {host} has no address")
        return addresses


def _reason(error: OSError) -> str:
    """Return what went wrong, without the address, which some loops put into the text."""
    # The numbers of failed look-ups are negative.
    return (
        os.strerror(error.errno)
        if error.errno and error.errno > 0
        else str(error) or "the connection was closed"
    )
