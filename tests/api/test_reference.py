"""The pages of the API reference, served through the edge with its security headers."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Scope

from kalends.api.document import reference
from kalends.api.http.context import RequestContext
from kalends.api.http.dispatcher import Dispatcher
from tests.support.refusals import WatchedEdge

PAGES = ("/docs", "/docs/swagger")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async def admit_all(scope: Scope, context: RequestContext) -> None:
        del scope, context

    app = FastAPI(title="Sample", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    app.router = Dispatcher([reference.router(app)], admit_all)
    transport = httpx.ASGITransport(WatchedEdge(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://kalends.test") as client:
        yield client


def links(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs-json"])
async def test_the_document_is_served_as_json(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["info"]["title"] == "Sample"


async def test_the_reference_is_not_a_part_of_the_document(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json()["paths"] == {}


@pytest.mark.parametrize("path", PAGES)
async def test_everything_that_a_page_loads_is_on_this_server(client: httpx.AsyncClient, path: str) -> None:
    loaded = [link for link in links((await client.get(path)).text) if not link.startswith("data:")]
    answers = [await client.get(link) for link in loaded if link.startswith("/docs/")]
    assert len(answers) == len(loaded) >= 2
    assert [answer.status_code for answer in answers] == [200] * len(loaded)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_no_script_that_the_security_policy_refuses(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert re.findall(r"<script(?! src=)[^>]*>|<script[^>]*>[^<]|\son\w+=", answer.text) == []


@pytest.mark.parametrize("path", PAGES)
async def test_assets_are_cached_for_ever_and_pages_are_not(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assets = [link for link in links(page.text) if link.startswith("/docs/assets/")]
    assert page.headers["cache-control"] == "no-cache"
    for link in assets:
        assert "immutable" in (await client.get(link)).headers["cache-control"]
