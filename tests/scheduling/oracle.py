"""A naive second opinion on the engine: it walks minute by minute and shares only the input types with it.

It reads the clock of a zone from `zoneinfo` for every single minute, keeps sets of minutes instead of
intervals, and compares everything with everything. Times inside are epoch minutes; a minute is free if all
of it is. Events of odd seconds therefore block whole minutes, which changes nothing for slots of whole
minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kalends.scheduling.engine import (
    DaysWindow,
    Host,
    Override,
    RangeWindow,
    Reservation,
    Rules,
    Taken,
    WeeklyHours,
)

DAY = 24 * 60

# What a clock shows: a date and the minute of it.
Wall = tuple[date, int]


@dataclass(frozen=True)
class Question:
    rules: Rules
    hosts: Sequence[Host]
    now: int
    zone: str
    taken: Taken


@lru_cache(maxsize=50_000)
def walls_of_day(zone: str, utc_day: int) -> tuple[Wall, ...]:
    info = ZoneInfo(zone)
    shown = []
    for minute in range(utc_day * DAY, (utc_day + 1) * DAY):
        local = datetime.fromtimestamp(minute * 60, info)
        shown.append((local.date(), local.hour * 60 + local.minute))
    return tuple(shown)


def wall(zone: str, minute: int) -> Wall:
    return walls_of_day(zone, minute // DAY)[minute % DAY]


def minute_of(day: date, minute: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60 + minute


@lru_cache(maxsize=50_000)
def opening(zone: str, day: date, start: int, end: int) -> tuple[int, int]:
    """Walk to the first minute that reads `start` or later and to the last that reads earlier than `end`."""
    first = minute_of(day, start) - 16 * 60
    while wall(zone, first) < (day, start):
        first += 1
    last = minute_of(day, end) + 16 * 60
    while wall(zone, last) >= (day, end):
        last -= 1
    return first, last + 1


@lru_cache(maxsize=50_000)
def first_minute(zone: str, day: date) -> int:
    return opening(zone, day, 0, 0)[0]


def hours(rows: Sequence[WeeklyHours | Override]) -> list[tuple[int, int]]:
    """Return the minutes of the day at which rows begin and end, without those that never do."""
    ends = [DAY if row.end == DAY - 1 or (row.end == 0 != row.start) else row.end for row in rows]
    return [(row.start, end) for row, end in zip(rows, ends, strict=True) if row.start < end]


def zone_of_date(host: Host, day: date) -> str:
    midnight = first_minute(host.schedule.zone, day) * 60
    for stay in host.travel:
        if stay.start <= midnight and (stay.end is None or midnight <= stay.end):
            return stay.zone
    return host.schedule.zone


def dates_around(start: int, end: int) -> list[date]:
    first, last = (datetime.fromtimestamp(minute * 60, UTC).date() for minute in (start, end))
    return [first + timedelta(days=days) for days in range(-3, (last - first).days + 4)]


def open_stretches(host: Host, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for day in dates_around(start, end):
        if any(absence.first <= day <= absence.last for absence in host.out_of_office):
            continue
        dated = [row for row in host.schedule.overrides if row.date == day]
        weekly = [row for row in host.schedule.weekly if day.isoweekday() % 7 in row.days]
        zone = zone_of_date(host, day)
        found += [opening(zone, day, *row) for row in hours(dated or weekly)]
    return found


def minutes_of(start: int, end: int) -> range:
    """Every minute that the seconds `[start, end)` touch."""
    return range(start // 60, -(-end // 60))


def period(unit: str, week_start: int, day: date) -> tuple[int, ...]:
    if unit == "week":
        while day.isoweekday() % 7 != week_start:
            day -= timedelta(days=1)
        return tuple(day.timetuple()[:3])
    return tuple(day.timetuple()[: {"year": 1, "month": 2, "day": 3}[unit]])


def is_limited(question: Question, zone: str, minute: int) -> bool:
    """Say whether a calendar period that the minute lies in can take no further booking."""
    today = wall(zone, minute)[0]
    rules = question.rules
    for limit in (*rules.booking_limits_count, *rules.booking_limits_duration):
        inside = [
            (end - start) / 60
            for start, end in question.taken.counted
            if period(limit.unit.value, rules.week_start, wall(zone, start // 60)[0])
            == period(limit.unit.value, rules.week_start, today)
        ]
        if limit.value and limit in rules.booking_limits_count and len(inside) >= limit.value:
            return True
        if (
            limit.value
            and limit in rules.booking_limits_duration
            and sum(inside) + rules.length > limit.value
        ):
            return True
    return False


def free_minutes(question: Question, host: Host, start: int, end: int, *, joining: bool) -> set[int]:
    """Return the host's free minutes; `joining`: as if limits and seated bookings blocked nothing."""
    blocked: set[int] = set()
    for busy in host.busy:
        blocked.update(minutes_of(busy.start, busy.end))
    for seated in question.taken.seated:
        if host.id in seated.host_ids:
            blocked.update(minutes_of(seated.start - seated.before, seated.start))
            blocked.update(minutes_of(seated.end, seated.end + seated.after))
            if not joining:
                blocked.update(minutes_of(seated.start, seated.end))
    free: set[int] = set()
    limited: dict[date, bool] = {}
    for opens, closes in open_stretches(host, start, end):
        for minute in range(max(opens, start), min(closes, end)):
            today = wall(host.schedule.zone, minute)[0]
            if today not in limited:
                limited[today] = is_limited(question, host.schedule.zone, minute)
            if minute not in blocked and (joining or not limited[today]):
                free.add(minute)
    return free


