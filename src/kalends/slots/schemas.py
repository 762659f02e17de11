"""The wire of slots in version 2024-09-04 (slots note, section 2)."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails
from typing_extensions import TypedDict

from kalends.api.fields import QueryInteger, Text, TimeZone, broken
from kalends.api.instants import Instant, is_midnight
from kalends.api.query import comma_list
from kalends.api.wire import StrictBody
from kalends.scheduling import engine
from kalends.scheduling.zones import DAY, date_of_day, offset_at
from kalends.slots.service import ListSlots, Slots, SlotsAddress

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


def _end_of_day(moment: datetime) -> datetime:
    """Return midnight as the last second of the day it begins: that is how an end is meant."""
    return moment + timedelta(hours=23, minutes=59, seconds=59) if is_midnight(moment) else moment


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


class SlotsQuery(StrictBody):
    """Which slots to list."""

    start: Instant
    end: Annotated[Instant, AfterValidator(_end_of_day)]
    organization_slug: Text | None = None
    team_slug: Text | None = None
    username: Text | None = None
    event_type_slug: Text | None = None
    event_type_id: QueryInteger | None = None
    usernames: Annotated[
        list[Text] | None,
        BeforeValidator(comma_list),
        Field(min_length=2, max_length=MAX_USERNAMES, json_schema_extra={"type": "string"}),
    ] = None
    format: Format = None
    slot_format: Format = None
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
    def shows_ends(self) -> bool:
        """Whether each slot is to name its end."""
        return (self.format or self.slot_format) == "range"

    def to_command(self) -> ListSlots:
        """Return what is asked for."""
        return ListSlots(
            address=SlotsAddress(
                event_type_id=self.event_type_id,
                username=self.username,
                team_slug=self.team_slug,
                event_type_slug=self.event_type_slug,
                organization_slug=self.organization_slug,
                usernames=None if self.usernames is None else tuple(self.usernames),
            ),
            start=int(self.start.timestamp()),
            end=int(self.end.timestamp()),
            zone=self.time_zone or "UTC",
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
            SlotsQuery.__name__,
            [InitErrorDetails(type=kind, loc=(name,), input=raw.get(name)) for name, kind in problems],
        )


class SlotOutput(TypedDict):
    """A slot; `end` in the range format only."""

    start: str
    end: NotRequired[str]


def slots(found: Slots, zone: str | None, *, shows_ends: bool) -> dict[str, list[SlotOutput]]:
    """Show slots under their calendar days in `zone`; in UTC when no zone is asked for."""
    length = found.length * 60
    shown: dict[str, list[SlotOutput]] = {}
    for day, starts in engine.by_day(found.starts, zone or _UTC).items():
        if shows_ends:
            shown[day.isoformat()] = [
                {"start": _local_text(start, zone), "end": _local_text(start + length, zone)}
                for start in starts
            ]
        else:
            shown[day.isoformat()] = [{"start": _local_text(start, zone)} for start in starts]
    return shown


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


_UTC = "UTC"
_WRITTEN_AS_Z = (None, _UTC, "GMT")
