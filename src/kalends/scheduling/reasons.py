"""Why a time is not available."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kalends.scheduling.hosts import Busy, Host
from kalends.scheduling.intervals import merge, subtract
from kalends.scheduling.schedules import openings


class Code(StrEnum):
    """What stands against a time."""

    NO_HOSTS = "no_hosts"
    IN_THE_PAST = "in_the_past"
    MINIMUM_NOTICE = "minimum_notice"
    BOOKING_WINDOW = "booking_window"
    OUTSIDE_WORKING_HOURS = "outside_working_hours"
    DATE_OVERRIDE = "date_override"
    OUT_OF_OFFICE = "out_of_office"
    BOOKING = "booking"
    CALENDAR = "calendar"
    BUFFER = "buffer"
    LIMIT = "limit"
    SEATS_FULL = "seats_full"
    RESERVED = "reserved"
    OFF_GRID = "off_grid"
    NOT_MOVABLE = "not_movable"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against a time, and the interval it closes, in epoch seconds.

    `host_id` None: it holds for every host. `start` or `end` None: without bound. `reference` is the
    caller's own name of the booking, calendar event, absence, reservation or limit.
    """

    code: Code
    host_id: int | None = None
    start: int | None = None
    end: int | None = None
    reference: str | int | None = None


def schedule_reasons(host: Host, start: int, end: int) -> list[Reason]:
    """Return the parts of `[start, end)` at which the hours of `host` are closed, and by what."""
    asked = [(start, end)]
    open_now = openings(host.schedule, start, end, travel=host.travel, absences=host.out_of_office)
    if not subtract(asked, open_now):
        return []
    with_absences = openings(host.schedule, start, end, travel=host.travel)
    weekly = openings(host.schedule, start, end, travel=host.travel, ignores_overrides=True)
    worked = merge([*with_absences, *weekly])
    found = [Reason(Code.OUTSIDE_WORKING_HOURS, host.id, *closed) for closed in subtract(asked, worked)]
    overridden = subtract(merge(weekly), with_absences)
    found += [Reason(Code.DATE_OVERRIDE, host.id, *closed) for closed in overridden]
    for absence in host.out_of_office:
        worked_else = openings(host.schedule, start, end, travel=host.travel, absences=[absence])
        away = subtract(merge(with_absences), merge(worked_else))
        found += [Reason(Code.OUT_OF_OFFICE, host.id, *closed, absence.reference) for closed in away]
    return found


def busy_reasons(host: Host, busy: Sequence[Busy], start: int, end: int) -> list[Reason]:
    """Return the reasons by which `busy` blocks a part of `[start, end)`; `buffer` where only buffers do."""
    found = []
    for item in busy:
        if item.raw_start < end and item.raw_end > start:
            code = Code(item.source.value)
            found.append(Reason(code, host.id, item.raw_start, item.raw_end, item.reference))
        elif item.start < end and item.end > start:
            found.append(Reason(Code.BUFFER, host.id, item.start, item.end, item.reference))
    return found
