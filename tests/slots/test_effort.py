"""Large questions to the engine keep nobody waiting, and small ones are answered at once."""

import threading

import pytest

from kalends.db.database import Database
from kalends.scheduling import engine
from tests.attacks.counting import busiest_turn
from tests.attacks.rows import multiply
from tests.support.client import Client, Host, data
from tests.support.teams import Rows

HOSTS = 300
MOST_CALLS = 30_000
MONTH = {"start": "2050-09-01", "end": "2050-09-30"}


@pytest.fixture
async def crowd(ana: Host, rows: Rows, database: Database) -> int:
    """Return the id of an event type of hundreds of hosts who rotate."""
    event_type_id = await rows.event_type(await rows.team("crowd", ana), ana)
    names = {"email": "'host' || n || '@example.com'", "username": "'host' || n"}
    await multiply(database, "users", HOSTS - 1, which=f"id = {ana.id}", **names)
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO hosts (event_type_id, user_id, is_fixed)"
            " SELECT %s, id, false FROM users WHERE username LIKE 'host%%'",
            (event_type_id,),
        )
    return event_type_id


@pytest.fixture
def asked_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the threads that put questions to the engine."""
    threads: list[str] = []
    list_slots = engine.list_slots

    def noted(*arguments: object, **named: object) -> object:
        threads.append(threading.current_thread().name)
        return list_slots(*arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(engine, "list_slots", noted)
    return threads


async def test_slots_of_many_hosts_keep_nobody_waiting(client: Client, crowd: int) -> None:
    data(await client.get("/v2/slots", params={"eventTypeId": crowd, **MONTH}))
    with busiest_turn() as busiest:
        slots = data(await client.get("/v2/slots", params={"eventTypeId": crowd, **MONTH}))
    assert len(slots) == 22
    assert busiest.count < MOST_CALLS


async def test_explaining_a_day_of_many_hosts_keeps_nobody_waiting(client: Client, crowd: int) -> None:
    query: dict[str, str | int] = {"eventTypeId": crowd, "date": "2050-09-05"}
    data(await client.get("/v2/slots/explain", params=query))
    with busiest_turn() as busiest:
        explained = data(await client.get("/v2/slots/explain", params=query))
    assert explained["isAvailable"]
    assert busiest.count < MOST_CALLS


async def test_only_large_questions_leave_the_event_loop(
    ana: Host, client: Client, crowd: int, asked_on: list[str]
) -> None:
    small = await ana.creates_event_type()
    data(await client.get("/v2/slots", params={"eventTypeId": small["id"], **MONTH}))
    assert asked_on == [threading.main_thread().name]
    data(await client.get("/v2/slots", params={"eventTypeId": crowd, **MONTH}))
    assert asked_on[1].startswith("engine")
