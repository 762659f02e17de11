"""Rate limits, counted in memory and in the database alike, under a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from kalends.api.http.credentials import digest
from kalends.api.limits.rate_limits import (
    BucketKind,
    Limit,
    RateLimiter,
    Storage,
    Verdict,
    bucket_of_address,
    bucket_of_key,
    bucket_of_tries,
    client_address,
    headers,
)
from kalends.api.limits.storage import DatabaseStorage, FolderStorage, MemoryStorage, open_storage
from kalends.app import Api
from kalends.auth.service import create_api_key
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.callers import Callers
from tests.support.client import Client, Host, data, refusal
from tests.support.refusals import WatchedEdge

START = int(Clock().now.timestamp())
BURST = Limit("burst", 3, 60_000, 60_000)
DAILY = Limit("daily", 5, 86_400_000, 60_000)
PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def watch() -> Clock:
    """Return a clock of the test's own."""
    return Clock()


@pytest.fixture
async def counters(database_url: str) -> AsyncIterator[Database]:
    """Return the database, without counters when the test ends."""
    async with Database(database_url, size=4) as database:
        yield database
        async with database.connection() as connection:
            await connection.execute("TRUNCATE rate_limit_counters")


@pytest.fixture(params=["memory", "database"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "memory":
        return MemoryStorage()
    return DatabaseStorage(request.getfixturevalue("counters"))


@pytest.fixture
def limiter(storage: Storage, watch: Clock) -> RateLimiter:
    return RateLimiter(storage, watch)


async def counted(limiter: RateLimiter, times: int, *limits: Limit, bucket: str = "ana") -> list[Verdict]:
    return [await limiter.count(bucket, limits) for _ in range(times)]


def remaining(verdict: Verdict) -> list[int]:
    return [state.remaining for state in verdict.states]


def sent_headers(verdict: Verdict) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers(verdict)}


async def test_the_request_after_the_last_allowed_one_is_refused(limiter: RateLimiter) -> None:
    verdicts = await counted(limiter, 4, BURST)
    assert [remaining(verdict) for verdict in verdicts] == [[2], [1], [0], [0]]
    assert [verdict.is_refused for verdict in verdicts] == [False, False, False, True]


async def test_buckets_are_counted_apart(limiter: RateLimiter) -> None:
    await counted(limiter, 4, BURST, bucket="ana")
    assert remaining(await limiter.count("ben", [BURST])) == [2]


async def test_a_window_begins_with_its_first_request(limiter: RateLimiter, watch: Clock) -> None:
    await counted(limiter, 1, BURST)
    watch.advance(timedelta(seconds=59.999))
    assert remaining(await limiter.count("ana", [BURST])) == [1]
    watch.advance(timedelta(seconds=0.001))
    (state,) = (await limiter.count("ana", [BURST])).states
    assert state.remaining == 2
    assert state.resets_at_ms == START * 1000 + 120_000


async def test_a_block_lasts_from_the_refusal_for_the_time_of_the_limit(
    limiter: RateLimiter, watch: Clock
) -> None:
    await counted(limiter, 3, BURST)
    watch.advance(timedelta(seconds=50))
    refused = await limiter.count("ana", [BURST])
    assert refused.retry_after == 60
    assert refused.states[0].resets_at_ms == START * 1000 + 110_000
    watch.advance(timedelta(seconds=59.999))
    assert (await limiter.count("ana", [BURST])).is_refused
    watch.advance(timedelta(seconds=0.001))
    assert not (await limiter.count("ana", [BURST])).is_refused


async def test_requests_while_blocked_neither_count_nor_prolong_the_block(
    limiter: RateLimiter, watch: Clock
) -> None:
    await counted(limiter, 4, BURST)
    watch.advance(timedelta(seconds=30))
    hammered = await counted(limiter, 20, BURST)
    assert {verdict.retry_after for verdict in hammered} == {30}
    watch.advance(timedelta(seconds=30))
    assert remaining(await limiter.count("ana", [BURST])) == [2]


async def test_a_block_shorter_than_its_window_is_renewed_until_the_window_ends(
    limiter: RateLimiter, watch: Clock
) -> None:
    limit = Limit("short", 1, 60_000, 10_000)
    await counted(limiter, 2, limit)
    watch.advance(timedelta(seconds=10))
    again = await limiter.count("ana", [limit])
    assert again.is_refused
    assert again.retry_after == 10
    watch.advance(timedelta(seconds=50))
    assert not (await limiter.count("ana", [limit])).is_refused


async def test_one_blocked_limit_of_several_is_enough_to_refuse(limiter: RateLimiter) -> None:
    refused = (await counted(limiter, 4, BURST, DAILY))[-1]
    assert refused.is_refused
    assert [state.is_blocked for state in refused.states] == [True, False]


async def test_a_refusal_by_one_limit_is_not_counted_by_the_others(
    limiter: RateLimiter, watch: Clock
) -> None:
    verdicts = await counted(limiter, 10, BURST, DAILY)
    assert remaining(verdicts[3]) == [0, 1]
    assert remaining(verdicts[-1]) == [0, 1]
    watch.advance(timedelta(seconds=60))
    assert remaining(await limiter.count("ana", [BURST, DAILY])) == [2, 0]


async def test_the_longest_block_says_when_to_come_back(limiter: RateLimiter) -> None:
    short, long = Limit("short", 1, 60_000, 10_000), Limit("long", 1, 60_000, 25_500)
    refused = (await counted(limiter, 2, short, long))[-1]
    assert refused.retry_after == 26


async def test_a_refusal_by_one_limit_does_not_use_up_another(limiter: RateLimiter) -> None:
    tight = Limit("tight", 4, 86_400_000, 3_600_000)
    await counted(limiter, 4, BURST, tight)
    refused = await limiter.count("ana", [BURST, tight])
    assert [state.is_blocked for state in refused.states] == [True, False]


async def test_a_block_outlasts_its_window(limiter: RateLimiter, watch: Clock) -> None:
    limit = Limit("short", 1, 10_000, 60_000)
    await counted(limiter, 2, limit)
    watch.advance(timedelta(seconds=30))
    assert (await limiter.count("ana", [limit])).retry_after == 30
    watch.advance(timedelta(seconds=30))
    assert remaining(await limiter.count("ana", [limit])) == [0]


async def test_a_limit_that_is_listed_twice_counts_once(limiter: RateLimiter) -> None:
    assert remaining(await limiter.count("ana", [BURST, BURST])) == [2]


async def test_two_limits_of_one_name_are_two_limits(limiter: RateLimiter) -> None:
    stricter = Limit("burst", 2, 10_000, 60_000)
    assert remaining(await limiter.count("ana", [BURST, stricter])) == [2, 1]


async def test_of_parallel_requests_exactly_as_many_pass_as_the_limits_allow(limiter: RateLimiter) -> None:
    limit = Limit("default", 10, 60_000, 60_000)
    wide = Limit("wide", 1_000, 60_000, 60_000)
    orders = [[limit, wide], [wide, limit]] * 20
    verdicts = await asyncio.gather(*(limiter.count("ana", order) for order in orders))
    assert sum(not verdict.is_refused for verdict in verdicts) == 10


async def test_memory_forgets_counters_that_are_over(watch: Clock) -> None:
    storage = MemoryStorage()
    limiter = RateLimiter(storage, watch)
    for number in range(1_000):
        await limiter.count(f"stranger {number}", [BURST])
    watch.advance(timedelta(seconds=60))
    await counted(limiter, 600, Limit("wide", 1_000, 60_000, 60_000))
    assert len(storage) == 1


async def test_the_database_forgets_counters_that_are_over(counters: Database, watch: Clock) -> None:
    limiter = RateLimiter(DatabaseStorage(counters), watch)
    for number in range(20):
        await limiter.count(f"stranger {number}", [BURST])
    watch.advance(timedelta(seconds=60))
    await counted(limiter, 500, Limit("wide", 1_000, 60_000, 60_000))
    async with counters.connection() as connection:
        rows = await (await connection.execute("SELECT count(*) FROM rate_limit_counters")).fetchall()
    assert rows == [(1,)]


async def test_processes_share_the_counts_of_the_database(counters: Database, watch: Clock) -> None:
    first, second = (RateLimiter(DatabaseStorage(counters), watch) for _ in range(2))
    await counted(first, 4, BURST)
    assert (await second.count("ana", [BURST])).is_refused


async def test_headers_name_each_limit_and_repeat_the_nearest_one_plainly(
    limiter: RateLimiter, watch: Clock
) -> None:
    watch.advance(timedelta(seconds=0.5))
    await counted(limiter, 1, BURST, DAILY)
    watch.advance(timedelta(seconds=10))
    assert sent_headers(await limiter.count("ana", [BURST, DAILY])) == {
        "X-RateLimit-Limit-Burst": "3",
        "X-RateLimit-Remaining-Burst": "1",
        "X-RateLimit-Reset-Burst": "50",
        "X-RateLimit-Limit-Daily": "5",
        "X-RateLimit-Remaining-Daily": "3",
        "X-RateLimit-Reset-Daily": "86390",
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": str(START + 61),
    }


async def test_headers_of_a_refusal_say_when_to_come_back(limiter: RateLimiter, watch: Clock) -> None:
    await counted(limiter, 4, BURST)
    watch.advance(timedelta(seconds=0.2))
    assert sent_headers(await limiter.count("ana", [BURST])) == {
        "X-RateLimit-Limit-Burst": "3",
        "X-RateLimit-Remaining-Burst": "0",
        "X-RateLimit-Reset-Burst": "60",
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(START + 60),
        "Retry-After": "60",
    }


async def test_a_limit_may_have_a_name_that_no_header_can_have(watch: Clock) -> None:
    limiter = RateLimiter(MemoryStorage(), watch)
    named = sent_headers(await limiter.count("ana", [Limit("per minute:\r\nü", 3, 60_000, 60_000)]))
    assert named["X-RateLimit-Limit-Per-minute----"] == "3"


def test_two_api_keys_are_two_buckets() -> None:
    first, second = (bucket_of_key(digest(f"cal_{key}")) for key in (KEY, KEY[::-1]))
    assert first != second
    assert first.kind is second.kind is BucketKind.API_KEY


def test_one_api_key_is_one_bucket_under_every_prefix() -> None:
    assert bucket_of_key(digest(f"cal_live_{KEY}")) == bucket_of_key(digest(f"cal_{KEY}"))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix", "unix", True),
        ("unix", "", False),
    ],
)
def test_what_no_credential_vouches_for_is_counted_by_address_or_by_64_bits_of_it(
    one: str, other: str, is_same: bool
) -> None:
    assert (bucket_of_address(one) == bucket_of_address(other)) is is_same
    assert (bucket_of_tries(one) == bucket_of_tries(other)) is is_same
    assert bucket_of_address(one).kind is bucket_of_tries(one).kind is BucketKind.ANONYMOUS


