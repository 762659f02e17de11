"""Anyone who calls a server that limits rates, from any address."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

from tests.support.client import VERSIONS

ADDRESS = "192.0.2.1"


class Callers:
    """A server that is called from any address; each request is on a connection of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def request(
        self, method: str, path: str, *, address: str = ADDRESS, body: bytes = b"", **sent: str
    ) -> httpx.Response:
        """Send one request; `sent` are headers with underscores for dashes."""
        headers = {name.replace("_", "-"): value for name, value in sent.items()}
        transport = httpx.ASGITransport(app=self._app, client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://kalends.test") as client:
            return await client.request(method, path, headers=headers, content=body)

    async def get(self, path: str, *, address: str = ADDRESS, **sent: str) -> httpx.Response:
        """Send one GET."""
        return await self.request("GET", path, address=address, body=b"", **sent)

    async def post(
        self, path: str, body: Mapping[str, Any], *, address: str = ADDRESS, **sent: str
    ) -> httpx.Response:
        """Send one POST with the version header that the path wants."""
        named = [version for prefix, version in VERSIONS.items() if path.startswith(prefix)]
        headers = {"content_type": "application/json", "cal_api_version": "".join(named), **sent}
        content = json.dumps(body).encode()
        return await self.request("POST", path, address=address, body=content, **headers)
