"""The API reference: the OpenAPI document, and two pages that show it.

Scripts and styles come from this server only, so the pages work without the internet and under the
Content-Security-Policy of every answer, which refuses inline scripts and other origins.
"""

import asyncio
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import msgspec
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse

from kalends.api.http.operation import PageRouter
from kalends.api.output.envelope import JsonBytes

_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_ALWAYS_ASK = {"cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class _Asset:
    """A file of an installed package; its URL changes with the package's version."""

    distribution: str
    module: str
    path: str

    @property
    def url(self) -> str:
        stem, _, suffix = self.path.rpartition("/")[2].rpartition(".")
        return f"/docs/assets/{stem}-{version(self.distribution)}.{suffix}"

    @property
    def file(self) -> Path:
        return Path(str(files(self.module))) / self.path


_SCALAR = _Asset("star-openapi-scalar", "star_openapi_scalar", "templates/scalar/js/scalar.standalone.js")
_SWAGGER_SCRIPT = _Asset(
    "star-openapi-swagger", "star_openapi_swagger", "templates/swagger/js/swagger-ui-bundle.js"
)
_SWAGGER_STYLE = _Asset(
    "star-openapi-swagger", "star_openapi_swagger", "templates/swagger/css/swagger-ui.css"
)

# Requests tried out on a page go to the address that served it: the policy refuses all others.
_START_SCALAR = """\
Scalar.createApiReference("#reference", {
  url: "/openapi.json",
  servers: [{ url: window.location.origin }],
  agent: { disabled: true },
  hideClientButton: true,
  mcp: { disabled: true },
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
});
"""
_START_SWAGGER = """\
fetch("/openapi.json")
  .then((answer) => answer.json())
  .then((document) => {
    SwaggerUIBundle({
      dom_id: "#reference",
      spec: { ...document, servers: [{ url: window.location.origin }] },
      deepLinking: true,
    });
  });
"""

_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Kalends API reference</title>
    <link rel="icon" href="data:,">
    {style}
  </head>
  <body>
    <div id="reference"></div>
    <script src="{library}"></script>
    <script src="{start}"></script>
  </body>
</html>
"""


def router(app: FastAPI) -> PageRouter:
    """Return the routes that show the document of `app`, which is made at the first request."""
    routes = PageRouter("", "Reference", is_counted=False)

    making: asyncio.Task[bytes] | None = None

    async def document() -> bytes:
        nonlocal making
        if making is None or (making.done() and making.exception() is not None):
            # Half a second of work, beside the loop.
            making = asyncio.create_task(asyncio.to_thread(lambda: msgspec.json.encode(app.openapi())))
        return await asyncio.shield(making)

    async def show_document() -> Response:
        return JsonBytes(await document(), headers=_ALWAYS_ASK)

    for path in ("/openapi.json", "/docs-json"):
        routes.get(path)(show_document)
    _add_page(routes, "/docs", library=_SCALAR, start=_START_SCALAR)
    _add_page(routes, "/docs/swagger", library=_SWAGGER_SCRIPT, start=_START_SWAGGER, style=_SWAGGER_STYLE)
    return routes


def _add_page(
    routes: PageRouter, path: str, *, library: _Asset, start: str, style: _Asset | None = None
) -> None:
    start_url = f"{path}/start.js"
    link = f'<link rel="stylesheet" href="{style.url}">' if style else ""
    page = _PAGE.format(style=link, library=library.url, start=start_url)

    async def show_page() -> Response:
        return HTMLResponse(page, headers=_ALWAYS_ASK)

    async def show_start() -> Response:
        return Response(start, media_type="text/javascript", headers=_ALWAYS_ASK)

    routes.get(path)(show_page)
    routes.get(start_url)(show_start)
    for asset in (library, style):
        if asset is not None:
            _add_asset(routes, asset)


def _add_asset(routes: PageRouter, asset: _Asset) -> None:
    async def show_asset() -> Response:
        return FileResponse(asset.file, headers=_FOR_EVER)

    routes.get(asset.url)(show_asset)
