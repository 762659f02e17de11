"""Random event types, hosts and questions about them, near the days on which clocks change."""

import datetime as dt
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st

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
    SeatedBooking,
    Taken,
    Travel,
    Unit,
    WeeklyHours,
    buffered,
)
from tests.scheduling.oracle import Question

DAY = 86_400

# Whole-hour zones, five of which change at midnight or back to it.
WHOLE_HOURS = (
    "UTC",
    "Europe/Rome",
    "America/New_York",
    "Asia/Tokyo",
    "Africa/Cairo",
    "Atlantic/Azores",
    "America/Havana",
    "Pacific/Kiritimati",
    "America/Asuncion",
    "Asia/Beirut",
)
# Clocks that read other minutes, change by half an hour, change by two, or are off in Ramadan.
ODD = ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca")

# Around changes of the zones above, and an ordinary week over a month's end.
FIRST_DATES = (
    dt.date(2025, 3, 7),
    dt.date(2025, 3, 28),
    dt.date(2025, 4, 4),
    dt.date(2025, 4, 24),
    dt.date(2025, 10, 24),
    dt.date(2025, 10, 31),
    dt.date(2026, 2, 13),
    dt.date(2025, 8, 29),
    dt.date(2023, 9, 29),
    dt.date(2024, 3, 22),
)
LENGTHS = st.sampled_from((30, 60, 15, 20, 45, 50, 7, 90))

Drawn = TypeVar("Drawn")


def seldom(often: Drawn, otherwise: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """Draw `often` three times out of four: rules that each cut away much must not all meet."""
    return st.integers(0, 3).flatmap(lambda number: otherwise if number == 3 else st.just(often))


def epoch(date: dt.date) -> int:
    return int(dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC).timestamp())


def schedules(zones: tuple[str, ...], first: dt.date) -> st.SearchStrategy[Schedule]:
    dates = st.integers(-1, 6).map(lambda days: first + dt.timedelta(days=days))
    start = st.one_of(st.sampled_from((0, 540, 60, 120, 1320)), st.integers(0, 150).map(lambda n: n * 5))
    end = st.one_of(
        st.sampled_from((1439, 0, 1020, 1380, 180, 90)), st.integers(100, 287).map(lambda n: n * 5)
    )
    days = seldom(frozenset(range(7)), st.frozensets(st.integers(0, 6), min_size=3))
    weekly = st.lists(st.builds(WeeklyHours, days, start, end), min_size=1, max_size=3)
    overrides = st.lists(st.builds(Override, dates, start, end), max_size=2)
    return st.builds(Schedule, st.sampled_from(zones), weekly.map(tuple), overrides.map(tuple))


