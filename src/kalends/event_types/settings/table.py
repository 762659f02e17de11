"""The settings of an event type, each of them once: its field, and its name on the wire.

The fields of `Settings` and `SchedulingTerms` are the list. On the wire a setting is called as its field, in
camelCase, and its column is called as its field too; what isn't so is said here and in `columns.py`. Wire
classes say what their values mean: `Means` in requests, `ShownBy` in answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from kalends.event_types.event_type import Settings
from kalends.event_types.terms import SchedulingTerms

_CALLED_OTHERWISE = {
    "length": "lengthInMinutes",
    "length_options": "lengthInMinutesOptions",
    "event_name": "customName",
    "booking_limits": "bookingLimitsCount",
    "duration_limits": "bookingLimitsDuration",
    "window": "bookingWindow",
    "confirmation": "confirmationPolicy",
    "lock_time_zone_toggle": "lockTimeZoneToggleOnBookingPage",
}
"""The fields whose name on the wire is another one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: a field of `SchedulingTerms` if it `is_term`, else of `Settings`."""

    field: str
    wire_name: str
    is_term: bool

    @property
    def path(self) -> str:
        """Where it is in `Settings`, with dots."""
        return f"terms.{self.field}" if self.is_term else self.field


@dataclass(frozen=True, slots=True)
class Means:
    """What the value of a request's property, unless it's null, means as the value of a setting."""

    to_setting: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class ShownBy:
    """How answers show a setting. A property that isn't required is left out for None, before or after."""

    show: Callable[[Any], object]


Mark = TypeVar("Mark", Means, ShownBy)


def mark_of(marks: Iterable[object], kind: type[Mark]) -> Mark | None:
    """Return what the annotation of a property says of its value, if it says it."""
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def _settings(kind: type[Settings | SchedulingTerms]) -> list[Setting]:
    return [
        Setting(
            one.name, _CALLED_OTHERWISE.get(one.name, to_camel(one.name)), is_term=kind is SchedulingTerms
        )
        for one in fields(kind)
        if one.name != "terms"
    ]


SETTINGS: Mapping[str, Setting] = {
    one.wire_name: one for one in (*_settings(Settings), *_settings(SchedulingTerms))
}
"""All settings by their names on the wire, whether or not a request or an answer has them."""
