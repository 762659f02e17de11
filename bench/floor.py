"""What the endpoints are measured against: the same server and pool, one trivial statement, an equal body.

`bare` is a plain ASGI function, the least that the server can do; `fastapi` is one route of the framework
that the endpoints are written in. `BODY_BYTES` says how long the body is.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from starlette.types import Receive, Scope, Send

from kalends.db.database import Database

_BODY = b'"' + b"x" * (int(os.environ.get("BODY_BYTES", "2")) - 2) + b'"'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))]

_database = Database(os.environ.get("KALENDS_DATABASE_URL", "postgresql://"))


async def _select_one() -> None:
    async with _database.connection() as connection:
        await (await connection.execute("SELECT 1")).fetchone()


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request with the body, after one statement."""
    if scope["type"] == "lifespan":
        await receive()
        async with _database:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await _select_one()
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with _database:
        yield


fastapi = FastAPI(lifespan=_lifespan)


@fastapi.get("/")
async def answer() -> Response:
    """Answer with the body, after one statement."""
    await _select_one()
    return Response(_BODY, media_type="application/json")
