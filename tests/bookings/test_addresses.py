"""Bookings by the names that organizations and teams give (bookings.md 2.1)."""

from typing import Any

import pytest

from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows

URL = "/v2/bookings"
TEN = "2050-09-05T10:00:00Z"


@pytest.fixture(autouse=True)
async def acme(rows: Rows, ana: Host) -> None:
    """Make an organization that knows Ana, who offers a chat, as anna, and a team of hers in it."""
    await ana.creates_event_type("chat")
    organization = await rows.organization("acme")
    await rows.is_known(ana, organization, "anna")
    team = await rows.team("ops", ana, organization=organization)
    await rows.event_type(team, ana, slug="panel")


async def test_the_name_in_an_organization_addresses_the_event_type(client: Client) -> None:
    body = booking_of(0, TEN, eventTypeSlug="chat", username="anna", organizationSlug="acme")
    booking = data(await client.post(URL, json=body), 201)
    assert booking["eventType"]["slug"] == "chat"
    assert booking["hosts"][0]["username"] == "ana"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ({"eventTypeSlug": "chat", "username": "ana", "organizationSlug": "acme"}, "user 'ana'"),
        ({"eventTypeSlug": "chat", "username": "anna", "organizationSlug": "other"}, "organization 'other'"),
        ({"eventTypeSlug": "none", "username": "anna", "organizationSlug": "acme"}, "event type 'none'"),
        ({"eventTypeSlug": "chat", "username": "anna"}, "user 'anna'"),
        ({"eventTypeSlug": "panel", "teamSlug": "ops"}, "team 'ops'"),
        ({"eventTypeSlug": "panel", "teamSlug": "none", "organizationSlug": "acme"}, "team 'none'"),
        ({"eventTypeSlug": "panel", "teamSlug": "ops", "organizationSlug": "acme"}, "cannot be booked"),
    ],
)
async def test_what_is_not_found_is_named(client: Client, address: dict[str, Any], named: str) -> None:
    error = refusal(await client.post(URL, json=booking_of(0, TEN, **address)), 404)
    assert named in error["message"]
