"""The ASGI application, put together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI
from starlette.types import ASGIApp

from kalends import __version__
from kalends.accounts import routes as accounts
from kalends.api.contract.operations import contract_operations
from kalends.api.document import greeting, reference
from kalends.api.document.openapi import DocumentedApi
from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.edge import Edge
from kalends.api.http.operation import PageRouter, Router
from kalends.audit import routes as audit
from kalends.auth import routes as auth
from kalends.bookings import routes as bookings
from kalends.db.database import Database
from kalends.event_types import routes as event_types
from kalends.event_types.of_teams import routes as event_types_of_teams
from kalends.memberships import routes as memberships
from kalends.operations import health, metrics
from kalends.operations.preloading import preload
from kalends.organizations.delegation import routes as delegation
from kalends.organizations.users import routes as organization_users
from kalends.out_of_office import routes as out_of_office
from kalends.platform.clients import routes as oauth_clients
from kalends.platform.consent import routes as consent
from kalends.platform.organizations import routes as managed_organizations
from kalends.platform.provider import routes as provider
from kalends.platform.tokens import routes as tokens
from kalends.platform.users import routes as managed_users
from kalends.reservations import routes as reservations
from kalends.runtime import Runtime
from kalends.schedules import routes as schedules
from kalends.slots import routes as slots
from kalends.teams import routes as teams
from kalends.timezones import routes as timezones
from kalends.web import routes as web
from kalends.web.links import attendance, confirmation, invitation
from kalends.webhooks import routes as webhooks
from kalends.worker import worker_of

_ROUTERS: Sequence[Router | PageRouter] = (
    health.router,
    health.pages,
    attendance.router,
    confirmation.router,
    invitation.router,
    accounts.router,
    audit.router,
    auth.router,
    *bookings.routers,
    *consent.routers,
    delegation.router,
    event_types.router,
    *event_types_of_teams.routers,
    greeting.router,
    *memberships.routers,
    managed_organizations.router,
    *managed_users.routers,
    metrics.router,
    oauth_clients.router,
    organization_users.router,
    *out_of_office.routers,
    provider.router,
    reservations.router,
    *schedules.routers,
    slots.router,
    *teams.routers,
    timezones.router,
    tokens.router,
    web.router,
    *webhooks.routers,
)


class Api(DocumentedApi):
    """The application behind the edge: routes, document, lifespan."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(
            title="Kalends",
            version=__version__,
            description="Scheduling: event types, availability, slots and bookings.",
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            servers=[{"url": runtime.settings.base_url}],
            # Else FastAPI asks at every request whether anybody listens, which costs as much as routing it.
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        self.runtime = runtime
        routers = (*_ROUTERS, reference.router(self))
        self.router = Dispatcher(
            routers,
            runtime.admission,
            runtime.turns,
            contract=contract_operations(),
            base_url=runtime.settings.base_url,
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with self.runtime.open(), _worker(self.runtime):
            preloading = asyncio.create_task(asyncio.to_thread(preload))
            yield
            await preloading


def create_app(runtime: Runtime) -> ASGIApp:
    """Return the server as an ASGI application."""
    return Edge(Api(runtime), runtime.admission.allowance)


@asynccontextmanager
async def _worker(runtime: Runtime) -> AsyncIterator[None]:
    """Have a worker work, with connections of its own."""
    settings = runtime.settings
    if not settings.worker:
        yield
        return
    share = Database(
        settings.connection_url(),
        size=settings.database_worker_pool_size,
        disk=runtime.database.disk,
        attending=runtime.database.attending,
    )
    async with share, worker_of(replace(runtime, database=share)):
        yield
