"""Whatever is accepted is read back as it was sent, and a change adds up with what was there."""

import itertools

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries

from tests.event_types.bodies import CHANGES, Settings, after, is_contradiction
from tests.event_types.settings import INTRO, URL
from tests.support.client import Host, data, refusal

numbers = itertools.count()


async def check(host: Host, first: Settings, second: Settings) -> None:
    """Make an event type and change it, and hold each answer to the model."""
    slug = f"random-{next(numbers)}"
    plain = data(await host.client.post(URL, json={**INTRO, "slug": f"plain-{slug}"}), 201)
    # So that there are never more than a user may have.
    data(await host.client.delete(f"{URL}/{plain['id']}"))
    body = {**INTRO, **first, "slug": slug}
    expected = after(plain, body)
    answer = await host.client.post(URL, json=body)
    if is_contradiction(expected):
        refusal(answer, 400)
        return
    made = data(answer, 201)
    assert made == {**expected, "id": made["id"]}
    url = f"{URL}/{made['id']}"
    assert data(await host.client.get(url)) == made
    expected = after(made, second)
    answer = await host.client.patch(url, json=second)
    if is_contradiction(expected):
        refusal(answer, 400)
        expected = made
    else:
        assert data(answer) == expected
    assert data(await host.client.get(url)) == expected
    data(await host.client.delete(url))


QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@given(first=CHANGES, second=CHANGES)
@tries(max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_what_is_accepted_is_read_back(ana: Host, first: Settings, second: Settings) -> None:
    await check(ana, first, second)


@pytest.mark.full
@given(first=CHANGES, second=CHANGES)
@tries(max_examples=500, derandomize=True, database=None, deadline=None, suppress_health_check=QUIETLY)
async def test_what_is_accepted_is_read_back_over_and_over(
    ana: Host, first: Settings, second: Settings
) -> None:
    await check(ana, first, second)
