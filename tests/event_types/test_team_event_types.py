"""What event types of teams are to operations that are for those of users."""

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows


@pytest.fixture
async def panel(ana: Host, rows: Rows) -> int:
    """Return the id of an event type of a team that Ana belongs to and hosts."""
    return await rows.event_type(await rows.team("crew", ana), ana)


async def test_it_cannot_be_booked_yet_and_says_so(panel: int, client: Client, database: Database) -> None:
    body = booking_of(panel, "2050-09-05T10:00:00Z")
    assert "team" in refusal(await client.post("/v2/bookings", json=body), 404)["message"]
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT FROM bookings")
        assert cursor.rowcount == 0


async def test_it_is_none_of_its_hosts_own(ana: Host, ben: Host, panel: int) -> None:
    url = f"/v2/event-types/{panel}"
    for host in (ana, ben):
        refusal(await host.client.get(url), 404)
        refusal(await host.client.patch(url, json={"title": "Mine"}), 404)
        assert "team" in refusal(await host.client.delete(url), 403)["message"]
    assert data(await ana.client.get("/v2/bookings", params={"eventTypeIds": str(panel)})) == []
    own = data(await ana.client.get("/v2/event-types", params={"username": "ana"}))
    assert panel not in [event_type["id"] for event_type in own]


async def test_it_has_no_webhooks_of_a_users_event_type(ana: Host, panel: int) -> None:
    url = f"/v2/event-types/{panel}/webhooks"
    body = {"subscriberUrl": "https://example.com", "triggers": ["BOOKING_CREATED"], "active": True}
    assert "user's" in refusal(await ana.client.post(url, json=body), 403)["message"]
    refusal(await ana.client.get(url), 403)
    refusal(await ana.client.delete(url), 403)


async def test_a_slug_may_be_a_teams_and_a_users(ana: Host, panel: int) -> None:
    created = await ana.creates_event_type("panel")
    assert created["id"] != panel


async def test_its_host_can_be_listed_and_its_bookings_filtered(ana: Host, panel: int) -> None:
    found = await ana.client.get("/v2/bookings", params={"eventTypeIds": str(panel)})
    assert data(found) == []
