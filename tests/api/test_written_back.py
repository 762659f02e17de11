"""What a GET shows can be written back by PATCH, and nothing changes by it, in every version of the API."""

import itertools
from collections.abc import Sequence
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kalends.webhooks.triggers import Trigger
from tests.event_types.bodies import CHANGES, Settings, after, is_contradiction
from tests.event_types.settings import INTRO
from tests.event_types.settings import URL as EVENT_TYPES
from tests.support.client import Host, data

SCHEDULES, WEBHOOKS, ME = "/v2/schedules", "/v2/webhooks", "/v2/me"
LATER = ("2024-08-13", "2024-09-04", "2026-05-01")
"""Versions after the first one of each of these resources."""

QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]

numbers = itertools.count()

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ZONES = st.sampled_from(["Europe/Rome", "Asia/Kathmandu", "America/Havana", "UTC"])
_CLOCK = st.tuples(st.integers(0, 23), st.integers(0, 59))
HOURS = st.tuples(_CLOCK, _CLOCK).filter(lambda pair: pair[0] < pair[1] or (0, 0) == pair[1] < pair[0])
_DAYS = st.lists(
    st.sampled_from(["Monday", "Tuesday", "Saturday", "Sunday"]), min_size=1, max_size=3, unique=True
)


def _row(name: str, day: Any, hours: tuple[tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    (hour, minute), (last_hour, last_minute) = hours
    return {name: day, "startTime": f"{hour:02}:{minute:02}", "endTime": f"{last_hour:02}:{last_minute:02}"}


SCHEDULE_BODIES = st.fixed_dictionaries(
    {"name": TEXTS, "timeZone": ZONES, "isDefault": st.booleans()},
    optional={
        "availability": st.lists(st.builds(_row, st.just("days"), _DAYS, HOURS), max_size=3),
        "overrides": st.lists(
            st.builds(_row, st.just("date"), st.sampled_from(["2050-09-05", "2051-01-31"]), HOURS), max_size=3
        ),
    },
)
WEBHOOK_BODIES = st.fixed_dictionaries(
    {"active": st.booleans(), "triggers": st.lists(st.sampled_from(get_args(Trigger)), max_size=4)},
    optional={
        "payloadTemplate": st.none() | st.just('{"what": "{{title}}"}'),
        "secret": st.none() | TEXTS,
    },
)
METADATA = st.dictionaries(
    TEXTS, TEXTS | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.floats(-1e6, 1e6), max_size=4
)
ACCOUNTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | TEXTS,
        "bio": st.none() | TEXTS,
        "avatarUrl": st.none() | st.just("https://acme.test/ana.png"),
        "locale": st.none() | st.sampled_from(["de", "pt-BR"]),
        "timeFormat": st.sampled_from([12, 24]),
        "weekStart": st.sampled_from(["Sunday", "Friday"]),
        "timeZone": ZONES,
        "metadata": METADATA,
    },
)


async def is_written_back(host: Host, url: str, versions: Sequence[str] = LATER[-1:]) -> None:
    """Send what a GET shows to its PATCH, in the first version and others, and hold every answer to it."""
    for version in (None, *versions):
        headers = {} if version is None else {"cal-api-version": version}
        shown = data(await host.client.get(url, headers=headers))
        changed = data(await host.client.patch(url, json=shown, headers=headers))
        assert changed == {name: shown[name] for name in changed}, version
        assert data(await host.client.get(url, headers=headers)) == shown, version


async def event_type_is_written_back(host: Host, body: Settings) -> None:
    plain = data(await host.client.get(f"{EVENT_TYPES}/{await any_event_type(host)}"))
    body = {**INTRO, **body, "slug": f"written-{next(numbers)}"}
    if is_contradiction(after({**plain, "locations": [{}]}, body)):
        return
    made = data(await host.client.post(EVENT_TYPES, json=body), 201)
    await is_written_back(host, f"{EVENT_TYPES}/{made['id']}")
    data(await host.client.delete(f"{EVENT_TYPES}/{made['id']}"))


async def any_event_type(host: Host) -> int:
    listed: list[dict[str, int]] = data(await host.client.get(EVENT_TYPES))
    return listed[0]["id"]


@given(body=CHANGES)
@tries(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_event_types_are_written_back(ana: Host, body: Settings) -> None:
    await event_type_is_written_back(ana, body)


@pytest.mark.full
@given(body=CHANGES)
@tries(max_examples=250, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_event_types_are_written_back_over_and_over(ana: Host, body: Settings) -> None:
    await event_type_is_written_back(ana, body)


async def test_the_event_types_of_a_new_account_are_written_back(ana: Host) -> None:
    for shown in data(await ana.client.get(EVENT_TYPES)):
        url = f"{EVENT_TYPES}/{shown['id']}"
        await is_written_back(ana, url, LATER)
        # The own list shows no hidden fields; it is written back all the same.
        data(await ana.client.patch(url, json=shown))


async def test_what_was_read_can_be_written_to_a_new_event_type(ana: Host) -> None:
    shown = data(await ana.client.get(f"{EVENT_TYPES}/{await any_event_type(ana)}"))
    made = data(await ana.client.post(EVENT_TYPES, json={**shown, "slug": "copy"}), 201)
    assert made == {**shown, "slug": "copy", "id": made["id"]}


async def test_a_question_is_added_to_a_form_that_was_read(ana: Host) -> None:
    url = f"{EVENT_TYPES}/{await any_event_type(ana)}"
    shown = data(await ana.client.get(url))["bookingFields"]
    own = {"type": "text", "slug": "topic", "label": "Topic", "required": True}
    changed = data(await ana.client.patch(url, json={"bookingFields": [*shown, own]}))["bookingFields"]
    assert [one for one in changed if one["slug"] != "topic"] == shown
    await is_written_back(ana, url)


@given(body=SCHEDULE_BODIES)
@tries(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_schedules_are_written_back(ana: Host, body: dict[str, Any]) -> None:
    first = data(await ana.client.get(f"{SCHEDULES}/default"))["id"]
    made = data(await ana.client.post(SCHEDULES, json=body), 201)
    await is_written_back(ana, f"{SCHEDULES}/{made['id']}")
    data(await ana.client.patch(f"{SCHEDULES}/{first}", json={"isDefault": True}))
    assert (await ana.client.delete(f"{SCHEDULES}/{made['id']}")).is_success


@given(body=WEBHOOK_BODIES)
@tries(max_examples=15, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_webhooks_are_written_back(ana: Host, body: dict[str, Any]) -> None:
    own = {**body, "subscriberUrl": "https://hooks.example.com/own"}
    for url in (WEBHOOKS, f"{EVENT_TYPES}/{await any_event_type(ana)}/webhooks"):
        made = data(await ana.client.post(url, json=own), 201)
        await is_written_back(ana, f"{url}/{made['id']}")
        data(await ana.client.delete(f"{url}/{made['id']}"))


@given(body=ACCOUNTS)
@tries(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_accounts_are_written_back(ana: Host, body: dict[str, Any]) -> None:
    shown = data(await ana.client.patch(ME, json=body))
    assert {name: shown[name] for name in body} == body
    await is_written_back(ana, ME)


async def test_an_account_that_is_written_back_leaves_its_schedule_alone(ana: Host) -> None:
    schedule = data(await ana.client.get(f"{SCHEDULES}/default"))
    elsewhere = data(await ana.client.patch(f"{SCHEDULES}/{schedule['id']}", json={"timeZone": "Asia/Tokyo"}))
    await is_written_back(ana, ME, LATER)
    assert data(await ana.client.get(f"{SCHEDULES}/default")) == elsewhere
