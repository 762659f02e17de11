"""Is the server alive, and can it work?"""

import psycopg
import psycopg_pool
from fastapi import Response
from fastapi.responses import HTMLResponse

from kalends.api.dependencies import CurrentDatabase
from kalends.api.http.operation import PageRouter, Router
from kalends.api.output.errors import ServiceUnavailable

_PREFIX, _TAG = "/health", "Health"
_PATIENCE_SECONDS = 2.0

router = Router(_PREFIX, _TAG, is_counted=False)
pages = PageRouter(_PREFIX, _TAG, is_counted=False)


@pages.get("", documented_as=HTMLResponse)
async def health() -> Response:
    """Answer `OK` while the process serves requests."""
    return HTMLResponse("OK")


@router.get("/ready")
async def ready(database: CurrentDatabase) -> None:
    """Answer 200 when the database answers too, else 503 with what is missing."""
    try:
        async with database.connection(patience=_PATIENCE_SECONDS) as connection:
            await connection.execute("SELECT 1")
    except psycopg_pool.PoolTimeout as error:
        raise ServiceUnavailable(
            f"Not ready: no connection to the database within {_PATIENCE_SECONDS:.0f} seconds."
        ) from error
    except psycopg.OperationalError as error:
        raise ServiceUnavailable("Not ready: the connection to the database broke.") from error
