"""The availability engine: what is offered, whether a time is accepted, and why not.

Everything here is one computation of the hosts' free time: a listed start is an accepted one, unless its
seats are full. Instants are epoch seconds and intervals half-open; lengths in `Rules` are minutes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kalends.scheduling.availability import (
    Availability,
    availability,
    base_free,
    free_hosts,
    grid,
    reserved_hosts,
    seated_busy,
    suffices,
)
from kalends.scheduling.hosts import (
    NOTHING_TAKEN,
    Busy,
    Host,
    Reservation,
    SeatedBooking,
    Source,
    Taken,
    buffered,
)
from kalends.scheduling.intervals import Interval, merge, overlaps
from kalends.scheduling.limits import blocked_periods, longest_period
from kalends.scheduling.reasons import Code, Reason, busy_reasons, schedule_reasons
from kalends.scheduling.rules import DaysWindow, Limit, RangeWindow, Rules, Unit
from kalends.scheduling.schedules import (
    Absence,
    Override,
    Schedule,
    Travel,
    WeeklyHours,
    default_schedule,
)
from kalends.scheduling.slots import by_day, day_parts
from kalends.scheduling.time.zones import (
    DAY,
    UnknownZoneError,
    date_of_day,
    day_start,
    local_day,
)
from kalends.scheduling.windows import last_day, last_rolling_day, looked_at_days, range_bounds

__all__ = [
    "NOTHING_TAKEN",
    "Absence",
    "Busy",
    "Code",
    "DaysWindow",
    "Host",
    "Interval",
    "Limit",
    "Override",
    "RangeWindow",
    "Reason",
    "Reservation",
    "Rules",
    "Schedule",
    "SeatedBooking",
    "Source",
    "Taken",
    "Travel",
    "Unit",
    "UnknownZoneError",
    "Verdict",
    "WeeklyHours",
    "buffered",
    "by_day",
    "check",
    "counting_range",
    "data_range",
    "day_parts",
    "default_schedule",
    "explain",
    "explain_range",
    "list_slots",
    "settled",
]

_ALWAYS = 1 << 62
_LONG_AGO = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a time can be booked.

    Accepted: `host_ids` are the hosts who are free, all the fixed ones first, in the order given; `joins`
    is the seated booking that the attendee joins, whose hosts they then are. Refused: `reasons` says why,
    and names at least one thing.
    """

    is_accepted: bool
    host_ids: tuple[int, ...] = ()
    joins: SeatedBooking | None = None
    reasons: tuple[Reason, ...] = ()


def list_slots(
    rules: Rules,
    hosts: Sequence[Host],
    *,
    start: int,
    end: int,
    now: int,
    zone: str = "UTC",
    taken: Taken = NOTHING_TAKEN,
) -> list[int]:
    """Return the starts of the slots that lie in `[start, end]`, sorted, each once.

    An `end` one second before a full minute counts as that minute. `zone` is the zone of the query, which
    tells the booking window's days and the days of `first_slot_only`. Full starts of a seated event type
    are listed too.
    """
    opens = max(start, _earliest(rules, now))
    closes = end + 1
    if opens >= closes or not hosts:
        return []
    first, beyond = _bounds(rules, hosts, now, zone, taken)
    starts = _offered(rules, hosts, taken, opens, min(closes, beyond + rules.length * 60))
    starts = starts[bisect_left(starts, first) : bisect_left(starts, beyond)]
    if rules.first_slot_only:
        return [day[0] for day in by_day(starts, zone).values()]
    return starts


