"""The server is killed in the middle of its work: what it has promised is kept, and nothing is half done."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kalends.db.server.embedded import embedded_postgres
from tests.races.scene import MONDAY, Scene, creating, data_of, make_scene
from tests.support.connection import connect, connected
from tests.support.invariants import assert_invariants_hold
from tests.support.postgres import kill_postgres
from tests.support.server import Server, running

REQUESTS = 200
ANSWERS_BEFORE_THE_END = 60
UNBOUNDED = {"KALENDS_RATE_LIMIT_ENABLED": "false", "KALENDS_TURNS_WAITING_MOST": str(REQUESTS)}
"""So that all of them may wait for the one host."""


async def test_a_killed_server_has_kept_every_booking_that_it_answered(url: str, tmp_path: Path) -> None:
    options = ("--workers", "2", "--database-url", url)
    with running(tmp_path, *options, **UNBOUNDED) as killed:
        answered = await _book_until(killed.kill, await make_scene(killed, url))
    with running(tmp_path, *options, **UNBOUNDED) as server:
        await _assert_bookings_are_there(server, answered)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only /proc tells the processes of the database")
async def test_killed_with_its_database_the_server_recovers_by_itself(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    options = ("--data-dir", str(data_dir))
    with running(tmp_path, *options, **UNBOUNDED) as killed:

        def kill_everything() -> None:
            killed.kill()
            kill_postgres(data_dir)

        answered = await _book_until(kill_everything, await make_scene(killed, ""))
    with running(tmp_path, *options, **UNBOUNDED) as server:
        await _assert_bookings_are_there(server, answered)
    with embedded_postgres(data_dir) as url:
        assert_invariants_hold(url)


async def _book_until(end: Callable[[], None], scene: Scene) -> list[str]:
    """Send all requests at once, cause the end after some answers, and return the uids of all answers."""
    answered: list[str] = []

    async with connected(scene.port, REQUESTS) as connections:

        async def book(number: int) -> None:
            start = MONDAY + number * timedelta(hours=1)
            answer = await connections[number].send(creating(scene.hour, start))
            answered.append(data_of(answer, 201)["uid"])
            if len(answered) == ANSWERS_BEFORE_THE_END:
                end()

        ends = await asyncio.gather(*map(book, range(REQUESTS)), return_exceptions=True)
    failures = [error for error in ends if error is not None]
    assert failures, "the end came too late"
    assert all(isinstance(error, ConnectionResetError) for error in failures), failures
    return answered


async def _assert_bookings_are_there(server: Server, uids: list[str]) -> None:
    assert len(uids) >= ANSWERS_BEFORE_THE_END
    connection = await connect(server.port)
    for uid in uids:
        booking = data_of(await connection.get(f"/v2/bookings/{uid}"))
        assert booking["status"] == "accepted"
        assert [attendee["email"] for attendee in booking["attendees"]] == ["bo@example.com"]
    connection.close()
