"""Rate limits as clients see them: which requests count, and the headers that every answer carries."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from kalends.api.limits.rate_limits import MOST_REMEMBERED, Limit, RateLimiter
from kalends.api.limits.storage import MemoryStorage
from kalends.app import Api
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.callers import Callers
from tests.support.client import Client, Host, refusal
from tests.support.refusals import WatchedEdge

PLAIN = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
COUNTED = "/v2/timezones"
DEFAULT = Limit("default", 4, 60_000, 60_000)


@pytest.fixture
async def server(client: Client, settings: Settings, clock: Clock) -> AsyncIterator[Callers]:
    """Return a server of the test's own, behind a trusted proxy, on the emptied database."""
    limiting = {
        "rate_limit_enabled": True,
        "rate_limit_storage": "memory",
        "rate_limit_anonymous": DEFAULT.limit,
        "rate_limit_api_key": 7,
        "trusted_proxies": "10.0.0.0/8, fd00::1",
    }
    app = Api(make_runtime(settings.model_copy(update=limiting), clock=clock))
    async with app.router.lifespan_context(app):
        yield Callers(WatchedEdge(app, app.runtime.admission.allowance))


@pytest.fixture
def limiter(clock: Clock, client: Client) -> RateLimiter:
    return RateLimiter(MemoryStorage(), clock)


def plain(answer: httpx.Response) -> list[int]:
    return [int(answer.headers[name]) for name in PLAIN]


def bearer(host: Host) -> str:
    return f"Bearer {host.client.api_key}"


async def limit_key(database: Database, host: Host, name: str, limit: int) -> None:
    async with database.connection() as connection:
        await connection.execute(
            'INSERT INTO api_key_rate_limits (api_key_id, name, window_ms, "limit", block_ms)'
            " SELECT id, %s, 60000, %s, 30000 FROM api_keys WHERE user_id = %s",
            (name, limit, host.id),
        )


async def test_success_carries_the_named_and_the_plain_headers(server: Callers, clock: Clock) -> None:
    answer = await server.get(COUNTED)
    ends = int(clock.now.timestamp()) + 60
    assert plain(answer) == [4, 3, ends]
    assert answer.headers["X-RateLimit-Limit-Default"] == "4"
    assert answer.headers["X-RateLimit-Remaining-Default"] == "3"
    assert answer.headers["X-RateLimit-Reset-Default"] == "60"
    assert "Retry-After" not in answer.headers


