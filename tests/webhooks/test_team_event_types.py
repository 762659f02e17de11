"""Webhooks of teams' event types: for those who rule the team."""

import pytest

from tests.event_types.of_teams.crew import Crew, make_crew
from tests.support.client import Host, data, refusal
from tests.support.organizations import People

HOOK = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": ["BOOKING_CREATED"]}


@pytest.fixture
async def crew(people: People) -> Crew:
    """Return a team in no organization."""
    return await make_crew(people, in_organization=False)


async def test_a_webhook_is_made_shown_listed_changed_and_deleted(crew: Crew) -> None:
    made = await crew.creates(crew.mia)
    url, client = f"{crew.url}/{made['id']}/webhooks", crew.mia.client
    hook = data(await client.post(url, json=HOOK), 201)
    assert hook["eventTypeId"] == made["id"]
    assert data(await client.get(url)) == [hook]
    assert data(await client.get(f"{url}/{hook['id']}")) == hook
    refusal(await client.post(url, json=HOOK), 409)
    changed = data(await client.patch(f"{url}/{hook['id']}", json={"active": False}))
    assert changed == {**hook, "active": False}
    assert data(await client.delete(f"{url}/{hook['id']}")) == changed
    data(await client.post(url, json=HOOK), 201)
    assert data(await client.delete(url)) == "1 webhooks deleted"


async def test_only_those_who_rule_the_team_may(crew: Crew) -> None:
    made = await crew.creates(crew.mia, crew.noor)
    url = f"{crew.url}/{made['id']}/webhooks"
    hook = data(await crew.mia.client.post(url, json=HOOK), 201)
    for host in (crew.noor, crew.lee):
        refusal(await host.client.post(url, json=HOOK), 403)
        refusal(await host.client.get(f"{url}/{hook['id']}"), 403)
    refusal(await crew.anybody.get(url), 401)


async def test_a_webhook_of_elsewhere_is_refused(crew: Crew, ana: Host) -> None:
    client = crew.mia.client
    made, other = await crew.creates(), await crew.creates(slug="other")
    hook = data(await client.post(f"{crew.url}/{made['id']}/webhooks", json=HOOK), 201)
    own = data(await client.post("/v2/webhooks", json=HOOK), 201)
    foreign = await ana.creates_event_type()
    url = f"{crew.url}/{other['id']}/webhooks"
    refusal(await client.get(f"{url}/{hook['id']}"), 403)
    refusal(await client.get(f"{url}/{own['id']}"), 400)
    refusal(await client.get(f"{url}/nothing"), 404)
    refusal(await client.get(f"{crew.url}/{foreign['id']}/webhooks"), 404)


async def test_webhooks_of_a_copy_are_its_owners(crew: Crew) -> None:
    parent, copy = await crew.creates(crew.noor, kind="managed")
    url = f"/v2/event-types/{copy['id']}/webhooks"
    hook = data(await crew.noor.client.post(url, json=HOOK), 201)
    refusal(await crew.mia.client.get(url), 403)
    await crew.changes(parent, title="New")
    assert data(await crew.noor.client.get(url)) == [hook]
