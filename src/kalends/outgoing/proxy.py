"""Going out through a proxy.

Also for plain http it is asked for an address that was judged, never for a name that it would look up itself:
so what is true of the address stays true, and the TLS of the receiver ends here.
"""

import asyncio
import re
import socket
from collections.abc import Sequence

from kalends.outgoing.failure import Unreachable
from kalends.outgoing.lookups import Lookups
from kalends.outgoing.sockets import connect_to_any
from kalends.outgoing.url import is_address
from kalends.settings.proxy_url import ProxyAddress

_OWNER = "proxy"
_MOST_HEAD_BYTES = 16_384
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_CANNOT_CONNECT = (502, 503, 504)


class Proxy:
    """A proxy that makes tunnels (RFC 9110, 9.3.6). Its own address is the operator's, and not judged."""

    def __init__(self, address: ProxyAddress, lookups: Lookups) -> None:
        self._address = address
        self._lookups = lookups

    async def connect_to_any(self, addresses: Sequence[str], port: int) -> socket.socket:
        """Return a tunnel to one of several addresses, the first that the proxy reaches.

        Raises:
            Unreachable: there is no proxy, it refuses, or it reaches none.
        """
        status = 0
        for address in addresses:
            connected = await self._connect()
            try:
                status = await self._ask(connected, address, port)
            except BaseException:
                connected.close()
                raise
            if 200 <= status < 300:
                return connected
            connected.close()
            if status not in _CANNOT_CONNECT:
                break
        raise Unreachable("connect", f"the proxy answered {status}")

    async def _connect(self) -> socket.socket:
        host = self._address.host
        try:
            found = [host] if is_address(host) else await self._lookups.addresses_of(host, _OWNER)
            return await connect_to_any(found, self._address.port)
        except (OSError, UnicodeError) as error:
            raise Unreachable("connect", "the proxy cannot be reached") from error

    async def _ask(self, connected: socket.socket, address: str, port: int) -> int:
        """Ask for a tunnel; return the status that the proxy answers."""
        loop = asyncio.get_running_loop()
        authority = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self._address.authorization is not None:
            lines.append(f"Proxy-Authorization: {self._address.authorization}")
        try:
            await loop.sock_sendall(connected, "\r\n".join([*lines, "", ""]).encode())
            head = b""
            # Whoever is at the other end speaks only after us, so nothing of it can follow the head.
            while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
                if not (received := await loop.sock_recv(connected, _MOST_HEAD_BYTES - len(head))):
                    break
                head += received
        except OSError as error:
            raise Unreachable("connect", "the proxy closed the connection") from error
        status_line = _STATUS_LINE.match(head)
        if status_line is None or not head.endswith(b"\r\n\r\n"):
            raise Unreachable("connect", "the proxy answered what is no HTTP")
        return int(status_line[1])
