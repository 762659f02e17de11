"""The list of cities and their time zones."""

import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest

from kalends.timezones.service import City, CityTimeZone, city_time_zones, city_time_zones_json
from tests.support.client import Client, data


@pytest.fixture(scope="module")
def listed() -> list[CityTimeZone]:
    entries: list[CityTimeZone] = json.loads(city_time_zones_json())
    return entries


def zone_of(city: str, entries: Iterable[CityTimeZone]) -> str:
    (zone,) = [entry["timezone"] for entry in entries if entry["city"] == city]
    return zone


def test_every_city_name_is_listed_once_and_in_order(listed: list[CityTimeZone]) -> None:
    names = [entry["city"] for entry in listed]
    assert names == sorted(set(names))
    assert len(names) > 20_000


def test_every_listed_zone_exists(listed: list[CityTimeZone]) -> None:
    assert all(ZoneInfo(zone).key == zone for zone in {entry["timezone"] for entry in listed})


def test_an_entry_has_a_city_a_zone_and_its_inhabitants(listed: list[CityTimeZone]) -> None:
    assert all(set(entry) == {"city", "timezone", "pop"} for entry in listed)
    assert zone_of("Tokyo", listed) == "Asia/Tokyo"
    assert zone_of("London", listed) == "Europe/London"


def test_of_cities_with_one_name_the_most_populous_is_listed() -> None:
    cities = [
        City("Paris", "America/Chicago", 24_000),
        City("Paris", "Europe/Paris", 2_100_000),
        City("Paris", "America/Toronto", 12_000),
    ]
    assert city_time_zones(cities) == [{"city": "Paris", "timezone": "Europe/Paris", "pop": 2_100_000}]


def test_london_is_in_europe_whatever_london_is_the_largest() -> None:
    cities = [City("London", "America/Toronto", 9_000_000), City("London", "Europe/London", 8_000_000)]
    assert zone_of("London", city_time_zones(cities)) == "Europe/London"


def test_londonderry_goes_by_the_name_of_london() -> None:
    cities = [City("Londonderry", "Europe/London", 85_000), City("London", "Europe/London", 8_000_000)]
    assert city_time_zones(cities) == [{"city": "London", "timezone": "Europe/London", "pop": 8_000_000}]


def test_a_city_in_a_zone_that_does_not_exist_is_left_out() -> None:
    assert city_time_zones([City("Atlantis", "Atlantic/Atlantis", 1)]) == []


def test_the_list_is_built_once() -> None:
    assert city_time_zones_json() is city_time_zones_json()


async def test_anyone_may_read_the_list_and_keep_it_for_a_day(client: Client) -> None:
    answer = await client.get("/v2/timezones")
    assert zone_of("Tokyo", data(answer)) == "Asia/Tokyo"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
