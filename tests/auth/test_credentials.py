"""Who is let in: API keys in every spelling, their life, and what does not count as a credential."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from kalends.api.http import credentials
from kalends.app import Api
from kalends.auth.service import create_api_key
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.refusals import WatchedEdge

UNKNOWN_KEY = "cal_" + 32 * "0"


async def key_of(database: Database, host: Host, *, expires_at: datetime | None = None) -> str:
    """Return one more key of a host."""
    async with database.transaction() as work:
        key = await create_api_key(work, user_id=host.id, note=None, expires_at=expires_at, prefix="cal_")
    return key.api_key


async def status_of(client: Client, authorization: str, path: str = "/v2/me") -> int:
    """Return how a request with this credential is answered; every failure is in the envelope."""
    answer = await client.get(path, headers={"Authorization": authorization})
    if answer.status_code == 401:
        assert refusal(answer, 401)["code"] == "UnauthorizedException"
    return answer.status_code


async def lock(database: Database, host: Host) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (host.id,))


async def last_use(api: Api, host: Host) -> datetime | None:
    await api.runtime.admission.finish()
    async with api.runtime.database.connection() as connection:
        cursor = await connection.execute("SELECT last_used_at FROM api_keys WHERE user_id = %s", (host.id,))
        [(found,)] = await cursor.fetchall()
    assert found is None or isinstance(found, datetime)
    return found


def test_a_key_is_a_prefix_and_thirty_two_hex_digits() -> None:
    keys = {credentials.generate("cal_live_") for _ in range(50)}
    assert len(keys) == 50
    assert all(key.startswith("cal_live_") and len(key) == 41 for key in keys)
    assert all(set(key.removeprefix("cal_live_")) <= set("0123456789abcdef") for key in keys)


async def test_only_a_hash_of_a_key_is_stored(ana: Host, database: Database) -> None:
    secret = str(ana.client.api_key)[-32:]
    async with database.connection() as connection:
        rows = await (await connection.execute("SELECT api_keys::text FROM api_keys")).fetchall()
    assert len(rows) == 1
    assert secret not in str(rows)
    assert credentials.digest(secret) in str(rows)


@pytest.mark.parametrize(
    "form",
    [
        "Bearer cal_live_{}",
        "Bearer cal_{}",
        "cal_live_{}",
        "cal_{}",
        "bearer cal_{}",
        "BEARER cal_{}",
        "Bearer   cal_{}",
        "bearer \t cal_live_{}",
        "  Bearer cal_{} ",
    ],
)
async def test_a_key_is_taken_with_and_without_the_word_bearer_and_under_the_plain_prefix(
    ana: Host, client: Client, form: str
) -> None:
    assert await status_of(client, form.format(str(ana.client.api_key)[-32:])) == 200


@pytest.mark.parametrize(
    "form",
    ["Basic cal_{}", "Bearercal_{}", "Bearer Bearer cal_{}", "Bearer {}", "Bearer cal_{}x", "Bearer CAL_{}"],
)
async def test_other_spellings_of_a_key_are_unknown(ana: Host, client: Client, form: str) -> None:
    assert await status_of(client, form.format(str(ana.client.api_key)[-32:])) == 401


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer", "Bearer x", "cal_", "Bearer \xff", "x" * 9_000]
)
async def test_what_is_no_credential_is_refused(client: Client, authorization: str) -> None:
    answer = await client.get("/v2/me", headers={b"Authorization": authorization.encode("latin-1")})
    refusal(answer, 401)


async def test_no_credential_is_refused_with_a_hint(client: Client) -> None:
    answer = await client.get("/v2/me")
    assert "Authorization" in refusal(answer, 401)["message"]


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer cal_nobody"}, {"x-cal-client-id": "nope"}])
async def test_every_401_says_which_credential_is_asked_for(client: Client, sent: dict[str, str]) -> None:
    answer = await client.get("/v2/me", headers=sent)
    refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Kalends"'


@pytest.mark.parametrize("path", ["/v2/bookings", "/v2/schedules", "/v2/event-types/1", "/v2/me"])
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"x-cal-client-id": "nope"},
        {"x-cal-secret-key": "nope"},
        {"x-cal-client-id": "nope", "x-cal-secret-key": "nope"},
        {"Authorization": "Bearer made-up"},
        {"Authorization": f"Bearer {UNKNOWN_KEY}"},
    ],
)
async def test_missing_and_unknown_credentials_are_401_everywhere(
    client: Client, path: str, sent: dict[str, str]
) -> None:
    assert refusal(await client.get(path, headers=sent), 401)["code"] == "UnauthorizedException"


async def test_an_unknown_key_is_refused_where_no_credential_is_needed(ana: Host, client: Client) -> None:
    path = "/v2/event-types?username=ana"
    assert await status_of(client, f"Bearer {UNKNOWN_KEY}", path) == 401
    assert (await client.get(path)).status_code == 200


async def test_an_unknown_token_is_nobody_where_no_credential_is_needed(ana: Host, client: Client) -> None:
    assert await status_of(client, "Bearer made-up", "/v2/event-types?username=ana") == 200


async def test_the_credentials_of_an_oauth_client_go_before_a_key(ana: Host) -> None:
    both = {"x-cal-client-id": "nope", "x-cal-secret-key": "nope"}
    refusal(await ana.client.get("/v2/me", headers=both), 401)


@pytest.mark.parametrize("half", ["x-cal-client-id", "x-cal-secret-key"])
async def test_half_of_the_credentials_of_an_oauth_client_leave_a_key_in_force(ana: Host, half: str) -> None:
    assert data(await ana.client.get("/v2/me", headers={half: "nope"}))["id"] == ana.id


async def test_a_key_is_good_to_the_end_of_its_last_day_in_utc(
    ana: Host, client: Client, database: Database, clock: Clock
) -> None:
    key = await key_of(database, ana, expires_at=datetime(2050, 9, 3, 0, 30, tzinfo=UTC))
    statuses = []
    for now in (
        datetime(2050, 9, 3, 0, 31, tzinfo=UTC),
        datetime(2050, 9, 3, 23, 59, 59, tzinfo=UTC),
        datetime(2050, 9, 4, tzinfo=UTC),
        datetime(2050, 9, 4, 0, 30, tzinfo=UTC),
    ):
        clock.now = now
        statuses.append(await status_of(client, f"Bearer {key}"))
    assert statuses == [200, 200, 401, 401]


async def test_a_key_without_an_end_never_expires(ana: Host, clock: Clock) -> None:
    clock.now = datetime(2999, 1, 1, tzinfo=UTC)
    assert data(await ana.client.get("/v2/me"))["id"] == ana.id


async def test_an_expired_key_is_told_from_an_unknown_one(
    ana: Host, client: Client, database: Database
) -> None:
    key = await key_of(database, ana, expires_at=datetime(2050, 8, 31, tzinfo=UTC))
    answer = await client.get("/v2/me", headers={"Authorization": f"Bearer {key}"})
    assert "expired" in refusal(answer, 401)["message"]


async def test_a_locked_user_is_refused(ana: Host, database: Database) -> None:
    await lock(database, ana)
    assert "locked" in refusal(await ana.client.get("/v2/me"), 401)["message"]
    refusal(await ana.client.post("/v2/api-keys/refresh"), 401)


async def test_a_key_that_is_good_no_more_makes_its_holder_anonymous_on_public_operations(
    ana: Host, client: Client, database: Database
) -> None:
    event_type = await ana.creates_event_type()
    key = await key_of(database, ana, expires_at=datetime(2050, 8, 31, tzinfo=UTC))
    path = "/v2/event-types?username=ana"
    assert await status_of(client, f"Bearer {key}", path) == 200
    booked = await client.post(
        "/v2/bookings",
        json=booking_of(event_type["id"], "2050-09-05T10:00:00Z"),
        headers={"Authorization": f"Bearer {key}"},
    )
    data(booked, 201)
    await lock(database, ana)
    assert data(await ana.client.get(path)) == data(await client.get(path))


async def test_a_deleted_key_is_unknown_at_once(ana: Host, database: Database) -> None:
    data(await ana.client.get("/v2/me"))
    async with database.connection() as connection:
        await connection.execute("DELETE FROM api_keys")
    refusal(await ana.client.get("/v2/me"), 401)


async def test_the_last_use_of_a_key_is_noted(ana: Host, api: Api, clock: Clock) -> None:
    assert await last_use(api, ana) is None
    await ana.client.get("/v2/me")
    assert await last_use(api, ana) == clock.now


async def test_the_last_use_of_a_key_is_noted_once_a_minute(ana: Host, api: Api, clock: Clock) -> None:
    began = clock.now
    noted = []
    for seconds in (0, 30, 59, 60, 61, 119, 120):
        clock.now = began + timedelta(seconds=seconds)
        await ana.client.get("/v2/me")
        noted.append(await last_use(api, ana))
    expected = (0, 0, 0, 60, 60, 60, 120)
    assert noted == [began + timedelta(seconds=seconds) for seconds in expected]


async def test_a_last_use_is_stored_before_the_server_ends(
    ana: Host, api: Api, settings: Settings, clock: Clock
) -> None:
    other = Api(make_runtime(settings, clock=clock))
    async with other.router.lifespan_context(other):
        transport = httpx.ASGITransport(app=WatchedEdge(other))
        async with Client(transport=transport, base_url="http://kalends.test") as client:
            assert await status_of(client, f"Bearer {ana.client.api_key}") == 200
    assert await last_use(api, ana) == clock.now


async def test_a_last_use_that_cannot_be_stored_costs_nobody_the_answer(
    ana: Host, api: Api, database: Database
) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "ALTER TABLE api_keys ADD CONSTRAINT never_used CHECK (last_used_at IS NULL)"
        )
        try:
            assert data(await ana.client.get("/v2/me"))["id"] == ana.id
            assert await last_use(api, ana) is None
        finally:
            await connection.execute("ALTER TABLE api_keys DROP CONSTRAINT never_used")


async def test_a_refused_use_of_a_key_is_noted_too(
    ana: Host, api: Api, database: Database, clock: Clock
) -> None:
    await lock(database, ana)
    await ana.client.get("/v2/me")
    assert await last_use(api, ana) == clock.now
