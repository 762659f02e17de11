"""Slots of random teams in the database are those that the naive oracle of the engine finds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.scheduling.engine import (
    Absence,
    Busy,
    DaysWindow,
    Host,
    Limit,
    Override,
    RangeWindow,
    Reservation,
    Rules,
    Schedule,
    Taken,
    Travel,
    Unit,
    WeeklyHours,
    buffered,
)
from tests.conftest import Clock
from tests.scheduling import oracle
from tests.scheduling.oracle import Question
from tests.slots.test_listing import starts
from tests.support.client import Client, data, make_host
from tests.support.client import Host as Account
from tests.support.teams import Rows

SEEDS = range(16)
MORE_SEEDS = range(16, 300)

# Saturdays before clocks change: in New York, in Europe, and in autumn in Europe.
FIRST_DAYS = (date(2050, 3, 12), date(2050, 3, 26), date(2050, 10, 29))
ZONES = ("Europe/Rome", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe")


@dataclass(frozen=True)
class Made:
    """An event type in the database, and what the oracle is told of it."""

    event_type_id: int
    question: Question
    start: datetime
    end: datetime


class Maker:
    """Makes the same random team for the database and for the oracle."""

    def __init__(self, seed: int, rows: Rows, client: Client) -> None:
        self.chance = random.Random(seed)
        self.rows = rows
        self.client = client
        self.first = self.chance.choice(FIRST_DAYS)
        self.midnight = datetime.combine(self.first, time(), UTC)
        self.buffers = [self.chance.choice((0, 0, 5, 20)) for _ in range(2)]

    async def make(self) -> Made:
        """Make a team with an event type."""
        chance = self.chance
        kind = chance.choice(("roundRobin", "collective", "mixed"))
        people = [
            await make_host(
                self.client, self.rows.database, f"host{n}", time_zone=chance.choice(ZONES), is_bare=True
            )
            for n in range(chance.randint(1, 4))
        ]
        fixed = people if kind == "collective" else people[:1] if kind == "mixed" else []
        columns, rules = self._terms()
        common = None
        if chance.random() < 0.2:
            common = await self._schedule(people[0])
            columns["schedule_id"] = common[0]
        hosts, own_schedules = [], {}
        for person in people:
            default = await self._schedule(person)
            own = await self._schedule(person) if chance.random() < 0.3 else None
            if chance.random() < 0.5:
                await self.rows.sets("users", person.id, default_schedule_id=default[0])
            if own is not None:
                own_schedules[person.id] = own[0]
            schedule = (common or own or default)[1]
            # The schedule of the event type may be the first of its owner, who then has no default.
            travel = await self._travel(person) if common is None and chance.random() < 0.3 else ()
            absences = await self._absences(person) if chance.random() < 0.4 else ()
            hosts.append(
                Host(
                    person.id,
                    schedule,
                    is_fixed=person in fixed,
                    out_of_office=absences,
                    travel=() if own is not None else travel,
                )
            )
        team = await self.rows.team("crew")
        event_type_id = await self.rows.event_type(
            team,
            *(person for person in people if person not in fixed),
            fixed=fixed,
            kind="collective" if kind == "collective" else "roundRobin",
            schedules=own_schedules,
            **columns,
        )
        taken, busy = await self._take(people, event_type_id)
        hosts = [
            Host(
                host.id,
                host.schedule,
                busy[host.id],
                host.is_fixed,
                out_of_office=host.out_of_office,
                travel=host.travel,
            )
            for host in hosts
        ]
        now = self.midnight + timedelta(minutes=chance.randrange(-2000, 600))
        start = self.midnight + timedelta(minutes=chance.randrange(0, 1000))
        end = start + timedelta(minutes=chance.randrange(24 * 60, 4 * 24 * 60))
        question = Question(rules, hosts, int(now.timestamp()), chance.choice(ZONES), taken)
        return Made(event_type_id, question, start, end)

    def _terms(self) -> tuple[dict[str, Any], Rules]:
        chance = self.chance
        length = chance.choice((15, 30, 45, 60, 50))
        interval = chance.choice((None, None, 10, 30))
        offset = chance.choice((0, 0, 0, 10))
        notice = chance.choice((0, 60, 720))
        first_only = chance.random() < 0.1
        columns: dict[str, Any] = {
            "length": length,
            "slot_interval": interval,
            "offset_start": offset,
            "minimum_booking_notice": notice,
            "before_event_buffer": self.buffers[0],
            "after_event_buffer": self.buffers[1],
            "only_show_first_available_slot": first_only,
        }
        count = chance.choice((None, None, None, None, 1, 2))
        minutes = chance.choice((None, None, None, None, None, 180))
        if count is not None:
            columns["booking_limits"] = {"PER_DAY": count}
        if minutes is not None:
            columns["duration_limits"] = {"PER_WEEK": minutes}
        window: DaysWindow | RangeWindow | None = None
        if chance.random() < 0.2:
            window = DaysWindow(chance.randint(0, 3), is_business=chance.random() < 0.5)
            columns |= {
                "period_type": "rolling",
                "period_days": window.days,
                "period_count_calendar_days": not window.is_business,
            }
        elif chance.random() < 0.2:
            zone = chance.choice((None, *ZONES))
            days = sorted(self.first + timedelta(days=chance.randrange(4)) for _ in range(2))
            window = RangeWindow(days[0], days[1], zone)
            columns |= {
                "period_type": "range",
                "period_start_date": days[0],
                "period_end_date": days[1],
                "time_zone": zone,
            }
        return columns, Rules(
            length=length,
            slot_interval=interval,
            offset_start=offset,
            minimum_notice=notice,
            booking_limits_count=() if count is None else (Limit(Unit.DAY, count),),
            booking_limits_duration=() if minutes is None else (Limit(Unit.WEEK, minutes),),
            window=window,
            first_slot_only=first_only,
        )

    async def _schedule(self, person: Account) -> tuple[int, Schedule]:
        chance = self.chance
        zone = chance.choice(ZONES)
        weekly = [
            (sorted(chance.sample(range(7), chance.randint(4, 7))), *self._hours())
            for _ in range(chance.randint(1, 2))
        ]
        overrides = [
            (self.first + timedelta(days=chance.randrange(5)), *self._hours())
            for _ in range(chance.choice((0, 0, 1, 2)))
        ]
        schedule_id = await self.rows.schedule(
            person,
            zone,
            [(days, _clock(opens), _clock(closes)) for days, opens, closes in weekly],
            [(day, _clock(opens), _clock(closes)) for day, opens, closes in overrides],
        )
        return schedule_id, Schedule(
            zone,
            tuple(WeeklyHours(frozenset(days), opens, closes) for days, opens, closes in weekly),
            tuple(Override(day, opens, closes) for day, opens, closes in overrides),
        )

    def _hours(self) -> tuple[int, int]:
        opens = self.chance.choice((0, 60, 120, 9 * 60, 9 * 60 + 35))
        return opens, self.chance.choice((180, 12 * 60, 17 * 60 + 5, 23 * 60 + 59))

    async def _travel(self, person: Account) -> tuple[Travel, ...]:
        zone = self.chance.choice(ZONES)
        start = self.midnight + timedelta(hours=self.chance.randrange(-24, 48))
        end = self.chance.choice((None, start + timedelta(hours=self.chance.randrange(0, 72))))
        await self.rows.travels(person, zone, start, end)
        return (Travel(zone, int(start.timestamp()), None if end is None else int(end.timestamp())),)

    async def _absences(self, person: Account) -> tuple[Absence, ...]:
        first = self.first + timedelta(days=self.chance.randrange(-2, 5))
        last = first + timedelta(days=self.chance.randrange(0, 2))
        await self.rows.is_away(person, first, last)
        return (Absence(first, last),)

    async def _take(
        self, people: Sequence[Account], event_type_id: int
    ) -> tuple[Taken, dict[int, list[Busy]]]:
        """Book and reserve times of the team's event type and of its hosts' own."""
        chance = self.chance
        before, after = self.buffers
        busy: dict[int, list[Busy]] = {person.id: [] for person in people}
        counted: list[tuple[int, int]] = []
        # Two that bind, or two that do not: what lies between the kinds is for bookings to tell.
        is_binding = chance.random() < 0.4
        reservations = []
        for person in people:
            own_id = await self.rows.event_type(
                await self.rows.team(f"alone{person.id}"),
                slug="own",
                before_event_buffer=before,
                after_event_buffer=after,
            )
            for start, end in self._periods(chance.randint(0, 4)):
                is_own = chance.random() < 0.4
                await self.rows.is_booked(
                    person,
                    own_id if is_own else event_type_id,
                    start,
                    end,
                    before=timedelta(minutes=before),
                    after=timedelta(minutes=after),
                )
                begins, ends = int(start.timestamp()), int(end.timestamp())
                if not is_own:
                    counted.append((begins, ends))
                busy[person.id].append(
                    buffered(begins, ends, before, after, booked_before=before, booked_after=after)
                )
            if chance.random() < 0.4:
                [(start, end)] = self._periods(1)
                is_own = chance.random() < 0.5
                await self.rows.reserves(
                    person, own_id if is_own else event_type_id, start, end, is_binding=is_binding
                )
                around = (before + after) * 60 if is_binding else 0
                reservations.append(
                    Reservation(
                        int(start.timestamp()),
                        int(end.timestamp()),
                        person.id if is_own else None,
                        only_hides=not is_binding,
                        before=around,
                        after=around,
                    )
                )
        return Taken(counted=counted, reservations=reservations), busy

    def _periods(self, count: int) -> list[tuple[datetime, datetime]]:
        """Return some periods that leave each other room for their buffers."""
        found: list[tuple[datetime, datetime]] = []
        room = timedelta(minutes=sum(self.buffers))
        for _ in range(count):
            start = self.midnight + timedelta(minutes=15 * self.chance.randrange(0, 4 * 96))
            found.append((start, start + timedelta(minutes=self.chance.choice((30, 60, 240)))))
        kept = sorted(found)
        for one, other in combinations(sorted(found), 2):
            if other in kept and one in kept and other[0] < one[1] + room:
                kept.remove(other)
        return kept


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _stamp(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


async def _agree(seed: int, client: Client, database: Database, clock: Clock) -> None:
    made = await Maker(seed, Rows(database), client).make()
    question = made.question
    clock.now = datetime.fromtimestamp(question.now, UTC)
    asked = {"eventTypeId": made.event_type_id, "start": _stamp(made.start), "end": _stamp(made.end)}
    listed = [
        int(datetime.fromisoformat(text).timestamp())
        for text in await starts(client, **asked, timeZone=question.zone)
    ]
    expected = oracle.list_slots(question, int(made.start.timestamp()), _end(made.end))
    assert listed == expected
    chance = random.Random(seed)
    minutes = range(int(made.start.timestamp()), int(made.end.timestamp()), 60)
    for start in [*chance.sample(listed, min(len(listed), 4)), *chance.sample(minutes, 8)]:
        at = {"at": _stamp(datetime.fromtimestamp(start, UTC)), "timeZone": question.zone}
        address = {"eventTypeId": made.event_type_id}
        found = data(await client.get("/v2/slots/explain", params={**address, **at}))
        assert found["isAvailable"] == oracle.accepts(question, start), (start, found)


def _end(end: datetime) -> int:
    """Return the end as a query means it: midnight is the end of the day that it begins."""
    return int(end.timestamp()) + (86_399 if end.time() == time() else 0)


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_teams_offer_and_accept_what_the_oracle_says(
    client: Client, database: Database, clock: Clock, seed: int
) -> None:
    await _agree(seed, client, database, clock)


@pytest.mark.full
@pytest.mark.parametrize("seed", MORE_SEEDS)
async def test_hundreds_of_random_teams_offer_and_accept_what_the_oracle_says(
    client: Client, database: Database, clock: Clock, seed: int
) -> None:
    await _agree(seed, client, database, clock)