def is_free(free: set[int], start: int, end: int) -> bool:
    return all(minute in free for minute in range(start, end))


@dataclass(frozen=True)
class Run:
    """Consecutive minutes free for the same hosts, and the zone that aligns what begins there.

    A grid begins in it, whose starts lie before `until`: where a day of one of the hosts begins the next
    grid does. What began before `since`, the day itself, does not count for it.
    """

    start: int
    until: int
    end: int
    zone: str
    since: int


def runs(free: Sequence[set[int]], hosts: Sequence[Host]) -> list[Run]:
    """Return the runs of minutes free for all `hosts` at once."""
    shared = set.intersection(*free)
    if not shared:
        return []
    midnights = {midnight for host in hosts for midnight in midnights_of(host, min(shared), max(shared))}
    found = []
    for start in sorted(shared):
        if start - 1 in shared and start not in midnights:
            continue
        until = start + 1
        while until in shared and until not in midnights:
            until += 1
        end = until
        while end in shared:
            end += 1
        since = max(midnight for midnight in midnights if midnight <= start)
        found.append(Run(start, until, end, aligning_zone(free, hosts, start), since))
    return found


def midnights_of(host: Host, start: int, end: int) -> list[int]:
    """Return the minutes at which days begin on the clock of a host, where they are at each midnight."""
    return [first_minute(zone_of_date(host, day), day) for day in dates_around(start, end)]


def aligning_zone(free: Sequence[set[int]], hosts: Sequence[Host], start: int) -> str:
    """Return the zone of the host whose own free time, or day, began last; on a tie of the last such host."""
    latest, zone = -1, ""
    for own, host in zip(free, hosts, strict=True):
        midnights = midnights_of(host, start, start)
        began = start
        while began - 1 in own and began not in midnights:
            began -= 1
        if began >= latest:
            latest, zone = began, zone_of_minute(host, began)
    return zone


def zone_of_minute(host: Host, minute: int) -> str:
    """Return the zone whose clock the host follows: that of the latest stay that has begun."""
    if not host.travel:
        return host.schedule.zone
    zone = host.schedule.zone
    latest = -1
    previous = ""
    for day in dates_around(minute - 2 * DAY, minute + 2 * DAY):
        here = zone_of_date(host, day)
        begins = first_minute(here, day)
        if here != previous and latest < begins <= minute:
            latest, zone = begins, here
        previous = here
    return zone


def aligned(question: Question, run: Run) -> int:
    step = question.rules.slot_interval or question.rules.length
    unit = next((unit for unit in (60, 30, 20, 15, 10, 5) if step % unit == 0), 1)
    ahead = 0
    while (wall(run.zone, run.start)[1] + ahead) % unit:
        ahead += 1
    usual = run.start + ahead
    if question.rules.is_optimized:
        return most_starts(question, run, usual) + question.rules.offset_start
    return usual + question.rules.offset_start


