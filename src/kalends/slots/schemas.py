"""The wire of slots in version 2024-09-04 (slots note, section 2)."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, NotRequired

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
    with_config,
)
from pydantic_core import InitErrorDetails
from typing_extensions import TypedDict

from kalends.api.fields import QueryBoolean, QueryInteger, Text, TimeZone, broken
from kalends.api.instants import CalendarDate, Instant, is_midnight
from kalends.api.query import comma_list
from kalends.api.wire import StrictBody, not_yet
from kalends.scheduling import engine
from kalends.scheduling.zones import DAY, date_of_day, offset_at
from kalends.slots.service import Explain, Explained, ListSlots, Slots, SlotsAddress
from kalends.slots.slot_uid import SlotUid

_UTC = "UTC"
_WRITTEN_AS_Z = (None, _UTC, "GMT")

LONGEST_DURATION = 366 * 24 * 60
MAX_USERNAMES = 100

# Which parameters make an address; the first whose keys are all there decides.
_ADDRESSES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"eventTypeId"}), frozenset({"eventTypeId"})),
    (frozenset({"username", "eventTypeSlug"}), frozenset({"username", "eventTypeSlug", "organizationSlug"})),
    (frozenset({"teamSlug", "eventTypeSlug"}), frozenset({"teamSlug", "eventTypeSlug", "organizationSlug"})),
    (frozenset(), frozenset({"usernames", "organizationSlug", "username"})),
)

_ADDRESS_KEYS = frozenset[str]().union(*(allowed for _, allowed in _ADDRESSES))

_MISPLACED = (
    "cannot be used here: address slots by eventTypeId, by eventTypeSlug and username or teamSlug, "
    "or by usernames and organizationSlug"
)


def _end_of_day(moment: datetime.datetime) -> datetime.datetime:
    """Return midnight as the last second of the day it begins: that is how an end is meant."""
    return moment + datetime.timedelta(hours=23, minutes=59, seconds=59) if is_midnight(moment) else moment


def _format(value: object) -> str | None:
    if value == "":
        return None
    if not isinstance(value, str) or value.lower() not in ("time", "range"):
        raise broken("isEnum", "must be one of the following values: time, range")
    return value.lower()


Format = Annotated[
    Literal["time", "range"] | None,
    BeforeValidator(_format),
]


class _AddressedQuery(StrictBody):
    """Whose slots are asked about."""

    organization_slug: Text | None = None
    team_slug: Text | None = None
    username: Text | None = None
    event_type_slug: Text | None = None
    event_type_id: QueryInteger | None = None
    usernames: Annotated[
        list[Text] | None,
        BeforeValidator(comma_list),
        Field(min_length=2, max_length=MAX_USERNAMES),
        WithJsonSchema({"type": "string"}),
    ] = None
    duration: Annotated[QueryInteger, Field(ge=0, le=LONGEST_DURATION)] | None = None
    time_zone: TimeZone | None = None
    booking_uid_to_reschedule: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_one_address(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            _refuse_mixed_addresses(raw)
        return raw

    @property
    def address(self) -> SlotsAddress:
        """Whose slots are asked about."""
        return SlotsAddress(
            event_type_id=self.event_type_id,
            username=self.username,
            team_slug=self.team_slug,
            event_type_slug=self.event_type_slug,
            organization_slug=self.organization_slug,
            usernames=None if self.usernames is None else tuple(self.usernames),
        )


class SlotsQuery(_AddressedQuery):
    """Which slots to list."""

    start: Instant
    end: Annotated[Instant, AfterValidator(_end_of_day)]
    format: Format = None
    slot_format: Format = None
    slot_uids: QueryBoolean = False

    @property
    def shows_ends(self) -> bool:
        """Whether each slot is to name its end."""
        return (self.format or self.slot_format) == "range"

    def to_command(self) -> ListSlots:
        """Return what is asked for."""
        return ListSlots(
            address=self.address,
            start=int(self.start.timestamp()),
            end=int(self.end.timestamp()),
            zone=self.time_zone or _UTC,
            duration=self.duration or None,
            moving=self.booking_uid_to_reschedule,
        )


class ExplainQuery(_AddressedQuery):
    """Which time to explain: the slot that starts `at` an instant, or a whole `date` in `timeZone`."""

    at: Instant | None = None
    date: CalendarDate | None = None

    @model_validator(mode="after")
    def _names_one_time(self) -> "ExplainQuery":
        if self.at is not None and self.date is not None:
            raise broken("isDefined", "takes either at or date, not both")
        self._time()
        return self

    def _time(self) -> int | datetime.date:
        if self.at is not None:
            return int(self.at.timestamp())
        if self.date is not None:
            return self.date
        raise broken("isDefined", "needs at (an instant) or date (YYYY-MM-DD)")

    def to_command(self) -> Explain:
        """Return what is asked for."""
        return Explain(
            address=self.address,
            at=self._time(),
            zone=self.time_zone or _UTC,
            duration=self.duration or None,
            moving=self.booking_uid_to_reschedule,
        )


def _refuse_mixed_addresses(raw: dict[str, Any]) -> None:
    needed, allowed = next((needed, allowed) for needed, allowed in _ADDRESSES if needed <= raw.keys())
    misplaced = (_ADDRESS_KEYS & raw.keys()) - allowed
    problems = [(name, broken("whitelistValidation", _MISPLACED)) for name in sorted(misplaced)]
    if not needed:
        problems += [
            (name, broken("isDefined", "is required without an event type"))
            for name in ("usernames", "organizationSlug")
            if name not in raw
        ]
    if problems:
        raise ValidationError.from_exception_data(
            "SlotsQuery",
            [InitErrorDetails(type=kind, loc=(name,), input=raw.get(name)) for name, kind in problems],
        )


@with_config(not_yet("seatsBooked", "seatsRemaining", "seatsTotal", "bookingUid"))
class SlotOutput(TypedDict):
    """A slot; `end` in the range format only, `slotUid` on request only."""

    start: str
    end: NotRequired[str]
    slotUid: NotRequired[str]


def slots_json(found: Slots, query: SlotsQuery) -> bytes:
    """Return slots under their calendar days in the query's zone, in UTC when it names none, as JSON.

    Every value is a text of digits and plain letters, so it is written straight away: encoding hundreds of
    small objects would take longer than finding the slots.
    """
    zone = query.time_zone
    is_plain = not (query.shows_ends or query.slot_uids)
    days = [
        f'"{day.isoformat()}":'
        f"[{_plain_slots(starts, zone) if is_plain else _full_slots(starts, found, query, zone)}]"
        for day, starts in engine.by_day(found.starts, zone or _UTC).items()
    ]
    return f"{{{','.join(days)}}}".encode()


def _plain_slots(starts: Sequence[int], zone: str | None) -> str:
    """Return the slots of a day: as long as the offset stays, only their clock differs."""
    first, last = starts[0], starts[-1]
    offset = 0 if zone is None else offset_at(zone, first)
    if zone is not None and offset_at(zone, last) != offset:
        return ",".join(f'{{"start":"{_local_text(start, zone)}"}}' for start in starts)
    day = (first + offset) // DAY
    midnight = day * DAY - offset
    date_text, offset_text = _date_text(day), _offset_text(zone, offset)
    between = f'.000{offset_text}"}},{{"start":"{date_text}T'
    clocks = between.join([_clock_text(start - midnight) for start in starts])
    return f'{{"start":"{date_text}T{clocks}.000{offset_text}"}}'


def _full_slots(starts: Sequence[int], found: Slots, query: SlotsQuery, zone: str | None) -> str:
    """Return the slots of a day with their ends or their uids."""
    slots = []
    for start in starts:
        slot = f'"start":"{_local_text(start, zone)}"'
        if query.shows_ends:
            slot += f',"end":"{_local_text(start + found.length * 60, zone)}"'
        if query.slot_uids and found.event_type_id is not None:
            slot += f',"slotUid":"{SlotUid(found.event_type_id, start, found.length)}"'
        slots.append(f"{{{slot}}}")
    return ",".join(slots)


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


def explanation(found: Explained, zone: str | None, *, is_authorised: bool) -> Explanation:
    """Show why a time is or is not available: codes to the public, intervals and sources to its host."""
    shown: Explanation = {
        "start": _local_text(found.start, zone),
        "end": _local_text(found.end, zone),
        "isAvailable": found.is_available,
        "reasons": list(dict.fromkeys(str(reason.code) for reason in found.reasons)),
    }
    if is_authorised:
        shown["details"] = [_reason(reason, zone) for reason in found.reasons if reason.host_id is None]
        shown["hosts"] = [
            {
                "userId": host_id,
                "reasons": [_reason(reason, zone) for reason in found.reasons if reason.host_id == host_id],
            }
            for host_id in found.host_ids
        ]
    return shown


def _reason(reason: engine.Reason, zone: str | None) -> ReasonOutput:
    shown: ReasonOutput = {"code": str(reason.code)}
    if reason.start is not None:
        shown["start"] = _local_text(reason.start, zone)
    if reason.end is not None:
        shown["end"] = _local_text(reason.end, zone)
    if reason.reference is not None:
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
    offset = 0 if zone is None else offset_at(zone, instant)
    day, second = divmod(instant + offset, DAY)
    return f"{_date_text(day)}T{_clock_text(second)}.000{_offset_text(zone, offset)}"


@lru_cache(maxsize=4096)
def _date_text(day: int) -> str:
    return date_of_day(day).isoformat()


@lru_cache(maxsize=4096)
def _clock_text(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


@lru_cache(maxsize=4096)
def _offset_text(zone: str | None, offset: int) -> str:
    if zone in _WRITTEN_AS_Z:
        return "Z"
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
