"""What leaves the house."""

import ssl
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import certifi

from kalends.outgoing.connector import Connector
from kalends.outgoing.limits import Limits
from kalends.outgoing.lookups import Lookups, Resolve, system_addresses
from kalends.outgoing.posting import Answer, Post
from kalends.outgoing.proxy import Proxy
from kalends.settings.proxy_url import ProxyAddress

if TYPE_CHECKING:
    from kalends.outgoing.client import Client

_LIMITS = Limits()


class Outgoing:
    """Sends requests to addresses that users named. One of it serves a process.

    An owner is whoever named the address, by any key that tells owners apart: look-ups are counted by it.
    Proxy variables of the environment count for nothing.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        proxy: ProxyAddress | None = None,
        limits: Limits = _LIMITS,
        resolve: Resolve = system_addresses,
    ) -> None:
        self._limits = limits
        lookups = Lookups(resolve, at_once=limits.lookups, of_one_owner=limits.lookups_of_one_owner)
        # The certificates of the system, which may know a company's own, and those of certifi.
        tls = ssl.create_default_context()
        tls.load_verify_locations(certifi.where())
        self._connector = Connector(
            lookups,
            tls,
            proxy=None if proxy is None else Proxy(proxy, lookups),
            allow_private=allow_private,
            seconds=limits.connect_seconds,
        )
        self._post = Post(self._connector, limits)

    async def post(
        self, url: str, headers: Sequence[tuple[str, str]], content: bytes, *, owner: Hashable
    ) -> Answer:
        """Send a body, and return the answer with the beginning of what it says. Redirects are answers.

        Raises:
            Unreachable: there was no answer.
        """
        return await self._post.send(url, headers, content, owner)

    def client(self, owner: Hashable, limits: Limits | None = None) -> "Client":
        """Return a client for requests of one owner; use it in `async with`.

        `limits` are those of its connections and answers; how long connecting takes is the same for all.
        """
        # Loading it takes a tenth of a second, which no start should wait for.
        from kalends.outgoing.client import Client
        from kalends.outgoing.transport import VettedTransport

        limits = limits or self._limits
        return Client(VettedTransport(self._connector, limits, owner), limits)
