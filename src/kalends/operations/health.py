"""Is the server alive, and can it work?"""

from fastapi import Response
from fastapi.responses import HTMLResponse

from kalends.api.dependencies import Reader
from kalends.api.http.operation import PageRouter, Router

_PREFIX, _TAG = "/health", "Health"

router = Router(_PREFIX, _TAG, is_counted=False)
pages = PageRouter(_PREFIX, _TAG, is_counted=False)


@pages.get("", documented_as=HTMLResponse)
async def health() -> Response:
    """Answer `OK` while the process serves requests."""
    return HTMLResponse("OK")


@router.get("/ready")
async def ready(connection: Reader) -> None:
    """Answer 200 when the database answers too, else 503."""
    await connection.execute("SELECT 1")
