"""What is due at an instant takes effect then, once, and for the booking as it is."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kalends.db.database import Database, UnitOfWork
from kalends.outbox import service as outbox
from kalends.outbox import timers
from kalends.outbox.fact import Fact, Subject
from kalends.outbox.timers import SubjectKind
from kalends.worker import BOOKINGS
from tests.conftest import Clock
from tests.outbox.facts import happen
from tests.support.client import Host, booking_of, data


class Bell:
    """Remembers what was due; can be told to fail."""

    def __init__(self) -> None:
        self.rung: list[tuple[int, str]] = []
        self.is_broken = False

    @property
    def bookings(self) -> SubjectKind:
        """Bookings whose timers ring this bell."""
        return replace(BOOKINGS, fire=self)

    async def __call__(self, work: UnitOfWork, subject_id: int, kind: str, *, now: datetime) -> None:
        """Remember a timer."""
        if self.is_broken:
            raise RuntimeError("this bell is broken")
        self.rung.append((subject_id, kind))


@pytest.fixture
async def booking_id(ana: Host) -> int:
    """Return the id of a booking."""
    event_type = await ana.creates_event_type()
    booked = await ana.client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T10:00:00Z"))
    return int(data(booked, 201)["id"])


async def test_due_timers_take_effect_once_in_their_order(
    database: Database, clock: Clock, booking_id: int
) -> None:
    bell = Bell()
    await _set(database, booking_id, {"later": clock() + timedelta(hours=1), "soon": clock()})
    assert await timers.fire_due(database, bell.bookings, now=clock())
    assert not await timers.fire_due(database, bell.bookings, now=clock())
    assert bell.rung == [(booking_id, "soon")]
    assert await timers.fire_due(database, bell.bookings, now=clock() + timedelta(hours=2))
    assert bell.rung == [(booking_id, "soon"), (booking_id, "later")]


async def test_a_timer_that_fails_is_due_again_in_a_minute(
    database: Database, clock: Clock, booking_id: int
) -> None:
    bell = Bell()
    bell.is_broken = True
    await _set(database, booking_id, {"soon": clock()})
    assert await timers.fire_due(database, bell.bookings, now=clock())
    bell.is_broken = False
    assert not await timers.fire_due(database, bell.bookings, now=clock())
    clock.advance(timedelta(minutes=1))
    assert await timers.fire_due(database, bell.bookings, now=clock())
    assert bell.rung == [(booking_id, "soon")]


async def test_a_booking_that_somebody_changes_now_keeps_its_timers(
    database: Database, clock: Clock, booking_id: int
) -> None:
    bell = Bell()
    await _set(database, booking_id, {"soon": clock()})
    async with database.transaction() as work:
        await work.connection.execute("SELECT FROM bookings WHERE id = %s FOR UPDATE", (booking_id,))
        assert not await timers.fire_due(database, bell.bookings, now=clock())
        await work.connection.execute("DELETE FROM timers")
    assert not await timers.fire_due(database, bell.bookings, now=clock())
    assert bell.rung == []


async def test_what_a_timer_tells_leaves_the_others_as_they_are(
    ana: Host, database: Database, clock: Clock
) -> None:
    asking = await ana.creates_event_type(
        "ask", confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False}
    )
    for event_type in (asking, await ana.creates_event_type("intro")):
        body = booking_of(event_type["id"], "2050-09-09T10:00:00Z")
        data(await ana.client.post("/v2/bookings", json=body), 201)
    waiting = await _due(database)
    while waiting:
        clock.now = min(waiting.values())
        while await timers.fire_due(database, BOOKINGS, now=clock()):
            pass
        left = {timer: moment for timer, moment in waiting.items() if moment > clock()}
        # The request has expired with its start, and so waits for nothing more.
        assert await _due(database) == left
        waiting = left


async def test_anything_with_a_number_has_timers_of_its_own(
    ana: Host, database: Database, clock: Clock, booking_id: int
) -> None:
    bell, other = Bell(), Bell()
    users = SubjectKind("user", "users", other)
    await _set(database, booking_id, {"soon": clock()})
    timers_of_ana = [("soon", clock()), ("later", clock() + timedelta(hours=1))]
    await happen(database, _about(ana, timers_of_ana))
    assert await timers.fire_due(database, users, now=clock())
    assert not await timers.fire_due(database, users, now=clock())
    # The booking may have the same number, and has its own.
    assert other.rung == [(ana.id, "soon")]
    assert await timers.fire_due(database, bell.bookings, now=clock())
    assert bell.rung == [(booking_id, "soon")]
    await happen(database, _about(ana, [("soon", clock() + timedelta(days=1))]))
    assert not await timers.fire_due(database, users, now=clock() + timedelta(hours=2))
    assert await timers.fire_due(database, users, now=clock() + timedelta(days=2))
    assert other.rung == [(ana.id, "soon")] * 2


async def test_a_worker_that_dies_while_a_timer_takes_effect_leaves_it_to_others_once(
    ana: Host, database: Database, clock: Clock
) -> None:
    bell = Bell()

    async def dies(work: UnitOfWork, subject_id: int, kind: str, *, now: datetime) -> None:
        await outbox.record(work, [_about(ana, None)])
        await bell(work, subject_id, kind, now=now)
        raise asyncio.CancelledError

    await happen(database, _about(ana, [("soon", clock())]))
    with suppress(asyncio.CancelledError):
        await timers.fire_due(database, SubjectKind("user", "users", dies), now=clock())
    assert await timers.fire_due(database, SubjectKind("user", "users", bell), now=clock())
    assert not await timers.fire_due(database, SubjectKind("user", "users", bell), now=clock())
    assert bell.rung == [(ana.id, "soon")] * 2
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM outbox_events WHERE subject_kind = 'user'")
        assert await cursor.fetchone() == (1,)


async def test_the_timers_of_a_booking_go_with_it(database: Database, clock: Clock, booking_id: int) -> None:
    await _set(database, booking_id, {"soon": clock()})
    async with database.transaction() as work:
        await work.connection.execute(
            "INSERT INTO timers (subject_kind, subject_id, kind, due_at) VALUES ('other', %s, 'soon', %s)",
            (booking_id, clock()),
        )
        await work.connection.execute("DELETE FROM bookings")
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT subject_kind FROM timers")
        assert await cursor.fetchall() == [("other",)]


def _about(host: Host, due: list[tuple[str, datetime]] | None) -> Fact:
    return Fact("user.changed", Subject("user", host.id), None, host.id, "key", b"{}", due)


async def _due(database: Database) -> dict[tuple[int, str], datetime]:
    """Return when each timer is due, by booking and kind."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT subject_id, kind, due_at FROM timers")
        return {(booking_id, kind): moment for booking_id, kind, moment in await cursor.fetchall()}