def most_starts(question: Question, run: Run, usual: int) -> int:
    """Return the usual minute to lay a grid from, or the next quarter or the first if that has more."""
    quarter = run.start
    while wall(run.zone, quarter)[1] % 15:
        quarter += 1
    counts = {minute: len(laid(question, run, minute)) for minute in (usual, quarter, run.start)}
    return next(minute for minute, count in counts.items() if count == max(counts.values()))


def laid(question: Question, run: Run, minute: int) -> list[int]:
    """Return the starts of a grid of its own that is laid from a minute of a run."""
    rules = question.rules
    step = (rules.slot_interval or rules.length) + rules.offset_start
    grid = range(minute + rules.offset_start, run.until, step)
    return [at for at in grid if at + rules.length <= run.end]


def cut(question: Question, found: Sequence[Run]) -> list[int]:
    rules = question.rules
    step = (rules.slot_interval or rules.length) + rules.offset_start
    starts: set[int] = set()
    for run in sorted(found, key=lambda run: (run.start, run.end, aligned(question, run))):
        at = aligned(question, run)
        earlier = [start for start in starts if run.since <= start < at]
        if earlier and at < max(earlier) + step:
            at = max(earlier) if max(earlier) >= run.start else max(earlier) + step
        while at < run.until and at + rules.length <= run.end:
            starts.add(at)
            at += step
    return sorted(starts)


def grid(question: Question, start: int, end: int) -> list[int]:
    """Return the starts offered from the minute `start` on that end by the minute `end`."""
    if question.rules.is_optimized:
        # All of a day tells how many starts its free time has room for.
        return [at for at in whole_grid(question, start, end + DAY) if at + question.rules.length <= end]
    return whole_grid(question, start, end)


def whole_grid(question: Question, start: int, end: int) -> list[int]:
    """Return the starts offered from the minute `start` on, if all is closed from the minute `end` on."""
    shared = question.rules.seats is not None and question.rules.seats > 1
    free = [free_minutes(question, host, start, end, joining=shared) for host in question.hosts]
    fixed = [index for index, host in enumerate(question.hosts) if host.is_fixed]
    rotating = [index for index, host in enumerate(question.hosts) if not host.is_fixed]
    sets = [[*fixed, index] for index in rotating] if rotating else [fixed]
    found = [
        run
        for members in sets
        for run in runs([free[index] for index in members], [question.hosts[index] for index in members])
    ]
    return cut(question, found)


def able(question: Question, start: int, end: int, *, joining: bool = False) -> list[Host]:
    """Return the hosts free from the minute `start` to the minute `end`."""
    return [
        host
        for host in question.hosts
        if is_free(free_minutes(question, host, start, end, joining=joining), start, end)
    ]


def suffices(question: Question, hosts: Sequence[Host]) -> bool:
    fixed = [host for host in question.hosts if host.is_fixed]
    rotating = [host for host in question.hosts if not host.is_fixed]
    return all(host in hosts for host in fixed) and (not rotating or any(host in hosts for host in rotating))


def overlapping(question: Question, start: int, end: int) -> list[Reservation]:
    """Return the reservations that keep a second of `[start, end)` free around them.

    Seats keep none, but for those that keep their hosts from other starts.
    """
    return [
        held
        for held in question.taken.reservations
        if (not held.is_seat or (held.keeps_hosts and held.start != start))
        and max(start, held.start - held.before) < min(end, held.end + held.after)
    ]