def test_tries_of_keys_are_counted_apart_from_what_needs_none() -> None:
    assert bucket_of_address("192.0.2.1") != bucket_of_tries("192.0.2.1")


def test_a_bucket_shows_no_credential_and_no_address() -> None:
    buckets = [bucket_of_key(digest(KEY)), bucket_of_address("192.0.2.1"), bucket_of_tries("192.0.2.1")]
    assert not [bucket for bucket in buckets if KEY in bucket.key or "192.0.2.1" in bucket.key]


@pytest.mark.parametrize(
    ("peer", "sent", "address"),
    [
        ("192.0.2.1", {}, "192.0.2.1"),
        ("192.0.2.1", {"cf-connecting-ip": "198.51.100.7"}, "192.0.2.1"),
        ("192.0.2.1", {"x-forwarded-for": "198.51.100.7"}, "192.0.2.1"),
        ("", {"x-forwarded-for": "198.51.100.7"}, ""),
        ("10.1.2.3", {}, "10.1.2.3"),
        ("10.1.2.3", {"cf-connecting-ip": "198.51.100.7", "x-forwarded-for": "192.0.2.9"}, "198.51.100.7"),
        ("10.1.2.3", {"x-forwarded-for": "198.51.100.7"}, "198.51.100.7"),
        ("10.1.2.3", {"x-forwarded-for": "1.1.1.1, 198.51.100.7, 10.9.9.9"}, "198.51.100.7"),
        ("10.1.2.3", {"x-forwarded-for": "198.51.100.7, nonsense, 10.9.9.9"}, "10.9.9.9"),
        ("10.1.2.3", {"cf-connecting-ip": "nonsense"}, "10.1.2.3"),
        ("::ffff:10.1.2.3", {"x-forwarded-for": "198.51.100.7"}, "198.51.100.7"),
        ("fd00::1", {"x-forwarded-for": "2001:db8::7"}, "2001:db8::7"),
    ],
)
def test_only_a_trusted_proxy_is_believed_about_the_client(
    peer: str, sent: dict[str, str], address: str
) -> None:
    assert client_address(sent, peer, PROXIES) == address


