"""Limits that strangers get around, or that stop whom they should not (findings 6, 25 and 28)."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from kalends.app import Api
from kalends.auth import admission
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock, Statements
from tests.support.callers import Callers
from tests.support.client import Client, Host
from tests.support.refusals import WatchedEdge

MOST = 4
"""Requests that an address may make in a minute."""

COUNTED = "/v2/timezones"


@pytest.fixture(params=["memory", "database"])
async def callers(
    request: pytest.FixtureRequest, client: Client, settings: Settings, clock: Clock
) -> AsyncIterator[Callers]:
    """Return callers of a server of the test's own, which counts here or there, on the emptied database."""
    limiting = {
        "rate_limit_enabled": True,
        "rate_limit_storage": request.param,
        "rate_limit_anonymous": MOST,
        "rate_limit_api_key": 9,
    }
    app = Api(make_runtime(settings.model_copy(update=limiting), clock=clock))
    async with app.router.lifespan_context(app):
        yield Callers(WatchedEdge(app, app.runtime.admission.allowance))


def bearer(host: Host) -> str:
    return f"Bearer {host.client.api_key}"


def unknown_key() -> str:
    return f"Bearer cal_{secrets.token_hex(16)}"


async def statuses(
    callers: Callers, sent: Callable[[], dict[str, str]], *, times: int = MOST + 3
) -> list[int]:
    return [(await callers.get(COUNTED, **sent())).status_code for _ in range(times)]


PASSED = [200] * MOST + [429] * 3


@pytest.mark.parametrize(
    "sent",
    [
        lambda: {"authorization": f"Bearer {secrets.token_hex(16)}"},
        lambda: {"authorization": f"Basic {secrets.token_hex(16)}"},
        lambda: {"x_cal_client_id": secrets.token_hex(16)},
        lambda: {"x_cal_client_id": secrets.token_hex(16), "x_cal_secret_key": secrets.token_hex(16)},
        lambda: {"authorization": secrets.token_hex(16), "x_cal_client_id": secrets.token_hex(16)},
    ],
    ids=["bearer", "basic", "client id", "client", "both"],
)
async def test_credentials_that_nobody_verified_share_the_limit_of_their_address(
    callers: Callers, sent: Callable[[], dict[str, str]]
) -> None:
    assert await statuses(callers, sent) == PASSED
    assert (await callers.get(COUNTED)).status_code == 429


async def test_the_addresses_of_one_network_of_ipv6_share_a_limit(callers: Callers) -> None:
    answers = [
        (await callers.get(COUNTED, address=f"2001:db8:0:7:{secrets.randbits(16):x}::1")).status_code
        for _ in range(MOST + 3)
    ]
    assert answers == PASSED
    assert (await callers.get(COUNTED, address="2001:db8:0:8::1")).status_code == 200


async def test_an_address_is_the_same_on_a_socket_of_both_families(callers: Callers) -> None:
    for _ in range(MOST):
        await callers.get(COUNTED, address="::ffff:192.0.2.1")
    assert (await callers.get(COUNTED, address="192.0.2.1")).status_code == 429
    assert (await callers.get(COUNTED, address="::ffff:192.0.2.2")).status_code == 200


