"""Where bookings take place (event-types.md 7 and B11, B15, B29)."""

import json
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from kalends.event_types.locations.kinds import INTEGRATIONS, integration_kind
from tests.event_types.settings import INTRO, URL, changed, created, slugs
from tests.support.client import Client, Host, data, refusal

ALL_KINDS: list[dict[str, Any]] = [
    {"type": "attendeeDefined"},
    {"type": "address", "address": "Dock 4, Riga", "public": True},
    {"type": "link", "link": "https://meet.example.com/x?y=1", "public": False},
    {"type": "link", "link": "meet.example.com/x", "public": True},
    {"type": "phone", "phone": "+37122222222", "public": False},
    {"type": "integration", "integration": "cal-video"},
    {"type": "attendeeAddress"},
    {"type": "attendeePhone"},
]


async def stores(database: Database, event_type_id: int, column: str, value: object) -> None:
    """Put what the API cannot write into a column of an event type."""
    async with database.connection() as connection:
        await connection.execute(
            f"UPDATE event_types SET {column} = %s WHERE id = %s", (Jsonb(value), event_type_id)
        )


async def test_all_kinds_of_location_are_read_back_in_their_order(ana: Host) -> None:
    made = await created(ana, locations=ALL_KINDS)
    assert made["locations"] == ALL_KINDS
    assert data(await ana.client.get(f"{URL}/{made['id']}")) == made
    after = await changed(ana, made, locations=ALL_KINDS[:2])
    assert after == {**made, "locations": ALL_KINDS[:2]}


@pytest.mark.parametrize("location", ALL_KINDS, ids=str)
async def test_members_that_a_location_does_not_have_are_dropped(ana: Host, location: dict[str, Any]) -> None:
    made = await created(ana, locations=[{**location, "colour": "red", "credentialId": 5}])
    assert made["locations"] == [location]


async def test_a_change_without_locations_or_with_null_keeps_them(ana: Host) -> None:
    made = await created(ana, locations=ALL_KINDS)
    assert await changed(ana, made, title="New") == {**made, "title": "New"}
    assert (await changed(ana, made, locations=None))["locations"] == ALL_KINDS
    assert len((await created(ana, slug="null", locations=None))["locations"]) == 1


@pytest.mark.parametrize(
    ("locations", "named"),
    [
        ("cal-video", "locations must be an array"),
        ({"type": "attendeeDefined"}, "locations must be an array"),
        (["cal-video"], "locations.0 must be an object"),
        ([{}], "locations.0.type must be one of the following values: address, link,"),
        ([{"type": "moon"}], "locations.0.type must be one of"),
        ([{"type": "unknown", "location": "{}"}], "locations.0.type must be one of"),
        ([{"type": "organizersDefaultApp"}], "locations.0.type must be one of"),
        ([ALL_KINDS[0], {"type": "address", "public": True}], "locations.1.address"),
        ([{"type": "address", "address": "", "public": True}], "locations.0.address"),
        ([{"type": "address", "address": None, "public": True}], "locations.0.address must be a string"),
        ([{"type": "address", "address": "Dock 4"}], "locations.0.public"),
        ([{"type": "address", "address": "Dock 4", "public": "yes"}], "locations.0.public must be a boolean"),
        ([{"type": "address", "address": "a\0b", "public": True}], "locations.0.address"),
        (
            [{"type": "link", "link": "http://localhost:3000", "public": True}],
            "locations.0.link must be a URL",
        ),
        ([{"type": "link", "link": "", "public": True}], "locations.0.link must be a URL"),
        ([{"type": "link", "link": "https://meet.example.com/x"}], "locations.0.public"),
        ([{"type": "phone", "phone": "12345", "public": True}], "locations.0.phone must be a valid phone"),
        ([{"type": "phone", "phone": "+1234", "public": True}], "locations.0.phone must be a valid phone"),
        ([{"type": "phone", "phone": 371, "public": True}], "locations.0.phone must be a string"),
        ([{"type": "integration"}], "locations.0.integration"),
        ([{"type": "integration", "integration": "jitsi"}], "locations.0.integration must be one of"),
        ([{"type": "integration", "integration": "zoom"}], "locations.0.integration: you have not connected"),
        ([{"type": "integration", "integration": "google-meet"}], "locations.0.integration: you have not"),
        ([{"type": "integration", "integration": "office365-video"}], "locations.0.integration: you have"),
    ],
    ids=str,
)
async def test_a_bad_location_is_refused_by_name_and_changes_nothing(
    ana: Host, locations: Any, named: str
) -> None:
    error = refusal(await ana.client.post(URL, json={**INTRO, "locations": locations}), 400)
    assert error["code"] == "BadRequestException"
    assert named in error["message"]
    assert error["details"] == {"message": error["message"], "error": "Bad Request", "statusCode": 400}
    assert "intro" not in await slugs(ana)
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    error = refusal(await ana.client.patch(url, json={"title": "New", "locations": locations}), 400)
    assert named in error["message"]
    assert data(await ana.client.get(url)) == made


