"""What handlers may ask for besides their own parameters: a connection, a transaction, the time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.db.database import Connection, Database, UnitOfWork
from kalends.settings import Settings


def database_of(request: Request) -> Database:
    """Return the database of the server."""
    database: Database = request.app.state.database
    return database


def now_of(request: Request) -> datetime:
    """Return the present instant."""
    moment: datetime = request.app.state.clock()
    return moment


async def _database(request: Request) -> Database:
    return database_of(request)


async def _reader(request: Request) -> AsyncIterator[Connection]:
    async with database_of(request).connection() as connection:
        yield connection


async def _unit_of_work(request: Request) -> AsyncIterator[UnitOfWork]:
    async with database_of(request).pipelined_transaction() as work:
        yield work


async def _now(request: Request) -> datetime:
    return now_of(request)


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


# The function scope ends a transaction before the answer leaves, so a 2xx is a committed fact.
Reader: TypeAlias = Annotated[Connection, Depends(_reader, scope="function")]
Work: TypeAlias = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
CurrentDatabase: TypeAlias = Annotated[Database, Depends(_database)]
"""For what opens connections in turn; all else asks for a `Reader` or for `Work`."""

Now: TypeAlias = Annotated[datetime, Depends(_now)]
CurrentSettings: TypeAlias = Annotated[Settings, Depends(_settings)]
