"""What is said of an address that leads to an event type, or stops on the way, wherever one is named."""

from typing import Any

import pytest

from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows

DAY = {"start": "2050-09-05", "end": "2050-09-05"}
TEN = "2050-09-05T10:00:00Z"

OF_USER = {"username": "ana", "eventTypeSlug": "chat"}
OF_PROFILE = {"username": "a.rossi", "eventTypeSlug": "chat", "organizationSlug": "acme"}
OF_TEAM = {"teamSlug": "crew", "eventTypeSlug": "panel"}
OF_ORGANIZATION_TEAM = {"teamSlug": "lab", "eventTypeSlug": "panel", "organizationSlug": "acme"}

STOPPING = [
    (OF_USER, {"username": "bob"}, "There is no user 'bob'."),
    (OF_USER, {"eventTypeSlug": "talk"}, "The user 'ana' has no event type 'talk'."),
    (OF_PROFILE, {"organizationSlug": "umbrella"}, "There is no organization 'umbrella'."),
    (OF_PROFILE, {"organizationSlug": "crew"}, "There is no organization 'crew'."),
    (OF_PROFILE, {"username": "ana"}, "There is no user 'ana' in the organization 'acme'."),
    (OF_PROFILE, {"eventTypeSlug": "talk"}, "The user 'a.rossi' has no event type 'talk'."),
    (
        OF_TEAM,
        {"teamSlug": "lab"},
        "There is no team 'lab' outside of organizations; one of an organization needs organizationSlug.",
    ),
    (OF_ORGANIZATION_TEAM, {"organizationSlug": "umbrella"}, "There is no organization 'umbrella'."),
    (OF_ORGANIZATION_TEAM, {"teamSlug": "crew"}, "There is no team 'crew' in the organization 'acme'."),
]


@pytest.fixture(autouse=True)
async def chat(ana: Host, rows: Rows) -> int:
    """Return Ana's event type; there are one of a team and one of an organization's team besides."""
    acme = await rows.organization("acme")
    await rows.is_known(ana, acme, "a.rossi")
    await rows.event_type(await rows.team("crew", ana), ana)
    await rows.event_type(await rows.team("lab", ana, organization=acme), ana)
    return int((await ana.creates_event_type("chat"))["id"])


async def lists(client: Client, address: dict[str, str]) -> Any:
    return await client.get("/v2/slots", params={**address, **DAY})


async def asks_to_book(client: Client, address: dict[str, Any]) -> Any:
    body = booking_of(0, TEN)
    del body["eventTypeId"]
    return await client.post("/v2/bookings", json={**body, **address})


@pytest.mark.parametrize("address", [OF_USER, OF_PROFILE, OF_TEAM, OF_ORGANIZATION_TEAM])
async def test_what_exists_has_slots(client: Client, address: dict[str, str]) -> None:
    assert len(data(await lists(client, address))["2050-09-05"]) > 0


@pytest.mark.parametrize(
    ("address", "changes", "message"),
    [
        *STOPPING,
        (OF_TEAM, {"eventTypeSlug": "talk"}, "The team 'crew' has no event type 'talk'."),
        (OF_ORGANIZATION_TEAM, {"eventTypeSlug": "talk"}, "The team 'lab' has no event type 'talk'."),
        ({"eventTypeId": "999"}, {}, "There is no event type 999."),
    ],
)
async def test_what_is_missing_has_none(
    client: Client, address: dict[str, str], changes: dict[str, str], message: str
) -> None:
    error = refusal(await lists(client, {**address, **changes}), 404)
    assert (error["code"], error["message"]) == ("NotFoundException", message)


@pytest.mark.parametrize("address", [OF_USER, OF_PROFILE])
async def test_what_exists_of_a_user_can_be_booked(
    client: Client, chat: int, address: dict[str, str]
) -> None:
    assert data(await asks_to_book(client, address), 201)["eventTypeId"] == chat


@pytest.mark.parametrize(
    ("address", "changes", "message"),
    [
        *STOPPING,
        *(
            (OF_TEAM, changes, "The team 'crew' cannot be booked: so far its event types have slots only.")
            for changes in ({}, {"eventTypeSlug": "talk"})
        ),
        (
            OF_ORGANIZATION_TEAM,
            {},
            "The team 'lab' cannot be booked: so far its event types have slots only.",
        ),
        ({"eventTypeId": 999}, {}, "There is no event type with this id."),
    ],
)
async def test_what_is_missing_or_a_teams_cannot_be_booked(
    client: Client, address: dict[str, Any], changes: dict[str, str], message: str
) -> None:
    error = refusal(await asks_to_book(client, {**address, **changes}), 404)
    assert (error["code"], error["message"]) == ("NotFoundException", message)
