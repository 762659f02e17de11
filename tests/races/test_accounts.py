"""Many want the same name: one gets it, the others are told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from kalends.accounts import service as accounts
from kalends.accounts.deletion import delete_account
from kalends.accounts.service import CreateUser
from kalends.accounts.user import User
from kalends.api.output.errors import Conflict
from kalends.auth import service as auth
from kalends.db.database import Database
from kalends.db.rows import first_row
from tests.races.scene import MONDAY, Scene, at_once, data_of, event_type, only_winner
from tests.support.client import booking_of
from tests.support.connection import Connection, request_bytes

RACERS = 16


@pytest.fixture
async def database(scene: Scene) -> AsyncIterator[Database]:
    """Return connections of the test's own, one for each racer."""
    async with Database(scene.url, size=RACERS) as database:
        yield database


async def test_of_many_accounts_with_one_username_one_is_made(database: Database) -> None:
    commands = [CreateUser(f"{number}@example.com", "cleo", None, "UTC") for number in range(RACERS)]
    made = await asyncio.gather(*(_create(database, command) for command in commands), return_exceptions=True)
    assert sum(isinstance(one, User) for one in made) == 1
    assert sum(isinstance(one, Conflict) for one in made) == RACERS - 1


async def test_of_many_accounts_with_one_proven_e_mail_one_is_made(database: Database) -> None:
    commands = [
        CreateUser("Dan@example.com", f"dan-{number}", None, "UTC", has_verified_email=True)
        for number in range(RACERS)
    ]
    made = await asyncio.gather(*(_create(database, command) for command in commands), return_exceptions=True)
    assert sum(isinstance(one, User) for one in made) == 1
    assert sum(isinstance(one, Conflict) for one in made) == RACERS - 1


async def test_of_many_event_types_with_one_slug_one_is_made(
    scene: Scene, connections: list[Connection]
) -> None:
    request = request_bytes("POST", "/v2/event-types", event_type("wanted", 30), api_key=scene.api_key)
    only_winner(await at_once(connections, [request] * RACERS), losers=400)


async def test_of_many_refreshes_of_one_key_one_makes_a_new_key(
    database: Database, connections: list[Connection]
) -> None:
    user = await _create(database, CreateUser("eve@example.com", "eve", None, "UTC", is_bare=True))
    async with database.transaction() as work:
        key = await auth.create_api_key(work, user_id=user.id, note=None, expires_at=None, prefix="cal_")
    request = request_bytes("POST", "/v2/api-keys/refresh", {}, api_key=key.api_key)
    answers = await at_once(connections, [request] * RACERS)
    assert sorted(answer.status for answer in answers) == [200] + [401] * (RACERS - 1)
    new_key = next(data_of(answer)["apiKey"] for answer in answers if answer.status == 200)
    assert (await connections[0].get("/v2/me", new_key)).status == 200


async def test_of_bookings_that_race_with_the_end_of_their_host_none_is_lost_untold(
    database: Database, connections: list[Connection]
) -> None:
    user = await _create(database, CreateUser("fay@example.com", "fay", None, "UTC"))
    async with database.connection() as connection:
        row = await first_row(
            connection, "SELECT id FROM event_types WHERE user_id = %s ORDER BY length LIMIT 1", (user.id,)
        )
    assert row is not None
    starts = [MONDAY + timedelta(hours=9, minutes=30 * number) for number in range(RACERS)]
    requests = [
        request_bytes("POST", "/v2/bookings", booking_of(row[0], start.isoformat())) for start in starts
    ]
    answers, cancelled = await asyncio.gather(at_once(connections, requests), _delete(database, user))
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {201, 400, 404}
    assert cancelled == statuses.count(201)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT kind, count(*) FROM outbox_events WHERE user_id = %s GROUP BY kind", (user.id,)
        )
        facts = dict(await cursor.fetchall())
    assert facts.get("booking.created", 0) == facts.get("booking.cancelled", 0) == cancelled


async def _delete(database: Database, user: User) -> int:
    async with database.transaction() as work:
        return await delete_account(work, user, site="http://kalends.test", now=datetime.now(UTC))


async def _create(database: Database, command: CreateUser) -> User:
    async with database.transaction() as work:
        return await accounts.create_user(work, command)
