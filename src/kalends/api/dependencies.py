"""What handlers may ask for besides their own parameters: a connection, a transaction, the time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Protocol, TypeAlias

from fastapi import Depends, Request

from kalends.db.database import Connection, Database, UnitOfWork
from kalends.runtime import Runtime
from kalends.settings import Settings


class _Application(Protocol):
    """What requests know of the application that they are sent to."""

    runtime: Runtime


def runtime_of(request: Request) -> Runtime:
    """Return what the server is made of."""
    application: _Application = request.app
    return application.runtime


async def _database(request: Request) -> Database:
    return runtime_of(request).database


async def _reader(request: Request) -> AsyncIterator[Connection]:
    async with runtime_of(request).database.connection() as connection:
        yield connection


async def _unit_of_work(request: Request) -> AsyncIterator[UnitOfWork]:
    async with runtime_of(request).database.pipelined_transaction() as work:
        yield work


async def _now(request: Request) -> datetime:
    return runtime_of(request).clock()


async def _settings(request: Request) -> Settings:
    return runtime_of(request).settings


# The function scope ends a transaction before the answer leaves, so a 2xx is a committed fact.
Reader: TypeAlias = Annotated[Connection, Depends(_reader, scope="function")]
Work: TypeAlias = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
CurrentDatabase: TypeAlias = Annotated[Database, Depends(_database)]
"""For what opens connections in turn; all else asks for a `Reader` or for `Work`."""

Now: TypeAlias = Annotated[datetime, Depends(_now)]
CurrentSettings: TypeAlias = Annotated[Settings, Depends(_settings)]