async def _set(database: Database, booking_id: int, due: dict[str, datetime]) -> None:
    """Let exactly these timers stand."""
    async with database.transaction() as work:
        await work.connection.execute("DELETE FROM timers")
        for kind, moment in due.items():
            await work.connection.execute(
                "INSERT INTO timers (subject_kind, subject_id, kind, due_at) VALUES ('booking', %s, %s, %s)",
                (booking_id, kind, moment),
            )


async def test_a_timer_that_ends_its_workers_is_set_aside_until_somebody_wants_it_tried(
    ana: Host, database: Database, clock: Clock
) -> None:
    bell, tries = Bell(), 0

    async def dies(work: UnitOfWork, subject_id: int, kind: str, *, now: datetime) -> None:
        nonlocal tries
        tries += 1
        raise asyncio.CancelledError

    deadly, users = SubjectKind("user", "users", dies), SubjectKind("user", "users", bell)
    await happen(database, _about(ana, [("soon", clock()), ("later", clock() + timedelta(hours=1))]))
    for _ in range(6):
        with suppress(asyncio.CancelledError):
            await timers.fire_due(database, deadly, now=clock())
    assert tries == 3
    async with database.transaction() as work:
        [job] = await outbox.list_set_aside(work.connection, limit=9)
        backlog = (await outbox.backlogs(work.connection, (), now=clock()))["timers"]
        assert (job.kind, job.lane, backlog.set_aside) == ("timers", f"user {ana.id}", 1)
        await outbox.retry_set_aside(work, None, now=clock())
    await timers.set_again(database, now=clock())
    assert await timers.fire_due(database, users, now=clock())
    assert bell.rung == [(ana.id, "soon")]
    clock.advance(timedelta(hours=1))
    assert await timers.fire_due(database, users, now=clock())
    assert bell.rung == [(ana.id, "soon"), (ana.id, "later")]


async def test_a_timer_whose_worker_outlives_it_is_never_set_aside(
    database: Database, clock: Clock, booking_id: int
) -> None:
    bell = Bell()
    bell.is_broken = True
    await _set(database, booking_id, {"soon": clock()})
    for _ in range(5):
        assert await timers.fire_due(database, bell.bookings, now=clock())
        clock.advance(timedelta(minutes=1))
    bell.is_broken = False
    assert await timers.fire_due(database, bell.bookings, now=clock())
    assert bell.rung == [(booking_id, "soon")]
