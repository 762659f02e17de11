"""Hosts, their busy times, and the bookings and reservations of an event type."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from kalends.scheduling.intervals import Interval, merge, subtract
from kalends.scheduling.schedules import Absence, Schedule, Travel, openings


class Source(StrEnum):
    """Where a busy time comes from."""

    BOOKING = "booking"
    CALENDAR = "calendar"
    LIMIT = "limit"


# A named tuple because requests read thousands: it is built and sorted several times faster.
class Busy(NamedTuple):
    """A time at which a host is busy, in epoch seconds.

    `[start, end)` is what blocks, buffers included; `[raw_start, raw_end)` is the event itself.
    `reference` is the caller's own name for it, handed back in reasons.
    """

    start: int
    end: int
    raw_start: int
    raw_end: int
    source: Source = Source.BOOKING
    reference: str | int | None = None


# Its start and end, buffers included.
_span = itemgetter(0, 1)


@dataclass(frozen=True, slots=True)
class Host:
    """One host of an event type.

    `is_fixed` hosts must all be free (plain event types, collective ones, mandatory hosts); of the others,
    which rotate, one is enough. `busy` holds everything that blocks this host except seated bookings of
    the event type asked about; leave out a booking that is being moved. Where nobody asks for reasons it may
    be in `blocked` instead, intervals with buffers. Order and overlaps do not matter.
    """

    id: int
    schedule: Schedule
    busy: Sequence[Busy] = ()
    is_fixed: bool = True
    blocked: Sequence[Interval] = ()
    out_of_office: tuple[Absence, ...] = ()
    travel: tuple[Travel, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatedBooking:
    """An accepted booking of the seated event type asked about, `[start, end)` in epoch seconds.

    `taken` counts its occupied seats. `before` and `after` are its buffers together with those of the
    event type asked about, in seconds, as `buffered` adds them.
    """

    start: int
    end: int
    taken: int
    host_ids: tuple[int, ...]
    before: int = 0
    after: int = 0
    reference: str | int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """An unexpired reservation of `[start, end)`, epoch seconds.

    `host_id` None: it is for the event type asked about and takes one booking's worth of it: one rotating
    host, or everybody if hosts are fixed. A `host_id`: it was made for another event type and takes that
    host. `is_seat`: it holds one seat of exactly that start, and hides nothing unless it `keeps_hosts` from
    every other start. `before` and `after` keep so many seconds around it free too, which a binding one
    needs where bookings have buffers. One that `only_hides` stands against no start of which a seat is held:
    others share that already.
    """

    start: int
    end: int
    host_id: int | None = None
    is_seat: bool = False
    keeps_hosts: bool = False
    only_hides: bool = False
    before: int = 0
    after: int = 0
    reference: str | int | None = None

    def keeps_from(self, start: int, end: int) -> bool:
        """Tell whether it stands against a booking at `[start, end)` of a host that it takes."""
        if self.is_seat and (not self.keeps_hosts or start == self.start):
            return False
        return self.start - self.before < end and self.end + self.after > start


@dataclass(frozen=True, slots=True)
class Taken:
    """What is already taken of the event type asked about; leave out a booking that is being moved.

    `counted` are its accepted bookings of all hosts, for the limits (see `counting_range`). `reservations`
    are those that count: all unexpired ones for a listing, only binding ones for a booking.
    """

    counted: Sequence[Interval] = ()
    seated: Sequence[SeatedBooking] = ()
    reservations: Sequence[Reservation] = ()


NOTHING_TAKEN = Taken()


def buffered(
    start: int,
    end: int,
    before: int = 0,
    after: int = 0,
    *,
    booked_before: int = 0,
    booked_after: int = 0,
    source: Source = Source.BOOKING,
    reference: str | int | None = None,
) -> Busy:
    """Return the busy time of a booking or calendar event `[start, end)` (slots.md 4.8).

    `before` and `after` are the buffers of the event type asked about, `booked_before` and `booked_after`
    those of the booked one (none for calendar events), all in minutes. Between two bookings lies the
    buffer after the earlier one and then the buffer before the later one.
    """
    return Busy(
        start - (booked_before + after) * 60,
        end + (booked_after + before) * 60,
        start,
        end,
        source,
        reference,
    )


def free_time(host: Host, start: int, end: int, also_busy: Sequence[Interval] = ()) -> list[Interval]:
    """Return when `host` is free in `[start, end)`: sorted and disjoint, no two of them touching."""
    hours = openings(host.schedule, start, end, travel=host.travel, absences=host.out_of_office)
    return subtract(hours, merge([*map(_span, host.busy), *host.blocked, *also_busy]))