async def test_every_bad_member_of_locations_is_named(ana: Host) -> None:
    bad = [{"type": "address", "public": "yes"}, {"type": "moon"}]
    message = refusal(await ana.client.post(URL, json={**INTRO, "locations": bad}), 400)["message"]
    for named in ("locations.0.address", "locations.0.public", "locations.1.type"):
        assert named in message


@pytest.mark.parametrize("integration", INTEGRATIONS)
async def test_every_stored_integration_is_shown_by_its_name(
    ana: Host, database: Database, integration: str
) -> None:
    made = await created(ana)
    await stores(database, made["id"], "locations", [{"type": integration_kind(integration)}])
    shown = data(await ana.client.get(f"{URL}/{made['id']}"))["locations"]
    assert shown == [{"type": "integration", "integration": integration}]


async def test_stored_locations_that_fit_no_form_come_last(ana: Host, database: Database) -> None:
    made = await created(ana)
    odd = [{"type": "integrations:carrier_pigeon"}, {"type": "inPerson"}, {"type": ["link"]}]
    stored = [*odd, {"type": "conferencing"}, {"type": "inPerson", "address": "Dock 4"}]
    await stores(database, made["id"], "locations", stored)
    shown = data(await ana.client.get(f"{URL}/{made['id']}"))["locations"]
    assert shown[:2] == [
        {"type": "organizersDefaultApp"},
        {"type": "address", "address": "Dock 4", "public": False},
    ]
    assert [one["type"] for one in shown[2:]] == ["unknown"] * 3
    assert [json.loads(one["location"]) for one in shown[2:]] == odd


async def test_only_the_owner_sees_the_details_of_locations_that_are_not_public(
    ana: Host, ben: Host, client: Client, database: Database
) -> None:
    private = [
        {"type": "address", "address": "Dock 4", "public": False},
        {"type": "link", "link": "https://meet.example.com/x", "public": False},
        {"type": "phone", "phone": "+37122222222", "public": False},
    ]
    public = [{**one, "public": True} for one in private]
    made = await created(ana, locations=[*private, *public])
    query = {"username": "ana", "eventSlug": "intro"}
    masked = [
        {"type": "address", "address": "", "public": False},
        {"type": "link", "link": "", "public": False},
        {"type": "phone", "phone": "", "public": False},
    ]
    for stranger in (client, ben.client):
        (listed,) = data(await stranger.get(URL, params=query))
        assert listed["locations"] == [*masked, *public]
    (listed,) = data(await ana.client.get(URL, params=query))
    assert listed["locations"] == made["locations"]
    odd = [
        {"type": "inPerson", "secret": "Dock 4"},
        {"type": "integrations:zoom", "link": "https://zoom.example/1", "credentialId": 7},
    ]
    await stores(database, made["id"], "locations", odd)
    (listed,) = data(await client.get(URL, params=query))
    zoom = {"type": "integration", "integration": "zoom"}
    assert listed["locations"] == [zoom, {"type": "unknown", "location": "{}"}]
    (listed,) = data(await ana.client.get(URL, params=query))
    assert listed["locations"][0] == {**zoom, "link": "https://zoom.example/1", "credentialId": 7}