async def test_the_named_reset_counts_seconds_and_the_plain_one_is_an_epoch(
    server: Callers, clock: Clock
) -> None:
    first = await server.get(COUNTED)
    clock.advance(timedelta(seconds=20))
    second = await server.get(COUNTED)
    assert second.headers["X-RateLimit-Reset-Default"] == "40"
    assert second.headers["X-RateLimit-Reset"] == first.headers["X-RateLimit-Reset"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [("GET", "/v2/me", b"", 401), ("GET", "/v2/timezones", b"", 200), ("PATCH", "/v2/me", b"{}", 401)],
)
async def test_whatever_is_routed_counts(
    server: Callers, method: str, path: str, body: bytes, status: int
) -> None:
    answer = await server.request(method, path, body=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.headers["X-RateLimit-Remaining-Default"] == "3"
    assert (await server.get(COUNTED)).headers["X-RateLimit-Remaining"] == "2"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v2/nope", b"", 404),
        ("PUT", "/v2/me", b"", 404),
        ("OPTIONS", "/v2/me", b"", 204),
        ("PATCH", "/v2/me", b"{", 400),
        ("PATCH", "/v2/me", b" " * 150_000, 413),
        ("GET", "/v2/schedules", b"", 400),
        ("GET", "/v2/bookings/%FF", b"", 400),
    ],
)
async def test_what_is_not_routed_shows_the_plain_headers_and_does_not_count(
    server: Callers, clock: Clock, method: str, path: str, body: bytes, status: int
) -> None:
    await server.get(COUNTED)
    ends = int(clock.now.timestamp()) + 60
    clock.advance(timedelta(seconds=10))
    answers = [
        await server.request(method, path, body=body, content_type="application/json") for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [status] * 6
    assert [plain(answer) for answer in answers] == [[4, 3, ends]] * 6
    assert "X-RateLimit-Limit-Default" not in answers[0].headers
    assert (await server.get(COUNTED)).headers["X-RateLimit-Remaining"] == "2"


async def test_a_stranger_who_was_never_counted_has_all_that_is_allowed(
    server: Callers, clock: Clock
) -> None:
    assert plain(await server.get("/v2/nope")) == [4, 4, int(clock.now.timestamp()) + 60]


@pytest.mark.parametrize(
    ("sent", "limit"),
    [
        ({}, 4),
        ({"x_cal_client_id": "abc"}, 4),
        ({"authorization": "Bearer eyJhbGciOi"}, 4),
        ({"authorization": "Bearer cal_" + 32 * "0"}, 4),
    ],
)
async def test_an_unknown_path_shows_the_default_of_addresses_to_whom_no_known_credential_vouches_for(
    server: Callers, sent: dict[str, str], limit: int
) -> None:
    assert plain(await server.get("/v2/nope", **sent))[:2] == [limit, limit]


async def test_an_unknown_path_shows_the_default_of_keys_to_one_that_was_good_lately(
    server: Callers, ana: Host
) -> None:
    assert plain(await server.get("/v2/nope", authorization=bearer(ana)))[:2] == [4, 4]
    await server.get("/v2/me", authorization=bearer(ana))
    assert plain(await server.get("/v2/nope", authorization=bearer(ana)))[:2] == [7, 6]


async def test_an_unknown_path_shows_the_own_limits_of_a_key_that_was_counted(
    server: Callers, ana: Host, database: Database
) -> None:
    await limit_key(database, ana, "burst", 3)
    await server.get("/v2/me", authorization=bearer(ana))
    assert plain(await server.get("/v2/nope", authorization=bearer(ana)))[:2] == [3, 2]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v2/nope", b"", 404),
        ("OPTIONS", "/v2/me", b"", 204),
        ("PATCH", "/v2/me", b"{", 400),
        ("GET", "/v2/schedules", b"", 400),
    ],
)
async def test_what_is_not_routed_asks_no_database(
    settings: Settings, method: str, path: str, body: bytes, status: int
) -> None:
    shared = {"rate_limit_enabled": True, "rate_limit_storage": "database"}
    # Never started, so it has no connection to ask with.
    app = Api(make_runtime(settings.model_copy(update=shared)))
    server = Callers(WatchedEdge(app, app.runtime.admission.allowance))
    key = "Bearer cal_" + 32 * "0"
    answer = await server.request(method, path, body=body, content_type="application/json", authorization=key)
    assert answer.status_code == status
    assert plain(answer)[:2] == [120, 120]


async def test_a_refusal_says_when_to_come_back(server: Callers, clock: Clock) -> None:
    answers = [await server.get("/v2/me") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    error = refusal(answers[-1], 429)
    assert error["code"] == "ThrottlerException"
    assert error["details"] == error["message"]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].headers["X-RateLimit-Remaining-Default"] == "0"
    assert plain(answers[-1]) == [4, 0, int(clock.now.timestamp()) + 60]


async def test_unknown_paths_and_preflights_are_answered_while_their_sender_is_refused(
    server: Callers, clock: Clock
) -> None:
    for _ in range(5):
        await server.get(COUNTED)
    blocked = [4, 0, int(clock.now.timestamp()) + 60]
    for method, status in (("GET", 404), ("OPTIONS", 204)):
        answer = await server.request(method, "/v2/nope")
        assert answer.status_code == status
        assert plain(answer) == blocked


async def test_a_refusal_ends_with_its_block(server: Callers, clock: Clock) -> None:
    for _ in range(5):
        await server.get(COUNTED)
    clock.advance(timedelta(seconds=60))
    assert (await server.get(COUNTED)).headers["X-RateLimit-Remaining"] == "3"


