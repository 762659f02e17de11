"""The ASGI application, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.types import ASGIApp

from kalends import __version__, metrics
from kalends.accounts import routes as accounts
from kalends.api import health, reference
from kalends.api.edge import Edge
from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.operation import PageRouter, Router
from kalends.api.openapi import DocumentedApi
from kalends.api.rate_limit_storage import open_storage
from kalends.api.rate_limits import RateLimiter
from kalends.auth import routes as auth
from kalends.auth.admission import Admission
from kalends.bookings import routes as bookings
from kalends.db.database import Database
from kalends.encryption import Keyring
from kalends.event_types import routes as event_types
from kalends.outbox.worker import Worker
from kalends.outgoing import Outgoing
from kalends.preloading import preload
from kalends.reservations import routes as reservations
from kalends.schedules import routes as schedules
from kalends.settings import Settings, get_settings
from kalends.slots import routes as slots
from kalends.timezones import routes as timezones
from kalends.web import routes as web
from kalends.webhooks import routes as webhooks
from kalends.worker import duties

_ROUTERS: Sequence[Router | PageRouter] = (
    health.router,
    health.pages,
    accounts.router,
    auth.router,
    bookings.router,
    event_types.router,
    metrics.router,
    reservations.router,
    *schedules.routers,
    slots.router,
    timezones.router,
    web.router,
    *webhooks.routers,
)


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, *, clock: Callable[[], datetime] = utc_now) -> ASGIApp:
    """Return the server as an ASGI application; `settings` default to those of the environment."""
    api = create_api(settings or get_settings(), clock=clock)
    return Edge(api, api.state.admission.allowance)


def _worker(
    settings: Settings,
    database: Database,
    outgoing: Outgoing,
    keys: Keyring,
    clock: Callable[[], datetime],
) -> AbstractAsyncContextManager[object]:
    if not settings.worker:
        return nullcontext()
    return Worker(database, settings, duties(settings, outgoing, keys, clock), clock)


def create_api(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """Return the FastAPI application behind the edge: routes, document, lifespan."""
    database = Database(settings.connection_url(), size=settings.database_pool_size)
    storage = open_storage(settings, database)
    admission = Admission(settings, database, RateLimiter(storage, clock), clock)

    outgoing = Outgoing(allow_private=settings.outgoing_allow_private, proxy=settings.outgoing_proxy_address)
    keys = Keyring(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with database, _worker(settings, database, outgoing, keys, clock):
            preloading = asyncio.create_task(asyncio.to_thread(preload))
            yield
            await preloading
            await admission.finish()

    app = DocumentedApi(
        title="Kalends",
        version=__version__,
        description="Scheduling: event types, availability, slots and bookings.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": settings.base_url}],
        # Else FastAPI asks at every request whether anybody listens, which costs as much as routing it.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.database = database
    app.state.clock = clock
    app.state.keys = keys
    app.state.outgoing = outgoing
    app.state.metrics = metrics.Page()
    app.state.admission = admission
    app.router = Dispatcher((*_ROUTERS, reference.router(app)), admission, lifespan=lifespan)
    return app
