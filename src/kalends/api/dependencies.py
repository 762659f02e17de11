"""What handlers may ask for besides their own parameters: a connection, a transaction, the time."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.db.database import Connection, Database, UnitOfWork
from kalends.settings import Settings


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _reader(request: Request) -> AsyncIterator[Connection]:
    async with _database(request).connection() as connection:
        yield connection


async def _unit_of_work(request: Request) -> AsyncIterator[UnitOfWork]:
    async with _database(request).pipelined_transaction() as work:
        yield work


def reader_of(request: Request) -> AbstractAsyncContextManager[Connection]:
    """Lend a connection for reads, for what opens several in turn."""
    return _database(request).connection()


def transaction_of(request: Request) -> AbstractAsyncContextManager[UnitOfWork]:
    """Lend a transaction of its own, for what has none from `Work`."""
    return _database(request).pipelined_transaction()


def now_of(request: Request) -> datetime:
    """Return the present instant."""
    moment: datetime = request.app.state.clock()
    return moment


def settings_of(request: Request) -> Settings:
    """Return the settings of the server."""
    settings: Settings = request.app.state.settings
    return settings


async def _now(request: Request) -> datetime:
    return now_of(request)


async def _settings(request: Request) -> Settings:
    return settings_of(request)


# The function scope ends a transaction before the answer leaves, so a 2xx is a committed fact.
Reader: TypeAlias = Annotated[Connection, Depends(_reader, scope="function")]
Work: TypeAlias = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
Now: TypeAlias = Annotated[datetime, Depends(_now)]
CurrentSettings: TypeAlias = Annotated[Settings, Depends(_settings)]
