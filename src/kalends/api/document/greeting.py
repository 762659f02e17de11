"""`GET /`: what somebody meets here who knows no more than the address."""

from html import escape

from fastapi import Response
from fastapi.responses import HTMLResponse

from kalends import __version__
from kalends.api.dependencies import CurrentSettings
from kalends.api.http.operation import PageRouter

router = PageRouter("", "Reference", is_counted=False)

_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Kalends</title>
    <link rel="icon" href="data:,">
    <style>
      body {{ font-family: system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem }}
    </style>
  </head>
  <body>
    <h1>Kalends</h1>
    <p>A scheduling server that speaks the Cal.com API v2: event types, availability, slots and bookings.</p>
    <ul>
      <li>The API is at <code>{api}</code>.</li>
      <li>Here are <a href="/docs">its reference</a> and <a href="/openapi.json">its document</a>.</li>
    </ul>
    <p>Version {version}</p>
  </body>
</html>
"""


@router.get("/")
async def greet(settings: CurrentSettings) -> Response:
    """Say what this is, where its reference is, and which version."""
    return HTMLResponse(_PAGE.format(api=escape(f"{settings.base_url}/v2"), version=escape(__version__)))
