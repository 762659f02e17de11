"""Is the server alive, and can it work?"""

from fastapi import Response
from fastapi.responses import HTMLResponse

from kalends.api.dependencies import Reader
from kalends.api.envelope import done
from kalends.api.routing import Router

router = Router("/health", "Health", is_counted=False)


@router.get("", response_class=HTMLResponse)
async def health() -> Response:
    """Answer `OK` while the process serves requests."""
    return HTMLResponse("OK")


@router.get("/ready")
async def ready(connection: Reader) -> Response:
    """Answer 200 when the database answers too, else 503."""
    await connection.execute("SELECT 1")
    return done()
