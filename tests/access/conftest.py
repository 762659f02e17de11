"""The server under test, with an operation more for each guard."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from kalends.api.http.dispatcher import Dispatcher
from kalends.app import _ROUTERS, Api
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.access.probes import router
from tests.conftest import Clock
from tests.support.client import Client
from tests.support.organizations import People
from tests.support.refusals import WatchedEdge


@pytest.fixture(scope="package")
async def probed_api(settings: Settings, clock: Clock) -> AsyncIterator[Api]:
    """Return the running application with the probes of all guards."""
    app = Api(make_runtime(settings, clock=clock))
    app.router = Dispatcher((*_ROUTERS, router), app.runtime.admission, lifespan=app.router.lifespan_context)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield app


@pytest.fixture
async def probe(probed_api: Api, client: Client) -> AsyncIterator[Client]:
    """Return a client without a credential of the server with probes; its database is that of `client`."""
    transport = httpx.ASGITransport(app=WatchedEdge(probed_api))
    async with Client(transport=transport, base_url="http://kalends.test") as probe:
        yield probe


@pytest.fixture
def people(probe: Client, database: Database) -> People:
    """Return what makes people who call the server with probes."""
    return People(probe, database)
