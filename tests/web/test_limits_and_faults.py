"""What is wrong with a request or the server is told as a page, on the pages only."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Scope as AsgiScope

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from kalends.web.pages import show_failure
from tests.conftest import Clock
from tests.support.refusals import WatchedEdge
from tests.web.scene import Scene, host_token, token


@pytest.fixture
async def limited(scene: Scene, settings: Settings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a server that allows three requests a minute."""
    limits = {"rate_limit_enabled": True, "rate_limit_storage": "memory", "rate_limit_anonymous": 3}
    app = Api(make_runtime(settings.model_copy(update=limits), clock=clock))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=WatchedEdge(app))
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://kalends.test")
        )


async def test_who_asks_too_often_gets_a_page_on_the_pages_and_an_envelope_elsewhere(
    limited: httpx.AsyncClient,
) -> None:
    statuses = [(await limited.get("/booking/none")).status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    refused = await limited.post("/booking/none/cancel", data={"reason": "x"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Too many requests" in refused.text
    assert (await limited.get("/v2/timezones")).json()["error"]["code"] == "ThrottlerException"


async def test_an_address_beside_the_pages_is_refused_as_everywhere(scene: Scene) -> None:
    for path in ("/booking", "/booking/a/b", "/booking-assets/other.css"):
        assert (await scene.client.get(path)).json()["error"]["code"] == "NotFoundException"
    assert (await scene.client.put("/booking/a")).json()["error"]["code"] == "NotFoundException"


async def test_a_database_that_is_away_is_told(settings: Settings, clock: Clock) -> None:
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://127.0.0.1:1/nothing")})
    transport = httpx.ASGITransport(app=WatchedEdge(Api(make_runtime(away, clock=clock))))
    async with httpx.AsyncClient(transport=transport, base_url="http://kalends.test") as client:
        page = await client.get("/booking/none")
    assert page.status_code == 503
    assert "Please try again later." in page.text


def test_a_bug_of_ours_is_told_without_its_cause() -> None:
    scope: AsgiScope = {"type": "http", "headers": []}
    page = show_failure(scope, None)
    assert page.status_code == 500
    assert b"It is not your fault." in bytes(page.body)


SCRAPS = ("%00", "%ff", "%", "a", "&", "=", "+", "%f0%9f%98%80", "'", "<", "0", "-", "T", ":", "Z", "9", ";")
GOOD = ("later", "2050-09", "2050-09-05", "2050-09-05T09:00:00Z", "Europe/Rome", "cancelled")
NAMES = ("zone", "month", "day", "start", "reason", "scope", "done")


@pytest.mark.parametrize("seed", range(5))
async def test_no_address_and_no_form_is_too_much_for_the_pages(scene: Scene, seed: int) -> None:
    await scene.set(requires_confirmation=True)
    uid = (await scene.books())["uid"]
    chance = random.Random(seed)
    tokens = ("", token(uid), host_token(scene.host, uid))
    for _ in range(60):
        scraps = "".join(chance.choices(SCRAPS, k=12))
        part = chance.choice(("", "/cancel", "/reschedule", "/approve", "/decline"))
        address = f"/booking/{chance.choice((uid, uid, scraps))}{part}"
        fields = [f"{name}={chance.choice((scraps, *GOOD))}" for name in chance.sample(NAMES, k=3)]
        sent = "&".join([f"token={chance.choice((*tokens, scraps))}", *fields])
        opened = await scene.client.get(f"{address}?{sent}")
        posted = await scene.client.post(
            address, content=sent, headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert opened.status_code < 500, (address, sent)
        assert posted.status_code < 500, (address, sent)
