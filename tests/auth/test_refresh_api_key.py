"""`POST /v2/api-keys/refresh`: a key replaces itself."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from kalends.api.http import credentials
from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.client import Host, broken_properties, data, refusal

PATH = "/v2/api-keys/refresh"


async def refresh(host: Host, body: dict[str, Any] | None = None) -> str:
    """Refresh a host's key, use the new one from now on, and return it."""
    answer = await host.client.post(PATH) if body is None else await host.client.post(PATH, json=body)
    (key,) = data(answer).values()
    host.client.api_key = str(key)
    return str(key)


async def stored_keys(database: Database) -> list[tuple[Any, ...]]:
    """Return owner, note, hash and end of every key."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT user_id, note, hashed_key, expires_at FROM api_keys ORDER BY created_at"
        )
        return await cursor.fetchall()


async def test_a_new_key_takes_the_place_of_the_old_one(ana: Host, database: Database) -> None:
    old = ana.client.api_key
    new = await refresh(ana)
    assert new.startswith("cal_live_")
    assert len(new) == len("cal_live_") + 32
    assert data(await ana.client.get("/v2/me"))["id"] == ana.id
    assert [row[2] for row in await stored_keys(database)] == [credentials.digest(new)]
    ana.client.api_key = old
    refusal(await ana.client.get("/v2/me"), 401)


async def test_a_new_key_keeps_owner_and_note(ana: Host, ben: Host, database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE api_keys SET note = 'laptop' WHERE user_id = %s", (ana.id,))
    await refresh(ana)
    owners = {(user_id, note) for user_id, note, _, _ in await stored_keys(database)}
    assert owners == {(ana.id, "laptop"), (ben.id, None)}
    assert data(await ben.client.get("/v2/me"))["id"] == ben.id


@pytest.mark.parametrize(
    ("body", "days"),
    [
        (None, 30),
        ({}, 30),
        ({"apiKeyDaysValid": 60}, 60),
        ({"apiKeyDaysValid": 1.0}, 1),
        ({"apiKeyDaysValid": None}, 30),
        ({"apiKeyNeverExpires": False}, 30),
        ({"apiKeyNeverExpires": None, "apiKeyDaysValid": 7}, 7),
        ({"apiKeyNeverExpires": False, "apiKeyDaysValid": 7}, 7),
        ({"foo": 1}, 30),
    ],
)
async def test_a_new_key_lives_for_thirty_days_or_as_asked(
    ana: Host, database: Database, clock: Clock, body: dict[str, Any] | None, days: int
) -> None:
    await refresh(ana, body)
    ((_, _, _, expires_at),) = await stored_keys(database)
    assert expires_at == clock.now + timedelta(days=days)


@pytest.mark.parametrize(
    "body", [{"apiKeyNeverExpires": True}, {"apiKeyNeverExpires": True, "apiKeyDaysValid": None}]
)
async def test_a_new_key_may_live_for_ever(ana: Host, database: Database, body: dict[str, Any]) -> None:
    await refresh(ana, body)
    ((_, _, _, expires_at),) = await stored_keys(database)
    assert expires_at is None


async def test_a_key_that_was_refreshed_for_a_day_ends_with_the_next_day(ana: Host, clock: Clock) -> None:
    await refresh(ana, {"apiKeyDaysValid": 1})
    clock.now = datetime(2050, 9, 2, 23, 59, tzinfo=clock.now.tzinfo)
    data(await ana.client.get("/v2/me"))
    clock.advance(timedelta(minutes=1))
    refusal(await ana.client.get("/v2/me"), 401)


async def test_a_number_of_days_and_no_end_exclude_each_other(ana: Host) -> None:
    body = {"apiKeyDaysValid": 60, "apiKeyNeverExpires": True}
    error = refusal(await ana.client.post(PATH, json=body), 400)
    assert error["code"] == "BadRequestException"
    assert "errors" not in error["details"]
    assert data(await ana.client.get("/v2/me"))["id"] == ana.id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("apiKeyDaysValid", 0),
        ("apiKeyDaysValid", "5"),
        ("apiKeyDaysValid", 10**9),
        ("apiKeyNeverExpires", "true"),
        ("apiKeyNeverExpires", 1),
    ],
)
async def test_a_wrong_life_is_refused_and_the_key_stays(ana: Host, name: str, value: object) -> None:
    error = refusal(await ana.client.post(PATH, json={name: value}), 400)
    assert broken_properties(error) == {name}
    assert data(await ana.client.get("/v2/me"))["id"] == ana.id


async def test_the_own_limits_of_a_key_move_to_the_new_one(ana: Host, database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            'INSERT INTO api_key_rate_limits (api_key_id, name, window_ms, "limit", block_ms)'
            " SELECT id, 'burst', 60000, 3, 60000 FROM api_keys"
        )
    new = await refresh(ana)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT k.hashed_key, l.name FROM api_key_rate_limits l JOIN api_keys k ON k.id = l.api_key_id"
        )
        assert await cursor.fetchall() == [(credentials.digest(new), "burst")]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": "Bearer made-up"},
        {"x-cal-client-id": "nope", "x-cal-secret-key": "nope"},
        {"Authorization": "Bearer cal_" + 32 * "0"},
    ],
)
async def test_only_a_known_key_can_be_refreshed(ana: Host, database: Database, sent: dict[str, str]) -> None:
    before = await stored_keys(database)
    anonymous = ana.client
    anonymous.api_key = None
    refusal(await anonymous.post(PATH, headers=sent), 401)
    assert await stored_keys(database) == before


async def test_a_key_with_the_credentials_of_an_oauth_client_is_not_refreshed(ana: Host) -> None:
    both = {"x-cal-client-id": "nope", "x-cal-secret-key": "nope"}
    refusal(await ana.client.post(PATH, headers=both), 401)


async def test_of_parallel_refreshes_exactly_one_makes_a_key(ana: Host, database: Database) -> None:
    answers = await asyncio.gather(*(ana.client.post(PATH) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401, 401]
    assert len(await stored_keys(database)) == 1
