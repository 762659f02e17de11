"""How slots, and what stands against them, are shown in version 2024-09-04 (slots.md 2.4)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from kalends.scheduling import engine
from kalends.scheduling.time.zones import DAY, date_of_day
from kalends.slots.inputs import SlotsQuery
from kalends.slots.service import ExplainedTime, Slots
from kalends.slots.slot_uid import SlotUid

_UTC = "UTC"
_WRITTEN_AS_Z = (None, _UTC, "GMT")


class SlotOutput(TypedDict):
    """A slot; `end` in the range format only, `slotUid` on request only.

    The other properties belong to shared slots, `bookingUid` only where somebody booked.
    """

    start: str
    end: NotRequired[str]
    seatsBooked: NotRequired[int]
    seatsRemaining: NotRequired[int]
    seatsTotal: NotRequired[int]
    bookingUid: NotRequired[str]
    slotUid: NotRequired[str]


def slots_json(found: Slots, query: SlotsQuery) -> bytes:
    """Return slots under their calendar days in the query's zone, in UTC when it names none, as JSON.

    Every value is a number or a text of digits and plain letters, so it is written straight away: encoding
    hundreds of small objects would take longer than finding the slots.
    """
    zone = query.time_zone
    is_plain = not (query.shows_ends or query.slot_uids) and found.seats is None
    days: dict[str, str] = {}
    for day, offset, starts in engine.day_parts(found.starts, zone or _UTC):
        date = _date_text(day)
        if is_plain:
            slots = _plain_slots(starts, date, day * DAY - offset, _offset_text(zone, offset))
        else:
            slots = _full_slots(starts, found, query)
        # Where the clock changes a day comes in two parts.
        days[date] = f"{days[date]},{slots}" if date in days else slots
    return ("{" + ",".join([f'"{date}":[{slots}]' for date, slots in days.items()]) + "}").encode()


def _plain_slots(starts: Sequence[int], date: str, midnight: int, offset: str) -> str:
    """Return slots of one day and offset: only their clock differs."""
    between = f'.000{offset}"}},{{"start":"{date}T'
    clocks = between.join([_CLOCK_TEXTS[start - midnight] for start in starts])
    return f'{{"start":"{date}T{clocks}.000{offset}"}}'


def _full_slots(starts: Sequence[int], found: Slots, query: SlotsQuery) -> str:
    """Return slots with their ends, their seats or their uids."""
    slots = [f'"start":"{text}"' for text in _local_texts(starts, query.time_zone)]
    if query.shows_ends:
        ends = _local_texts([start + found.length * 60 for start in starts], query.time_zone)
        slots = [f'{slot},"end":"{end}"' for slot, end in zip(slots, ends, strict=True)]
    if found.seats is not None:
        slots = [f"{slot},{_seats(start, found)}" for slot, start in zip(slots, starts, strict=True)]
    if query.slot_uids and found.event_type_id is not None:
        uids = [SlotUid(found.event_type_id, start, found.length) for start in starts]
        slots = [f'{slot},"slotUid":"{uid}"' for slot, uid in zip(slots, uids, strict=True)]
    return ",".join([f"{{{slot}}}" for slot in slots])


def _seats(start: int, found: Slots) -> str:
    total, taken = found.seats or 0, found.taken.get(start)
    count = taken.count if taken else 0
    seats = f'"seatsBooked":{count},"seatsRemaining":{max(total - count, 0)},"seatsTotal":{total}'
    if taken is None or taken.booking_uid is None:
        return seats
    return f'{seats},"bookingUid":"{taken.booking_uid}"'


class ReasonOutput(TypedDict):
    """One thing that stands against a time; `start` and `end` are absent where it has no bound."""

    code: str
    start: NotRequired[str]
    end: NotRequired[str]
    bookingUid: NotRequired[str]
    reservationUid: NotRequired[str]
    limit: NotRequired[str]


class HostReasons(TypedDict):
    """What stands against a time for one host."""

    userId: int
    reasons: list[ReasonOutput]


class Explanation(TypedDict):
    """Why a time is or is not available. `details` and `hosts` are for the host only."""

    start: str
    end: str
    isAvailable: bool
    reasons: list[str]
    details: NotRequired[list[ReasonOutput]]
    hosts: NotRequired[list[HostReasons]]


def explanation_output(found: ExplainedTime, zone: str | None, *, reader_id: int | None) -> Explanation:
    """Show why a time is or is not available: codes to the public, intervals and sources to its hosts.

    `reader_id` is the user who may see all that; None: the public. Whoever knows a uid has power over what it
    names, so those of a host's bookings and reservations are shown to that host alone.
    """
    shown: Explanation = {
        "start": _local_text(found.start, zone),
        "end": _local_text(found.end, zone),
        "isAvailable": found.is_available,
        "reasons": list(dict.fromkeys(str(reason.code) for reason in found.reasons)),
    }
    if reader_id is not None:
        by_host: dict[int | None, list[ReasonOutput]] = {}
        for reason in found.reasons:
            shows_uid = reader_id in (reason.host_id, found.subject.user_id)
            by_host.setdefault(reason.host_id, []).append(_reason(reason, zone, shows_uid=shows_uid))
        shown["details"] = by_host.get(None, [])
        shown["hosts"] = [
            {"userId": host_id, "reasons": by_host.get(host_id, [])} for host_id in found.host_ids
        ]
    return shown


def _reason(reason: engine.Reason, zone: str | None, *, shows_uid: bool) -> ReasonOutput:
    shown: ReasonOutput = {"code": str(reason.code)}
    if reason.start is not None:
        shown["start"] = _local_text(reason.start, zone)
    if reason.end is not None:
        shown["end"] = _local_text(reason.end, zone)
    if reason.reference is not None and (shows_uid or reason.code is engine.Code.LIMIT):
        shown[_REFERENCES[reason.code]] = str(reason.reference)
    return shown


_REFERENCES: dict[engine.Code, Literal["bookingUid", "reservationUid", "limit"]] = {
    engine.Code.BOOKING: "bookingUid",
    engine.Code.BUFFER: "bookingUid",
    engine.Code.SEATS_FULL: "bookingUid",
    engine.Code.RESERVED: "reservationUid",
    engine.Code.LIMIT: "limit",
}


def _local_text(instant: int, zone: str | None) -> str:
    """Return an instant in a zone's own time with its offset, such as `2050-09-05T09:00:00.000+02:00`."""
    return _local_texts([instant], zone)[0]


def _local_texts(instants: Sequence[int], zone: str | None) -> list[str]:
    """Return sorted instants as `_local_text` writes them."""
    texts: list[str] = []
    for day, offset, found in engine.day_parts(instants, zone or _UTC):
        date, midnight, offset_text = _date_text(day), day * DAY - offset, _offset_text(zone, offset)
        texts += [f"{date}T{_CLOCK_TEXTS[instant - midnight]}.000{offset_text}" for instant in found]
    return texts


@lru_cache(maxsize=4096)
def _date_text(day: int) -> str:
    return date_of_day(day).isoformat()


class _ClockTexts(dict[int, str]):
    """What a clock shows at each second of the day that was asked for."""

    def __missing__(self, second: int) -> str:
        text = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        self[second] = text
        return text


_CLOCK_TEXTS = _ClockTexts()


@lru_cache(maxsize=4096)
def _offset_text(zone: str | None, offset: int) -> str:
    if zone in _WRITTEN_AS_Z:
        return "Z"
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
