"""The free time of a set of hosts, and which of them can take a booking."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kalends.scheduling.hosts import Busy, Host, Reservation, Source, Taken, free_time
from kalends.scheduling.intervals import Interval, clip, contains, merge, subtract
from kalends.scheduling.limits import blocked_periods
from kalends.scheduling.reservations import HeldTimes
from kalends.scheduling.rules import Rules
from kalends.scheduling.slots import Piece, alignment, cut, intersect, pieces_of, split, union, without_loss
from kalends.scheduling.time.clocks import Clocks


@dataclass(frozen=True, slots=True)
class HostTime:
    """When one host is free.

    `free` is the time for a new booking. `base` disregards limits and the bookings of a seated event type,
    which a further attendee may join; the grid of slots is laid on it. `closed`, sorted and disjoint, is
    where the two differ.
    """

    host: Host
    base: list[Interval]
    free: list[Interval]
    closed: list[Interval]


@dataclass(frozen=True, slots=True)
class Availability:
    """The free time of a host set in `[start, end)`, which holds every reservation that touches it."""

    rules: Rules
    taken: Taken
    fixed: list[HostTime]
    rotating: list[HostTime]
    start: int
    end: int
    held: HeldTimes


def availability(rules: Rules, hosts: Sequence[Host], taken: Taken, start: int, end: int) -> Availability:
    """Work out when each of `hosts` is free in `[start, end)` and in the reservations that touch it."""
    touching = [held for held in taken.reservations if held.keeps_from(start, end)]
    start = min([start, *(held.start for held in touching)])
    end = max([end, *(held.end for held in touching)])
    times = host_times(rules, hosts, taken, start, end)
    return Availability(
        rules,
        taken,
        [time for time in times if time.host.is_fixed],
        [time for time in times if not time.host.is_fixed],
        start,
        end,
        HeldTimes(taken.reservations),
    )


def host_times(rules: Rules, hosts: Sequence[Host], taken: Taken, start: int, end: int) -> list[HostTime]:
    """Return when each of `hosts` is free in `[start, end)`; limits are worked out once a zone."""
    limited: dict[str, list[Busy]] = {}
    times = []
    for host in hosts:
        zone = host.schedule.zone
        if zone not in limited:
            limited[zone] = blocked_periods(rules, zone, taken.counted, start, end)
        own_seated = seated_busy(host, taken)
        new_only = [(busy[0], busy[1]) for busy in limited[zone]]
        if rules.is_shared:
            buffers = [around for busy in own_seated for around in _buffers(busy)]
            base = free_time(host, start, end, buffers)
            closed = merge([*new_only, *((busy.raw_start, busy.raw_end) for busy in own_seated)])
            times.append(HostTime(host, base, subtract(base, closed), closed))
        else:
            new_only += [(busy.start, busy.end) for busy in own_seated]
            free = free_time(host, start, end, new_only)
            times.append(HostTime(host, free, free, []))
    return times


def seated_busy(host: Host, taken: Taken) -> list[Busy]:
    """Return the bookings of the seated event type at which `host` is, as busy times."""
    return [
        Busy(
            seated.start - seated.before,
            seated.end + seated.after,
            seated.start,
            seated.end,
            Source.BOOKING,
            seated.reference,
        )
        for seated in taken.seated
        if host.id in seated.host_ids
    ]


def _buffers(busy: Busy) -> list[Interval]:
    return [(busy.start, busy.raw_start), (busy.raw_end, busy.end)]


def grid(available: Availability, opens: int, closes: int) -> list[int]:
    """Return the slot starts that the grid of the host set offers inside `[opens, closes)`, sorted."""
    rules = available.rules
    length, unit = rules.length * 60, alignment(rules.interval) * 60
    offset_start = rules.offset_start * 60
    step = (rules.interval + rules.offset_start) * 60

    clocks = Clocks(opens, closes, step)

    def pieces(time: HostTime) -> list[Piece]:
        base, clock = time.base, clocks.of(time.host)
        if available.start < opens or available.end > closes:
            base = clip(base, opens, closes)
        if clock.midnights:
            base = split(base, clock.midnights, length)
        return pieces_of(base, clock.parts, unit, offset_start, length)

    def laid(found: list[Piece]) -> list[Piece]:
        return without_loss(found, step, length, offset_start) if rules.is_optimized else found

    shared: list[Piece] = []
    if available.fixed:
        shared = pieces(available.fixed[0])
        for time in available.fixed[1:]:
            if not shared:
                break
            shared = intersect(shared, pieces(time), length)
        if not shared:
            return []
    if not available.rotating:
        return cut(laid(shared), step, length)
    each = [pieces(time) for time in available.rotating]
    if available.fixed:
        each = [intersect(shared, own, length) for own in each]
    return cut(union([laid(own) for own in each]), step, length)


def free_hosts(times: Sequence[HostTime], start: int, end: int) -> list[Host]:
    """Return the hosts who are free for a new booking in all of `[start, end)`."""
    return [time.host for time in times if contains(time.free, start, end)]


def base_free(available: Availability, start: int, end: int) -> list[int]:
    """Return the hosts who are free in all of `[start, end)` but for limits and seated bookings."""
    times = available.fixed + available.rotating
    return [time.host.id for time in times if contains(time.base, start, end)]


def suffices(available: Availability, host_ids: Collection[int]) -> bool:
    """Tell whether these hosts can take the booking: every fixed one, and a rotating one if any rotate."""
    return (
        bool(available.fixed or available.rotating)
        and all(time.host.id in host_ids for time in available.fixed)
        and (not available.rotating or any(time.host.id in host_ids for time in available.rotating))
    )


def reserved_hosts(available: Availability, start: int, end: int) -> dict[int, Reservation]:
    """Return the hosts whom reservations keep from a booking at `[start, end)`, each with its reservation.

    A reservation of this event type needs every host if some are fixed. If all rotate it needs one of
    those free at its time, so these are kept only when they are no more than the reservations that
    compete for them: then whoever is left takes nothing from anybody's reservation.
    """
    held = available.held.keeping_from(start, end)
    if available.held.has_seat(start):
        held = [one for one in held if not one.only_hides]
    kept = {reservation.host_id: reservation for reservation in held if reservation.host_id is not None}
    for reservation in held:
        if reservation.host_id is not None:
            continue
        if available.fixed:
            able = [time.host.id for time in available.fixed + available.rotating]
        else:
            able = _able_to_serve(available, reservation)
            competing = [rival for rival in _rivals(available, reservation) if rival.host_id is None]
            if len(able) > len(competing):
                continue
        for host_id in able:
            kept.setdefault(host_id, reservation)
    return kept


def _able_to_serve(available: Availability, reservation: Reservation) -> list[int]:
    elsewhere = {rival.host_id for rival in _rivals(available, reservation)}
    free = free_hosts(available.rotating, reservation.start, reservation.end)
    return [host.id for host in free if host.id not in elsewhere]


def _rivals(available: Availability, reservation: Reservation) -> list[Reservation]:
    """Return the reservations, itself among them, that compete with `reservation` for hosts.

    Seats of one start do not: they are one booking.
    """
    others = available.held.keeping_from(reservation.start, reservation.end)
    return [reservation, *others] if reservation.is_seat else others