def check(
    rules: Rules,
    hosts: Sequence[Host],
    *,
    start: int,
    end: int,
    now: int,
    zone: str = "UTC",
    taken: Taken = NOTHING_TAKEN,
) -> Verdict:
    """Decide whether `[start, end)` can be booked; the start need not be on the grid.

    `zone` is the booker's. `taken.reservations` are those that may refuse: none of them the booker's own.
    A start at which a seated booking exists is joined: only bounds and seats count then.
    """
    rules = replace(rules, length=(end - start) // 60)
    against = _bound_reasons(rules, hosts, start, start + 1, now, zone, taken)
    against += _seat_reasons(rules, taken, start)
    joins = _joined(rules, taken, start)
    if joins is not None:
        return Verdict(False, reasons=tuple(against)) if against else Verdict(True, joins.host_ids, joins)
    available = availability(rules, hosts, taken, start, end)
    able = _able(available, start, end)
    if not suffices(available, able):
        against += _host_reasons(available, able, start, end)
    return Verdict(False, reasons=tuple(against)) if against else Verdict(True, able)


def settled(
    rules: Rules,
    hosts: Sequence[Host],
    *,
    start: int,
    end: int,
    now: int,
    zone: str = "UTC",
    taken: Taken = NOTHING_TAKEN,
) -> Rules:
    """Return rules with the booking window of this moment, by which several times can be checked.

    A rolling window takes as long to work out as to list months of slots. `[start, end)` is one of the times.
    """
    if not (isinstance(rules.window, DaysWindow) and rules.window.is_rolling):
        return rules
    _, beyond = _bounds(replace(rules, length=(end - start) // 60), hosts, now, zone, taken)
    last = date_of_day(local_day(zone, beyond) - 1)
    return replace(rules, window=RangeWindow(_LONG_AGO, last, zone))


def explain(
    rules: Rules,
    hosts: Sequence[Host],
    *,
    start: int,
    end: int,
    now: int,
    zone: str = "UTC",
    taken: Taken = NOTHING_TAKEN,
) -> list[Reason]:
    """Return everything that stands against `[start, end)`, also what does not make `check` refuse it.

    That is what holds back a rotating host while another is free, and `off_grid`: bookable, but no start
    of the grid that a listing of its whole day shows.
    """
    rules = replace(rules, length=(end - start) // 60, first_slot_only=False)
    found = _bound_reasons(rules, hosts, start, start + 1, now, zone, taken)
    found += _seat_reasons(rules, taken, start)
    if _joined(rules, taken, start) is not None:
        return found
    available = availability(rules, hosts, taken, start, end)
    able = _able(available, start, end)
    if not found and suffices(available, able):
        day = local_day(zone, start)
        opens, closes = day_start(zone, day), max(day_start(zone, day + 1), end)
        listed = list_slots(rules, hosts, start=opens, end=closes, now=now, zone=zone, taken=taken)
        if start not in listed:
            found.append(Reason(Code.OFF_GRID, None, start, end))
    return found + _host_reasons(available, able, start, end)


def explain_range(
    rules: Rules,
    hosts: Sequence[Host],
    *,
    start: int,
    end: int,
    now: int,
    zone: str = "UTC",
    taken: Taken = NOTHING_TAKEN,
) -> list[Reason]:
    """Return everything that closes a part of `[start, end)`, such as a day, to some host."""
    found = _bound_reasons(rules, hosts, start, end, now, zone, taken)
    if not hosts:
        found.append(Reason(Code.NO_HOSTS))
    for host in hosts:
        found += schedule_reasons(host, start, end)
        found += busy_reasons(host, _all_busy(rules, taken, host, start, end), start, end)
    return found + [
        _reserved(held, held.host_id) for held in taken.reservations if held.keeps_from(start, end)
    ]


def data_range(rules: Rules | None, *, start: int, end: int, now: int, zone: str = "UTC") -> Interval:
    """Return the range whose busy times, seated bookings and reservations a question needs.

    Its edges leave a day for reservations that reach over them; a rolling window looks ahead from now,
    whatever is asked. `rules` None: they are not known yet, and have no rolling window.
    """
    if rules is not None and isinstance(rules.window, DaysWindow) and rules.window.is_rolling:
        beyond = looked_at_days(rules.window, local_day(zone, now))[-1]
        start, end = min(start, now), max(end, day_start(zone, beyond) + rules.length * 60)
    return start - DAY, end + DAY


def counting_range(rules: Rules, *, start: int, end: int, now: int, zone: str = "UTC") -> Interval | None:
    """Return the range in which the starts of `Taken.counted` must lie; None: there are no limits."""
    longest = longest_period(rules)
    if not longest:
        return None
    first, beyond = data_range(rules, start=start, end=end, now=now, zone=zone)
    return first - longest, beyond + longest


def _earliest(rules: Rules, now: int) -> int:
    # The minute that is running is not offered, not even without notice.
    return now + max(rules.minimum_notice, 1) * 60


def _bounds(rules: Rules, hosts: Sequence[Host], now: int, zone: str, taken: Taken) -> Interval:
    """Return the instants `[first, beyond)` between which the booking window lets a booking start."""
    window = rules.window
    if window is None:
        return -_ALWAYS, _ALWAYS
    if isinstance(window, RangeWindow):
        return range_bounds(window, hosts[0].schedule.zone if hosts else "UTC")
    today = local_day(zone, now)
    if not window.is_rolling:
        return -_ALWAYS, day_start(zone, last_day(window, today) + 1)
    bookable = _bookable_days(rules, hosts, now, zone, taken, looked_at_days(window, today)[-1])
    return -_ALWAYS, day_start(zone, last_rolling_day(window, today, bookable) + 1)


def _bookable_days(
    rules: Rules, hosts: Sequence[Host], now: int, zone: str, taken: Taken, beyond: int
) -> set[int]:
    """Return the local days from now on, before the day `beyond`, that have a slot.

    Reservations are left out, so that none moves anybody's window and a booking sees the same window as
    the listing it was chosen from.
    """
    if not hosts:
        return set()
    closes = day_start(zone, beyond) + rules.length * 60
    starts = _offered(rules, hosts, replace(taken, reservations=()), _earliest(rules, now), closes)
    return {local_day(zone, start) for start in starts}


def _offered(rules: Rules, hosts: Sequence[Host], taken: Taken, opens: int, closes: int) -> list[int]:
    """Return the starts of the grid in `[opens, closes)` that can be booked or joined."""
    if opens >= closes:
        return []
    length = rules.length * 60
    # How many slots free time has room for is seen from all of it, whatever part of it is asked for.
    reach = closes + DAY - 1 if rules.is_optimized else closes
    available = availability(rules, hosts, taken, opens, reach)
    starts = grid(available, opens, reach)
    starts = starts[: bisect_right(starts, closes - length)]
    joined: set[int] = set()
    if rules.is_shared:
        joined = {
            seated.start
            for seated in taken.seated
            if opens <= seated.start
            and seated.start + length <= closes
            and suffices(available, base_free(available, seated.start, seated.start + length))
        }
        starts = sorted(joined.union(starts))
    contested = _contested(available)
    if not contested:
        return starts
    return [
        start
        for start in starts
        if start in joined
        or not overlaps(contested, start, start + length)
        or suffices(available, _able(available, start, start + length))
    ]


def _contested(available: Availability) -> list[Interval]:
    """Return where a start of the grid may not be bookable after all: limited, seated or reserved times."""
    closed = [period for time in available.fixed + available.rotating for period in time.closed]
    closed += [
        (held.start - held.before, held.end + held.after)
        for held in available.taken.reservations
        if held.keeps_hosts or not held.is_seat
    ]
    return merge(closed)


def _able(available: Availability, start: int, end: int) -> tuple[int, ...]:
    """Return the hosts who can take a new booking at `[start, end)`."""
    free = free_hosts(available.fixed + available.rotating, start, end)
    kept = reserved_hosts(available, start, end)
    return tuple(host.id for host in free if host.id not in kept)


def _joined(rules: Rules, taken: Taken, start: int) -> SeatedBooking | None:
    """Return the seated booking that a booking at `start` joins."""
    if rules.seats is None:
        return None
    return next((seated for seated in taken.seated if seated.start == start), None)


def _seat_reasons(rules: Rules, taken: Taken, start: int) -> list[Reason]:
    if rules.seats is None:
        return []
    joined = _joined(rules, taken, start)
    left = rules.seats - (joined.taken if joined else 0)
    if joined is not None and left <= 0:
        return [Reason(Code.SEATS_FULL, None, start, joined.end, joined.reference)]
    held = [seat for seat in taken.reservations if seat.is_seat and seat.start == start]
    return [] if len(held) < left else [_reserved(seat, None) for seat in held]


def _bound_reasons(
    rules: Rules, hosts: Sequence[Host], first: int, beyond: int, now: int, zone: str, taken: Taken
) -> list[Reason]:
    """Return what stands against starts in `[first, beyond)` whoever the host is."""
    found = []
    if first < now:
        found.append(Reason(Code.IN_THE_PAST, None, None, now))
    notice = now + rules.minimum_notice * 60
    if first < notice and beyond > now:
        found.append(Reason(Code.MINIMUM_NOTICE, None, now, notice))
    opens, closes = _bounds(rules, hosts, now, zone, taken)
    if first < opens:
        found.append(Reason(Code.BOOKING_WINDOW, None, None, opens))
    if beyond > closes:
        found.append(Reason(Code.BOOKING_WINDOW, None, closes, None))
    return found


def _host_reasons(available: Availability, able: Sequence[int], start: int, end: int) -> list[Reason]:
    """Return why the hosts who are not `able` cannot take a new booking at `[start, end)`."""
    if not available.fixed and not available.rotating:
        return [Reason(Code.NO_HOSTS)]
    found: list[Reason] = []
    kept = reserved_hosts(available, start, end)
    for time in available.fixed + available.rotating:
        host = time.host
        if host.id in able:
            continue
        own = schedule_reasons(host, start, end)
        own += busy_reasons(host, _all_busy(available.rules, available.taken, host, start, end), start, end)
        if host.id in kept:
            own.append(_reserved(kept[host.id], host.id))
        found += own
    return found


def _reserved(held: Reservation, host_id: int | None) -> Reason:
    return Reason(Code.RESERVED, host_id, held.start - held.before, held.end + held.after, held.reference)


def _all_busy(rules: Rules, taken: Taken, host: Host, start: int, end: int) -> list[Busy]:
    limited = blocked_periods(rules, host.schedule.zone, taken.counted, start, end)
    unnamed = [Busy(*period, *period) for period in host.blocked]
    return [*host.busy, *unnamed, *seated_busy(host, taken), *limited]