@st.composite
def busy_times(draw: st.DrawFn, first: dt.date, *, odd_seconds: bool) -> Busy:
    unit = 1 if odd_seconds else 60
    start = epoch(first) - DAY + draw(st.integers(0, 7 * DAY // unit)) * unit
    length = draw(seldom(3600, st.one_of(st.integers(0, 300).map(lambda n: n * 60), st.just(2 * DAY))))
    minutes = st.sampled_from((0, 5, 10, 30))
    before, after, booked_before, booked_after = (draw(minutes) for _ in range(4))
    return buffered(
        start, start + length, before, after, booked_before=booked_before, booked_after=booked_after
    )


@st.composite
def host_sets(draw: st.DrawFn, first: dt.date) -> list[Host]:
    zones = draw(st.sampled_from((WHOLE_HOURS, WHOLE_HOURS + ODD)))
    count = draw(st.integers(1, 4))
    kind = draw(st.sampled_from(("round robin", "collective", "mixed")))
    starts = st.integers(0, 5 * 24).map(lambda hours: epoch(first) + hours * 3600)
    stays = st.lists(st.builds(Travel, st.sampled_from(zones), starts, st.none() | starts), max_size=2)
    dates = st.integers(0, 5).map(lambda days: first + dt.timedelta(days=days))
    away = st.lists(st.builds(Absence, dates, dates), max_size=2)
    return [
        Host(
            number + 1,
            draw(schedules(zones, first)),
            draw(st.lists(busy_times(first, odd_seconds=count == 1), max_size=6)),
            is_fixed=kind == "collective" or (kind == "mixed" and number == 0),
            out_of_office=draw(seldom((), away.map(tuple))),
            travel=draw(seldom((), stays.map(tuple))),
        )
        for number in range(count)
    ]


def limits(largest: int) -> st.SearchStrategy[tuple[Limit, ...]]:
    limit = st.builds(Limit, st.sampled_from(Unit), st.integers(0, largest))
    return seldom((), st.lists(limit, min_size=1, max_size=2).map(tuple))


def windows(first: dt.date) -> st.SearchStrategy[DaysWindow | RangeWindow | None]:
    dates = st.integers(0, 5).map(lambda days: first + dt.timedelta(days=days))
    days_windows = st.builds(DaysWindow, st.integers(0, 8), st.booleans())
    range_windows = st.builds(RangeWindow, dates, dates, st.sampled_from((None, *WHOLE_HOURS, *ODD)))
    return seldom(None, st.one_of(days_windows, range_windows))


@st.composite
def questions(draw: st.DrawFn, seats: int | None = None) -> tuple[Question, int, int]:
    """Draw a question and the range it asks about."""
    first = draw(st.sampled_from(FIRST_DATES))
    rules = Rules(
        length=draw(LENGTHS),
        slot_interval=draw(seldom(None, st.sampled_from((10, 15, 25, 30, 60, 100, 600)))),
        offset_start=draw(seldom(0, st.sampled_from((5, 10, 25)))),
        minimum_notice=draw(seldom(0, st.sampled_from((30, 120, 1440)))),
        booking_limits_count=draw(limits(3)),
        booking_limits_duration=draw(limits(400)),
        window=draw(windows(first)),
        seats=seats,
        week_start=draw(st.integers(0, 6)),
        first_slot_only=draw(seldom(False, st.booleans())),
        is_optimized=draw(st.booleans()),
    )
    start = epoch(first) + draw(st.integers(0, 2 * 24 * 60)) * 60
    end = start + draw(st.integers(12 * 60, 4 * 24 * 60)) * 60 - draw(st.sampled_from((0, 1)))
    now = epoch(first) + draw(seldom(-DAY, st.integers(-DAY, 2 * DAY)))
    counted = st.integers(-24 * 10, 24 * 6).map(lambda hours: epoch(first) + hours * 3600)
    taken = Taken(counted=[(at, at + 3600) for at in draw(st.lists(counted, max_size=6))])
    zone = draw(st.sampled_from(WHOLE_HOURS + ODD))
    return Question(rules, draw(host_sets(first)), now, zone, taken), start, end


@st.composite
def seated_questions(draw: st.DrawFn) -> tuple[Question, int, int]:
    """Draw a question about a seated event type that has bookings, held seats and reservations."""
    question, start, end = draw(questions(seats=draw(st.sampled_from((2, 3, 1)))))
    ids = [host.id for host in question.hosts]
    starts = draw(st.lists(moments(start), min_size=1, max_size=4, unique=True))
    buffer = st.sampled_from((0, 600))
    length = question.rules.length * 60
    seated = [
        SeatedBooking(
            at,
            at + length,
            draw(st.integers(1, 3)),
            tuple(draw(st.sets(st.sampled_from(ids), min_size=1))),
            draw(buffer),
            draw(buffer),
        )
        for at in starts
    ]
    seats = [
        Reservation(at, at + length, is_seat=True, keeps_hosts=draw(st.booleans()))
        for at in draw(st.lists(moments(start), max_size=2))
    ]
    held = [*seats, *draw(reservations(question, start))]
    return replace(question, taken=replace(question.taken, seated=seated, reservations=held)), start, end


@st.composite
def reserved_questions(draw: st.DrawFn) -> tuple[Question, int, int]:
    """Draw a question with reservations of this event type and of others."""
    question, start, end = draw(questions())
    held = draw(reservations(question, start))
    return replace(question, taken=replace(question.taken, reservations=held)), start, end


def moments(start: int) -> st.SearchStrategy[int]:
    return st.integers(0, 24 * 4).map(lambda quarters: start // 900 * 900 + quarters * 900)


@st.composite
def reservations(draw: st.DrawFn, question: Question, start: int) -> list[Reservation]:
    """Draw reservations of the event type and of others, all with the same time around them."""
    ids = [None, *(host.id for host in question.hosts)]
    around = draw(seldom(0, st.sampled_from((300, 1200))))
    lengths = st.sampled_from((900, 1800, 3600))
    return [
        Reservation(
            at,
            at + draw(lengths),
            draw(st.sampled_from(ids)),
            only_hides=draw(st.booleans()),
            before=around,
            after=around,
        )
        for at in draw(st.lists(moments(start), min_size=1, max_size=5))
    ]
