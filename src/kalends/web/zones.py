"""The time zones that a page offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from kalends.web.visit import Visit

Group = tuple[str, Sequence[tuple[str, str]]]
"""A part of the world, and its zones: name and label each."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones to choose from, and the one that is in use."""

    groups: Sequence[Group]
    chosen: str


def zones_of(visit: Visit) -> Zones | None:
    """Return the zones that a visitor may choose from; None: the event type leaves no choice."""
    if visit.event_type is not None and visit.event_type.lock_time_zone_toggle:
        return None
    chosen = visit.language.zone.key
    known = any(name == chosen for _, names in _groups() for name, _ in names)
    return Zones(_groups() if known else [(chosen, [(chosen, chosen)]), *_groups()], chosen)


@cache
def _groups() -> list[Group]:
    """Return the zones that people live in, by the part of the world, without former names."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones() & set(get_global("zone_territories"))):
        region, _, place = name.partition("/")
        if place:
            groups.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [*groups.items(), ("UTC", [("UTC", "UTC")])]
