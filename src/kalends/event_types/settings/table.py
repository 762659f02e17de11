"""The settings of an event type: the field and the name on the wire of each.

The fields of `Settings` and `SchedulingTerms` are the list. A setting has the name of its field on the wire,
in camelCase, and in the table; the exceptions are here and in `columns.py`. The annotations of wire classes
say how their values translate: `Means` in requests, `ShownBy` in answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from kalends.event_types.event_type import Settings
from kalends.event_types.settings.terms import SchedulingTerms

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
"""The fields that have another name on the wire."""


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
    """What a property of a request means as the value of a setting; null says nothing."""

    to_setting: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class ShownBy:
    """How answers show a setting; what need not be there is left out if this, or the setting, is None."""

    show: Callable[[Any], object]


Mark = TypeVar("Mark", Means, ShownBy)


def mark_of(marks: Iterable[object], kind: type[Mark]) -> Mark | None:
    """Return the mark of this kind among those of an annotation, if it has one."""
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
