"""The HTTP client for what answers in more than a status: calendars, conferencing, feeds."""

import logging
from typing import Any

import httpx2

from kalends import __version__
from kalends.outgoing.failure import Unreachable
from kalends.outgoing.limits import Limits
from kalends.outgoing.transport import VettedTransport
from kalends.outgoing.url import InvalidUrl

# It writes each URL into the log, and URLs carry secrets.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class Client(httpx2.AsyncClient):
    """A client whose every failure to get an answer is `Unreachable`; redirects only where asked for.

    Use it in `async with`, for all requests of one task: it keeps connections until its end. An answer is
    read whole, within the limits, unless it is streamed.
    """

    def __init__(self, transport: VettedTransport, limits: Limits) -> None:
        super().__init__(
            transport=transport,
            headers={"User-Agent": f"Kalends/{__version__}"},
            timeout=None,  # the transport bounds the whole, not each step
            max_redirects=limits.redirects,
            trust_env=False,
        )

    def build_request(self, *args: Any, **options: Any) -> httpx2.Request:
        """Put a request together.

        Raises:
            InvalidUrl: it is for no address that a request can be sent to.
        """
        try:
            request = super().build_request(*args, **options)
        except httpx2.InvalidURL as error:
            raise InvalidUrl("must be an absolute http or https URL such as https://example.com/") from error
        if request.url.port is not None and not 0 < request.url.port < 65_536:
            raise InvalidUrl("must be a URL whose port is between 1 and 65535")
        return request

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request, and follow redirects if `follow_redirects` says so.

        Raises:
            Unreachable: there was no answer.
        """
        try:
            return await super().send(request, **options)
        except httpx2.TooManyRedirects as error:
            raise Unreachable("protocol", f"more than {self.max_redirects} redirects") from error
        except httpx2.HTTPError as error:
            raise Unreachable("protocol", str(error)) from error
