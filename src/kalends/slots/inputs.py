"""The wire of slots in version 2024-09-04 (slots.md 2)."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from kalends.api.input.fields import (
    QueryBoolean,
    QueryId,
    QueryInteger,
    Text,
    TimeZone,
    violation,
)
from kalends.api.input.instants import CalendarDate, Instant, is_midnight
from kalends.api.input.query import comma_list
from kalends.api.wire import StrictBody
from kalends.event_types.address import (
    IdAddress,
    OwnerAddress,
    SlugAddress,
    TeamAddress,
    UserAddress,
)
from kalends.slots.service import Explain, GroupAddress, ListSlots, SlotsAddress

_UTC = "UTC"

LONGEST_DURATION = 366 * 24 * 60
MAX_USERNAMES = 100

# Which parameters make an address; the first whose keys are all there decides.
_ADDRESSES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"eventTypeId"}), frozenset({"eventTypeId"})),
    (frozenset({"username", "eventTypeSlug"}), frozenset({"username", "eventTypeSlug", "organizationSlug"})),
    (frozenset({"teamSlug", "eventTypeSlug"}), frozenset({"teamSlug", "eventTypeSlug", "organizationSlug"})),
    (frozenset(), frozenset({"usernames", "organizationSlug", "username"})),
)

_ANY_ADDRESS = (
    "eventTypeId, or username and eventTypeSlug, or teamSlug and eventTypeSlug, "
    "or usernames and organizationSlug"
)

_ADDRESS_KEYS = frozenset[str]().union(*(allowed for _, allowed in _ADDRESSES))

_MISPLACED = violation(
    "whitelistValidation",
    "cannot be used here: address slots by eventTypeId, by eventTypeSlug and username or teamSlug, "
    "or by usernames and organizationSlug",
)
_NO_ADDRESS = violation("isDefined", "is required")
_MISSING = violation("isDefined", "is required without an event type")
_REVERSED = violation("isDateString", "must not be before start")
_NO_TIME = violation("isDefined", "must be an instant, or date a calendar date (YYYY-MM-DD)")
_TWO_TIMES = violation("isDefined", "cannot be used together with at: ask for either")


def _end_of_day(moment: datetime.datetime) -> datetime.datetime:
    """Return the end that a client means: by midnight, the last second of the day that it begins."""
    return moment + datetime.timedelta(hours=23, minutes=59, seconds=59) if is_midnight(moment) else moment


def _format(value: object) -> str | None:
    if value == "":
        return None
    if not isinstance(value, str) or value.lower() not in ("time", "range"):
        raise violation("isEnum", "must be one of the following values: time, range")
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
    event_type_id: QueryId | None = None
    usernames: Annotated[
        Annotated[list[Text], Field(min_length=2, max_length=MAX_USERNAMES)] | None,
        BeforeValidator(comma_list),
        WithJsonSchema({"type": "string"}),
    ] = None
    duration: Annotated[QueryInteger, Field(ge=0, le=LONGEST_DURATION)] | None = None
    time_zone: TimeZone | None = None
    booking_uid_to_reschedule: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_one_address(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            # Nothing has an empty address: a form that was left empty names nobody.
            raw = {name: value for name, value in raw.items() if name not in _ADDRESS_KEYS or value != ""}
            _refuse_mixed_addresses(raw)
        return raw

    @property
    def address(self) -> SlotsAddress:
        """Whose slots are asked about."""
        organization = self.organization_slug or None
        if self.event_type_id is not None:
            return IdAddress(self.event_type_id)
        if self.usernames is not None:
            return GroupAddress(tuple(self.usernames), organization or "")
        owner: OwnerAddress = TeamAddress(self.team_slug or "", organization)
        if self.username is not None:
            owner = UserAddress(self.username, organization)
        return SlugAddress(owner, self.event_type_slug or "")


class SlotsQuery(_AddressedQuery):
    """Which slots to list."""

    start: Instant
    end: Instant
    format: Format = None
    slot_format: Format = None
    slot_uids: QueryBoolean = False

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "SlotsQuery":
        if _end_of_day(self.end) < self.start:
            raise _refusal({"end": _REVERSED})
        return self

    @property
    def shows_ends(self) -> bool:
        """Whether each slot is to name its end."""
        return (self.format or self.slot_format) == "range"

    def to_command(self, caller_id: int | None) -> ListSlots:
        """Return what somebody asks for; None: nobody known."""
        return ListSlots(
            address=self.address,
            start=int(self.start.timestamp()),
            end=int(_end_of_day(self.end).timestamp()),
            zone=self.time_zone or _UTC,
            duration=self.duration or None,
            moving=self.booking_uid_to_reschedule,
            caller_id=caller_id,
            ends_with_day=is_midnight(self.end),
        )


class ExplainQuery(_AddressedQuery):
    """Which time to explain: the slot that starts `at` an instant, or a whole `date` in `timeZone`."""

    at: Instant | None = None
    date: CalendarDate | None = None

    @model_validator(mode="after")
    def _names_one_time(self) -> "ExplainQuery":
        if self.at is not None and self.date is not None:
            raise _refusal({"date": _TWO_TIMES})
        self._time()
        return self

    def _time(self) -> int | datetime.date:
        if self.at is not None:
            return int(self.at.timestamp())
        if self.date is not None:
            return self.date
        raise _refusal({"at": _NO_TIME})

    def to_command(self, caller_id: int | None) -> Explain:
        """Return what somebody asks for; None: nobody known."""
        return Explain(
            address=self.address,
            at=self._time(),
            zone=self.time_zone or _UTC,
            duration=self.duration or None,
            moving=self.booking_uid_to_reschedule,
            caller_id=caller_id,
        )


def _refuse_mixed_addresses(raw: dict[str, Any]) -> None:
    needed, allowed = next((needed, allowed) for needed, allowed in _ADDRESSES if needed <= raw.keys())
    misplaced = (_ADDRESS_KEYS & raw.keys()) - allowed
    problems = dict.fromkeys(sorted(misplaced), _MISPLACED)
    if not needed and "usernames" not in raw:
        problems = {_ANY_ADDRESS: _NO_ADDRESS}
    elif not needed:
        missing = [name for name in ("usernames", "organizationSlug") if name not in raw]
        problems |= dict.fromkeys(missing, _MISSING)
    if problems:
        raise _refusal(problems)


def _refusal(problems: Mapping[str, PydanticCustomError]) -> ValidationError:
    """Return the refusal of parameters, each for its own reason."""
    found = [InitErrorDetails(type=rule, loc=(name,), input=None) for name, rule in problems.items()]
    return ValidationError.from_exception_data("Query", found)