async def test_any_of_several_limits_of_a_key_refuses(server: Callers, ana: Host, database: Database) -> None:
    await limit_key(database, ana, "burst", 2)
    await limit_key(database, ana, "wide", 50)
    answers = [await server.get("/v2/me", authorization=bearer(ana)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining-Wide"] for answer in answers] == ["49", "48", "47"]
    assert answers[-1].headers["X-RateLimit-Limit"] == "2"
    assert answers[-1].headers["Retry-After"] == "30"


async def test_unknown_keys_are_counted_by_address_and_refused_after_the_limit(
    server: Callers, clock: Clock
) -> None:
    guesses = [await server.get("/v2/me", authorization=f"Bearer cal_{number:032x}") for number in range(5)]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 401, 429]
    assert plain(guesses[0]) == [4, 3, int(clock.now.timestamp()) + 60]
    elsewhere = await server.get("/v2/me", address="192.0.2.2", authorization="Bearer cal_" + 32 * "0")
    refusal(elsewhere, 401)


async def test_guessing_keys_does_not_use_up_what_the_address_may_do_without_one(server: Callers) -> None:
    await server.get("/v2/me", authorization="Bearer cal_" + 32 * "0")
    assert (await server.get(COUNTED)).headers["X-RateLimit-Remaining"] == "3"


@pytest.mark.parametrize(
    ("peer", "sent", "remaining"),
    [
        ("192.0.2.1", {"x_forwarded_for": "198.51.100.7"}, "2"),
        ("192.0.2.1", {"cf_connecting_ip": "198.51.100.7"}, "2"),
        ("10.1.2.3", {"x_forwarded_for": "192.0.2.1"}, "2"),
        ("10.1.2.3", {"cf_connecting_ip": "192.0.2.1"}, "2"),
        ("fd00::1", {"x_forwarded_for": "198.51.100.7, 192.0.2.1"}, "2"),
        ("10.1.2.3", {"x_forwarded_for": "192.0.2.1, 198.51.100.7"}, "3"),
        ("fd00::2", {"x_forwarded_for": "192.0.2.1"}, "3"),
    ],
)
async def test_only_trusted_proxies_are_believed_about_the_address(
    server: Callers, peer: str, sent: dict[str, str], remaining: str
) -> None:
    await server.get(COUNTED, address="192.0.2.1")
    answer = await server.get(COUNTED, address=peer, **sent)
    assert answer.headers["X-RateLimit-Remaining"] == remaining


async def test_a_server_without_limits_sends_no_headers_of_them(ana: Host) -> None:
    for path in ("/v2/me", "/v2/nope"):
        answer = await ana.client.get(path)
        assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


async def test_a_look_costs_nothing_of_the_limit(limiter: RateLimiter) -> None:
    for _ in range(9):
        limiter.look("ana", DEFAULT)
    (state,) = (await limiter.count("ana", [DEFAULT])).states
    assert state.remaining == 3


async def test_a_look_shows_a_window_that_is_over_as_free(limiter: RateLimiter, clock: Clock) -> None:
    await limiter.count("ana", [DEFAULT])
    clock.advance(timedelta(seconds=60))
    (state,) = limiter.look("ana", DEFAULT)
    assert state.remaining == 4
    assert state.resets_at_ms == (int(clock.now.timestamp()) + 60) * 1000


async def test_a_look_goes_by_what_was_counted_and_not_by_the_default(limiter: RateLimiter) -> None:
    burst = Limit("burst", 2, 60_000, 10_000)
    for _ in range(3):
        await limiter.count("ana", [burst])
    (state,) = limiter.look("ana", DEFAULT)
    assert (state.limit, state.is_blocked) == (burst, True)


async def test_a_look_remembers_a_block_shorter_than_its_window_as_used_up(
    limiter: RateLimiter, clock: Clock
) -> None:
    short = Limit("short", 1, 60_000, 10_000)
    for _ in range(2):
        await limiter.count("ana", [short])
    clock.advance(timedelta(seconds=10))
    (state,) = limiter.look("ana", DEFAULT)
    assert (state.remaining, state.is_blocked) == (0, False)


async def test_buckets_that_were_not_counted_for_long_are_forgotten(limiter: RateLimiter) -> None:
    await limiter.count("first", [DEFAULT])
    await limiter.count("second", [DEFAULT])
    await limiter.count("first", [DEFAULT])
    for number in range(MOST_REMEMBERED - 1):
        await limiter.count(f"stranger {number}", [DEFAULT])
    remaining = [limiter.look(bucket, DEFAULT)[0].remaining for bucket in ("first", "second")]
    assert remaining == [2, 4]