def test_a_forwarded_for_header_that_came_twice_is_read_as_one() -> None:
    sent = Headers(raw=[(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"198.51.100.7")])
    assert client_address(sent, "10.1.2.3", PROXIES) == "198.51.100.7"


@pytest.mark.parametrize(
    ("chosen", "workers", "url", "kind"),
    [
        ("auto", 1, None, FolderStorage),
        ("auto", 2, None, DatabaseStorage),
        ("auto", 1, "postgresql://elsewhere/kalends", DatabaseStorage),
        ("memory", 4, None, MemoryStorage),
        ("database", 1, None, DatabaseStorage),
    ],
)
async def test_counts_are_kept_where_every_process_that_needs_them_can_see_them(
    tmp_path: Path, chosen: str, workers: int, url: str | None, kind: type[object]
) -> None:
    asked = {"rate_limit_storage": chosen, "workers": workers, "database_url": url and SecretStr(url)}
    settings = Settings.model_validate({**asked, "data_dir": tmp_path})
    assert isinstance(open_storage(settings, Database("postgresql://elsewhere/kalends")), kind)


def test_counts_in_the_database_need_a_database() -> None:
    with pytest.raises(ValueError, match="no database"):
        open_storage(Settings(rate_limit_storage="database"), None)


@pytest.fixture
async def callers(client: Client, settings: Settings, clock: Clock) -> AsyncIterator[Callers]:
    """Return callers of a server of the test's own, on the emptied database."""
    limiting = {"rate_limit_enabled": True, "rate_limit_storage": "memory", "rate_limit_anonymous": 5}
    app = Api(make_runtime(settings.model_copy(update=limiting), clock=clock))
    async with app.router.lifespan_context(app):
        yield Callers(WatchedEdge(app))


