"""What anybody may see of event types, and what only their owner (event-types.md 2.2, 13 and B29)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from tests.conftest import Statements
from tests.event_types.settings import URL, created
from tests.event_types.test_locations import stores
from tests.support.client import Client, Host, data, refusal
from tests.support.teams import Rows

INTRO = {"username": "ana", "eventSlug": "intro"}
USER_METADATA = {
    "stripeCustomerId": "cus_1",
    "emailChangeWaitingForVerification": "new@example.com",
    "isPremium": True,
    "defaultConferencingApp": {"appSlug": "daily-video"},
    "defaultBookerLayouts": {"defaultLayout": "week_view", "enabledLayouts": ["week_view"]},
    "ours": "no part of the API",
}


async def hide(database: Database, event_type: dict[str, Any]) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE event_types SET hidden = true WHERE id = %s", (event_type["id"],))


async def test_a_hidden_event_type_is_listed_for_its_owner_only(
    ana: Host, ben: Host, client: Client, database: Database
) -> None:
    made = await created(ana)
    await hide(database, made)
    for stranger in (client, ben.client):
        assert data(await stranger.get(URL, params=INTRO)) == []
        listed = data(await stranger.get(URL, params={"username": "ana"}))
        assert "intro" not in [one["slug"] for one in listed]
    (own,) = data(await ana.client.get(URL, params=INTRO))
    assert own["id"] == made["id"]
    assert own["hidden"] is True
    data(await ana.client.patch(f"{URL}/{made['id']}", json={"title": "Still hidden"}))
    assert data(await client.get(URL, params=INTRO)) == []


async def test_users_show_the_public_part_of_their_metadata_to_strangers(
    ana: Host, ben: Host, client: Client, database: Database
) -> None:
    made = await created(ana)
    await store_user_metadata(database, ana.id)
    known = {name: value for name, value in USER_METADATA.items() if name != "ours"}
    public = {name: USER_METADATA[name] for name in ("defaultConferencingApp", "defaultBookerLayouts")}
    assert data(await ana.client.get(f"{URL}/{made['id']}"))["users"][0]["metadata"] == known
    for reader, seen in ((client, public), (ben.client, public), (ana.client, known)):
        (listed,) = data(await reader.get(URL, params=INTRO))
        assert listed["users"][0]["metadata"] == seen
        (group,) = data(await reader.get(URL, params={"usernames": "ana"}))
        assert group["users"][0]["metadata"] == public


async def store_user_metadata(database: Database, user_id: int) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE users SET metadata = %s WHERE id = %s", (Jsonb(USER_METADATA), user_id)
        )


async def test_a_list_is_ordered_by_id_and_reads_no_more_for_more(
    ana: Host,
    client: Client,
    count_statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    with count_statements() as few:
        data(await client.get(URL, params={"username": "ana"}))
    for number in range(5):
        await created(ana, slug=f"s{5 - number}")
    with count_statements() as many:
        listed = data(await client.get(URL, params={"username": "ana"}))
    assert many.count == few.count
    ids = [one["id"] for one in listed]
    assert ids == sorted(ids)


async def test_one_odd_row_does_not_fail_a_list(ana: Host, client: Client, database: Database) -> None:
    made = await created(ana)
    await stores(database, made["id"], "locations", [{"type": 5}, {}])
    await stores(database, made["id"], "booking_fields", [{"type": 5}, {}])
    await stores(database, made["id"], "metadata", {"bookerLayouts": {"defaultLayout": "year"}})
    await stores(database, made["id"], "color", {"lightEventTypeColor": "#fff"})
    (listed,) = data(await client.get(URL, params=INTRO))
    assert {"bookerLayouts", "color"}.isdisjoint(listed)


async def test_username_beats_usernames(ana: Host, ben: Host, client: Client) -> None:
    await created(ana)
    (listed,) = data(await client.get(URL, params={**INTRO, "usernames": "ben"}))
    assert listed["slug"] == "intro"


async def test_a_group_meeting_is_as_the_contract_says(ana: Host, ben: Host, client: Client) -> None:
    fresh = await created(ana)
    (group,) = data(await client.get(URL, params=[("usernames", "ben"), ("usernames", "ana")]))
    unlike = {
        "id": 0,
        "ownerId": 0,
        "slug": "dynamic",
        "title": "Group Meeting",
        "customName": "Group Meeting",
        "description": group["description"],
        "lengthInMinutes": 30,
        "lengthInMinutesOptions": [15, 30, 45, 60, 90],
        "metadata": {"multipleDuration": [15, 30, 45, 60, 90]},
        "bookingFields": [],
        "disableGuests": True,
        "successRedirectUrl": "",
        "users": group["users"],
    }
    assert group == {**fresh, **unlike}
    assert [user["username"] for user in group["users"]] == ["ben", "ana"]
    assert group["description"]


@pytest.fixture
async def acme(ana: Host, ben: Host, rows: Rows) -> dict[str, str]:
    """Return the id of an organization that knows Ana as anna, and Ben as ana."""
    organization_id = await rows.organization("acme")
    await rows.is_known(ana, organization_id, "anna")
    await rows.is_known(ben, organization_id, "ana")
    return {"orgId": str(organization_id)}


async def test_an_organization_has_its_own_names_of_users(
    ana: Host, ben: Host, client: Client, acme: dict[str, str]
) -> None:
    made, bens = await created(ana), await created(ben)
    for where in ({"orgSlug": "acme"}, acme):
        (one,) = data(await client.get(URL, params={"username": "anna", "eventSlug": "intro", **where}))
        assert (one["id"], one["ownerId"]) == (made["id"], ana.id)
        (other,) = data(await client.get(URL, params={**INTRO, **where}))
        assert (other["id"], other["ownerId"]) == (bens["id"], ben.id)
        whole = data(await client.get(URL, params={"username": "anna", **where}))
        assert whole == data(await client.get(URL, params={"username": "ana"}))
        assert data(await client.get(URL, params={"username": "ben", **where})) == []
        (group,) = data(await client.get(URL, params={"usernames": "ana,ben,anna,ana", **where}))
        assert [user["id"] for user in group["users"]] == [ben.id, ana.id]
        (nobody,) = data(await client.get(URL, params={"usernames": "nobody", **where}))
        assert nobody["users"] == []


async def test_the_slug_of_an_organization_beats_its_id(
    ana: Host, client: Client, rows: Rows, acme: dict[str, str]
) -> None:
    other = str(await rows.organization("umbrella", ana))
    asked = {"username": "anna", "orgId": other}
    assert data(await client.get(URL, params=asked)) == []
    assert data(await client.get(URL, params={**asked, "orgSlug": ""})) == []
    assert len(data(await client.get(URL, params={**asked, "orgSlug": "acme"}))) == 4
    assert data(await client.get(URL, params={**acme, "username": "anna", "orgSlug": "umbrella"})) == []


async def test_only_an_organization_has_names_of_its_own(ana: Host, client: Client, rows: Rows) -> None:
    crew = await rows.team("crew", ana)
    await rows.is_known(ana, crew, "ana")
    for nowhere in ({"orgSlug": "crew"}, {"orgId": str(crew)}, {"orgSlug": "acme"}, {"orgId": "-7"}):
        assert data(await client.get(URL, params={"username": "ana", **nowhere})) == []
        (group,) = data(await client.get(URL, params={"usernames": "ana", **nowhere}))
        assert group["users"] == []
    for not_given in ({"orgId": "0"}, {"orgId": "00"}, {"orgId": ""}, {"orgSlug": ""}):
        assert len(data(await client.get(URL, params={"username": "ana", **not_given}))) == 4


async def test_a_hidden_event_type_is_for_its_owner_only_in_an_organization_too(
    ana: Host, client: Client, database: Database, acme: dict[str, str]
) -> None:
    await hide(database, await created(ana))
    asked = {"username": "anna", "eventSlug": "intro", **acme}
    assert data(await client.get(URL, params=asked)) == []
    assert len(data(await ana.client.get(URL, params=asked))) == 1


async def test_lists_of_an_organization_read_no_more_for_more(
    ana: Host,
    client: Client,
    acme: dict[str, str],
    count_statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    async def asking(**names: str) -> list[int]:
        counts = []
        for where in ({"orgSlug": "acme"}, acme):
            with count_statements() as statements:
                data(await client.get(URL, params={**names, **where}))
            counts.append(statements.count)
        return counts

    few = await asking(username="anna")
    for number in range(5):
        await created(ana, slug=f"s{number}")
    assert await asking(username="anna") == few
    assert await asking(usernames="anna,ana,nobody") == await asking(usernames="anna")


async def test_a_list_takes_no_bad_key_and_ignores_other_bad_credentials(ana: Host, client: Client) -> None:
    query = {"username": "nobody"}
    unknown = {"Authorization": "Bearer cal_0123456789abcdef0123456789abcdef"}
    refusal(await client.get(URL, params=query, headers=unknown), 401)
    assert data(await client.get(URL, params=query, headers={"Authorization": "Bearer x"})) == []


async def test_versions_reach_the_newest_handler_that_is_not_newer(ana: Host) -> None:
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    assert data(await ana.client.get(url, headers={"cal-api-version": "2024-08-13"})) == made
    error = refusal(await ana.client.get(url, headers={"cal-api-version": "soon"}), 400)
    assert "cal-api-version" in error["message"]


async def test_an_event_type_needs_a_credential(ana: Host, client: Client) -> None:
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    none: dict[str, str] = {}
    for headers in (none, {"Authorization": "Bearer x"}):
        refusal(await client.get(url, headers=headers), 401)
        refusal(await client.patch(url, json={}, headers=headers), 401)
        refusal(await client.delete(url, headers=headers), 401)