def unreserved(question: Question, hosts: Sequence[Host], start: int, end: int) -> list[Host]:
    """Return those of `hosts` whom no reservation needs; seconds."""
    needed: set[int] = set()
    is_shared = any(held.is_seat and held.start == start for held in question.taken.reservations)
    for held in overlapping(question, start, end):
        if held.only_hides and is_shared:
            continue
        if held.host_id is not None:
            needed.add(held.host_id)
        elif any(host.is_fixed for host in question.hosts):
            needed.update(host.id for host in question.hosts)
        else:
            rivals = overlapping(question, held.start, held.end)
            elsewhere = {rival.host_id for rival in rivals}
            servers = [
                host.id
                for host in able(question, held.start // 60, held.end // 60)
                if host.id not in elsewhere
            ]
            if len(servers) <= held.is_seat + sum(rival.host_id is None for rival in rivals):
                needed.update(servers)
    return [host for host in hosts if host.id not in needed]


def is_bookable(question: Question, start: int) -> bool:
    end = start + question.rules.length
    hosts = able(question, start, end)
    return suffices(question, unreserved(question, hosts, start * 60, end * 60))


def offered(question: Question, start: int, end: int) -> list[int]:
    starts = grid(question, start, end)
    rules, taken = question.rules, question.taken
    joined = set()
    if rules.seats is not None and rules.seats > 1:
        for seated in taken.seated:
            at = seated.start // 60
            if start <= at and at + rules.length <= end:
                hosts = able(question, at, at + rules.length, joining=True)
                if suffices(question, hosts):
                    joined.add(at)
    if not taken.seated and not taken.reservations:
        return starts
    return sorted(joined | {at for at in starts if is_bookable(question, at)})


def weekdays_after(today: date, count: int) -> date:
    day = today
    while count:
        day += timedelta(days=1)
        count -= day.isoweekday() < 6
    return day


def last_date(question: Question, window: DaysWindow) -> date:
    """Return the last date on which the window lets a booking start."""
    today = wall(question.zone, question.now // 60)[0]
    if not window.is_rolling:
        return after(today, window.days, window)
    if window.days == 0:
        return today
    days = [after(today, count, window) for count in range(62)]
    alone = replace(question, taken=replace(question.taken, reservations=()))
    end = first_minute(question.zone, days[61]) + question.rules.length
    bookable = {wall(question.zone, at)[0] for at in offered(alone, earliest(question), end)}
    counted = [day for day in days[:61] if day in bookable][: window.days]
    return counted[-1] if counted else days[61]


def after(today: date, count: int, window: DaysWindow) -> date:
    day = today
    while count:
        day += timedelta(days=1)
        count -= not window.is_business or day.isoweekday() < 6
    return day


def in_window(question: Question, starts: Sequence[int]) -> list[int]:
    window = question.rules.window
    if window is None:
        return list(starts)
    if isinstance(window, RangeWindow):
        zone = window.zone or (question.hosts[0].schedule.zone if question.hosts else "UTC")
        return [at for at in starts if window.first <= wall(zone, at)[0] <= window.last]
    last = last_date(question, window)
    return [at for at in starts if wall(question.zone, at)[0] <= last]


def earliest(question: Question) -> int:
    return -(-(question.now + max(question.rules.minimum_notice, 1) * 60) // 60)


def list_slots(question: Question, start: int, end: int) -> list[int]:
    """Return what the engine's `list_slots` must return, in seconds."""
    opens = max(-(-start // 60), earliest(question))
    closes = (end + 1) // 60
    if opens >= closes or not question.hosts:
        return []
    starts = in_window(question, offered(question, opens, closes))
    if question.rules.first_slot_only:
        dates = [wall(question.zone, at)[0] for at in starts]
        starts = [at for index, at in enumerate(starts) if dates[index] not in dates[:index]]
    return [at * 60 for at in starts]


def has_seat(question: Question, start: int) -> bool:
    """Say whether a seat of a start is neither taken nor held, or seats are not counted."""
    rules, taken = question.rules, question.taken
    held = sum(held.is_seat and held.start == start for held in taken.reservations)
    seated = sum(seated.taken for seated in taken.seated if seated.start == start)
    return rules.seats is None or held + seated < rules.seats


def accepts(question: Question, start: int) -> bool:
    """Say whether a booking of the rules' length may start at the second `start`, a full minute."""
    rules, taken, at = question.rules, question.taken, start // 60
    if start < question.now + rules.minimum_notice * 60 or not in_window(question, [at]):
        return False
    if not has_seat(question, start):
        return False
    if rules.seats is not None and any(seated.start == start for seated in taken.seated):
        return True
    return bool(question.hosts) and is_bookable(question, at)