def bearer(host: Host) -> str:
    return f"Bearer {host.client.api_key}"


async def test_the_limits_of_a_key_replace_the_default(
    callers: Callers, ana: Host, database: Database
) -> None:
    async with database.connection() as connection:
        await connection.execute(
            'INSERT INTO api_key_rate_limits (api_key_id, name, window_ms, "limit", block_ms)'
            " SELECT id, 'burst', 60000, 3, 60000 FROM api_keys WHERE user_id = %s",
            (ana.id,),
        )
    answers = [await callers.get("/v2/me", authorization=bearer(ana)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining-Burst"] for answer in answers] == ["2", "1", "0", "0"]
    error = refusal(answers[-1], 429)
    assert error["code"] == "ThrottlerException"
    assert error["details"] == error["message"]
    assert answers[-1].headers["X-RateLimit-Reset-Burst"] == answers[-1].headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("sent", "limit"),
    [({"x_cal_client_id": "abc"}, "5"), ({"authorization": "Bearer eyJhbGciOi"}, "5"), ({}, "5")],
)
async def test_a_credential_that_nobody_verified_raises_no_limit(
    callers: Callers, sent: dict[str, str], limit: str
) -> None:
    answer = await callers.get("/v2/timezones", **sent)
    assert answer.headers["X-RateLimit-Limit-Default"] == answer.headers["X-RateLimit-Limit"] == limit


async def test_a_key_is_counted_wherever_it_is_used(callers: Callers, ana: Host, ben: Host) -> None:
    remaining = [
        (await callers.get("/v2/me", authorization=bearer(host), address=address)).headers[
            "X-RateLimit-Remaining"
        ]
        for host, address in [(ana, "192.0.2.1"), (ana, "192.0.2.2"), (ben, "192.0.2.1")]
    ]
    assert remaining == ["119", "118", "119"]


async def test_two_keys_of_one_user_are_counted_apart(
    callers: Callers, ana: Host, database: Database
) -> None:
    async with database.transaction() as work:
        second = await create_api_key(work, user_id=ana.id, note=None, expires_at=None, prefix="cal_")
    first = await callers.get("/v2/me", authorization=bearer(ana))
    other = await callers.get("/v2/me", authorization=f"Bearer {second.api_key}")
    assert data(other)["id"] == data(first)["id"]
    assert other.headers["X-RateLimit-Remaining"] == "119"


async def test_an_address_that_guesses_keys_is_refused_and_its_neighbours_are_not(
    callers: Callers, ana: Host
) -> None:
    assert (await callers.get("/v2/me", authorization=bearer(ana))).status_code == 200
    guesses = [
        await callers.get("/v2/timezones", authorization=f"Bearer cal_{number:032x}") for number in range(6)
    ]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 401, 429, 429]
    assert (await callers.get("/v2/me", authorization=bearer(ana))).status_code == 200
    assert (
        await callers.get("/v2/timezones", authorization=f"Bearer cal_{KEY}", address="192.0.2.2")
    ).status_code == 401
