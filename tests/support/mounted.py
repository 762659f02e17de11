"""Servers with operations that a test declares itself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.operation import PageRouter, Router
from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client
from tests.support.refusals import WatchedEdge


@asynccontextmanager
async def mounted(settings: Settings, clock: Clock, *routers: Router | PageRouter) -> AsyncIterator[Client]:
    """Lend a client of a running server that has the operations of these routers and no others."""
    app = Api(make_runtime(settings, clock=clock))
    app.router = Dispatcher(routers, app.runtime.admission, lifespan=app.router.lifespan_context)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=WatchedEdge(app))
        yield await stack.enter_async_context(Client(transport=transport, base_url="http://kalends.test"))
