"""Is the server alive, and can it work?"""

import psycopg
import psycopg_pool
from fastapi import Response
from fastapi.responses import HTMLResponse

from kalends.api.dependencies import CurrentDatabase
from kalends.api.http.operation import PageRouter, Router
from kalends.operations.refusals import ConnectionBroken, NoConnection

_PREFIX, _TAG = "/health", "Health"
_PATIENCE_SECONDS = 2.0

router = Router(_PREFIX, _TAG, is_counted=False)
pages = PageRouter(_PREFIX, _TAG, is_counted=False)


@pages.get("", documented_as=HTMLResponse)
async def health() -> Response:
    """Answer `OK` while the process serves requests."""
    return HTMLResponse("OK")


@router.get("/ready", refuses=(NoConnection, ConnectionBroken))
async def ready(database: CurrentDatabase) -> None:
    """Answer 200 when the database answers too, else 503 with what is missing."""
    try:
        async with database.connection(patience=_PATIENCE_SECONDS) as connection:
            await connection.execute("SELECT 1")
    except psycopg_pool.PoolTimeout as error:
        raise NoConnection(_PATIENCE_SECONDS) from error
    except psycopg.OperationalError as error:
        raise ConnectionBroken from error