async def test_unknown_keys_cost_no_statement_once_their_address_is_blocked(
    callers: Callers, count_statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    refused = await statuses(callers, lambda: {"authorization": unknown_key()})
    assert refused == [401] * MOST + [429] * 3
    with count_statements() as statements:
        assert await statuses(callers, lambda: {"authorization": unknown_key()}, times=3) == [429] * 3
    assert statements.count == 0


async def test_whoever_guesses_keys_locks_out_no_key_that_was_good_lately(
    callers: Callers, ana: Host
) -> None:
    assert (await callers.get("/v2/me", authorization=bearer(ana))).status_code == 200
    await statuses(callers, lambda: {"authorization": unknown_key()})
    answer = await callers.get("/v2/me", authorization=bearer(ana))
    assert answer.status_code == 200
    assert answer.headers["X-RateLimit-Remaining"] == "7"


async def test_the_first_request_of_a_good_key_costs_its_address_a_try_and_shows_its_own_limit(
    callers: Callers, ana: Host, ben: Host
) -> None:
    first = await callers.get("/v2/me", authorization=bearer(ana))
    assert [first.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining")] == ["9", "8"]
    for _ in range(3):
        await callers.get("/v2/me", authorization=bearer(ana))
    tried = await statuses(callers, lambda: {"authorization": unknown_key()}, times=MOST)
    assert tried == [401] * (MOST - 1) + [429]
    assert (await callers.get("/v2/me", authorization=bearer(ben))).status_code == 429
    assert (await callers.get("/v2/me", authorization=bearer(ben), address="192.0.2.2")).status_code == 200


async def test_a_key_that_was_not_used_for_long_is_a_try_again(
    callers: Callers, ana: Host, clock: Clock
) -> None:
    await callers.get("/v2/me", authorization=bearer(ana))
    clock.advance(admission.KNOWN_FOR)
    await statuses(callers, lambda: {"authorization": unknown_key()})
    assert (await callers.get("/v2/me", authorization=bearer(ana))).status_code == 429


async def test_a_key_that_was_deleted_is_unknown_at_once(
    callers: Callers, ana: Host, database: Database
) -> None:
    await callers.get("/v2/me", authorization=bearer(ana))
    async with database.connection() as connection:
        await connection.execute("DELETE FROM api_keys")
    gone = await statuses(callers, lambda: {"authorization": bearer(ana)})
    assert gone == [401] * (MOST - 1) + [429] * (len(gone) - MOST + 1)


@pytest.mark.parametrize("change", ["is_locked = true", "expired"])
async def test_a_key_that_is_good_for_nothing_is_not_known(
    callers: Callers, ana: Host, database: Database, change: str
) -> None:
    async with database.connection() as connection:
        if change == "expired":
            await connection.execute("UPDATE api_keys SET expires_at = '2000-01-01'")
        else:
            await connection.execute("UPDATE users SET is_locked = true")
    assert await statuses(callers, lambda: {"authorization": bearer(ana)}) == PASSED


async def test_keys_that_were_good_are_kept_by_hash_and_not_without_end(clock: Clock) -> None:
    known = admission.KnownCredentials(clock)
    for number in range(admission.MOST_KNOWN + 10):
        known.add(f"{number}")
    assert len(known) == admission.MOST_KNOWN
    assert "0" not in known
    assert f"{admission.MOST_KNOWN}" in known
    clock.advance(admission.KNOWN_FOR - timedelta(seconds=1))
    assert f"{admission.MOST_KNOWN}" in known
    clock.advance(timedelta(seconds=1))
    assert f"{admission.MOST_KNOWN}" not in known


@pytest.mark.parametrize(
    "path",
    ["/health", "/health/ready", "/metrics", "/docs", "/docs/start.js", "/openapi.json", "/docs-json"],
)
async def test_health_metrics_and_reference_are_not_limited(callers: Callers, path: str) -> None:
    answers = [await callers.get(path, authorization=unknown_key()) for _ in range(MOST + 3)]
    assert {answer.status_code for answer in answers} == {200}
    await statuses(callers, dict)
    blocked = await callers.get(path)
    assert blocked.status_code == 200
    assert "X-RateLimit-Limit-Default" not in blocked.headers


async def test_health_answers_without_a_database(settings: Settings) -> None:
    shared = {"rate_limit_enabled": True, "rate_limit_storage": "database"}
    # Never started, so it has no connection to ask with.
    app = Api(make_runtime(settings.model_copy(update=shared)))
    callers = Callers(WatchedEdge(app, app.runtime.admission.allowance))
    for path in ("/health", "/docs", "/openapi.json"):
        assert (await callers.get(path, authorization=unknown_key())).status_code == 200


async def test_a_clock_that_is_set_back_makes_no_block_longer(callers: Callers, clock: Clock) -> None:
    await statuses(callers, dict)
    clock.advance(-timedelta(hours=2))
    answer = await callers.get(COUNTED)
    assert int(answer.headers.get("Retry-After", "0")) <= 60
    clock.advance(timedelta(seconds=61))
    assert (await callers.get(COUNTED)).status_code == 200


async def test_a_clock_that_is_set_back_makes_no_window_longer(callers: Callers, clock: Clock) -> None:
    answer = await callers.get(COUNTED)
    clock.advance(-timedelta(hours=2))
    for _ in range(MOST):
        clock.advance(timedelta(seconds=61))
        answer = await callers.get(COUNTED)
    assert answer.headers["X-RateLimit-Remaining-Default"] == "3"
