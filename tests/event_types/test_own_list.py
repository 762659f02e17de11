"""`GET /v2/event-types` by a caller who names nobody: their own event types (event-types.md 2.2)."""

from typing import Any

import pytest

from kalends.db.database import Database
from tests.event_types.settings import URL, created
from tests.event_types.test_public_lists import hide
from tests.support.client import Client, Host, data, refusal


async def ids(client: Client, **params: Any) -> list[int]:
    return [one["id"] for one in data(await client.get(URL, params=params))]


@pytest.mark.parametrize("nobody", [{}, {"username": ""}, {"username": "", "orgSlug": "", "orgId": ""}])
async def test_a_caller_who_names_nobody_lists_their_own(
    ana: Host, ben: Host, client: Client, database: Database, nobody: dict[str, str]
) -> None:
    hidden = await created(ana, slug="hidden")
    await hide(database, hidden)
    shown = await created(ana)
    await created(ben)
    own = await ids(ana.client, **nobody)
    assert own == await ids(ana.client, username="ana")
    assert own[-2:] == [hidden["id"], shown["id"]]
    assert await ids(client, **nobody) == []


@pytest.mark.parametrize("nobody", [{}, {"username": ""}])
async def test_a_slug_alone_is_looked_for_among_the_callers_own(
    ana: Host, ben: Host, client: Client, database: Database, nobody: dict[str, str]
) -> None:
    made, other = await created(ana), await created(ben)
    await hide(database, made)
    assert await ids(ana.client, eventSlug="intro", **nobody) == [made["id"]]
    assert await ids(ben.client, eventSlug="intro", **nobody) == [other["id"]]
    assert await ids(ana.client, eventSlug="no-such", **nobody) == []
    assert await ids(client, eventSlug="intro", **nobody) == []


async def test_an_organization_or_a_group_is_an_address(ana: Host) -> None:
    assert await ids(ana.client, orgSlug="acme") == []
    assert await ids(ana.client, orgId="7") == []
    (group,) = data(await ana.client.get(URL, params={"usernames": "nobody"}))
    assert group["users"] == []


@pytest.mark.parametrize("usernames", ["", " ", ",", " , "])
async def test_a_group_without_a_name_counts_as_absent(ana: Host, client: Client, usernames: str) -> None:
    made = await created(ana)
    nobody = {"usernames": usernames, "username": ""}
    assert await ids(ana.client, **nobody) == await ids(ana.client)
    assert await ids(ana.client, eventSlug="intro", **nobody) == [made["id"]]
    assert await ids(client, **nobody) == []
    assert await ids(client, username="ana", usernames=usernames) == await ids(client, username="ana")


async def test_event_types_of_teams_and_of_others_are_not_among_the_own(ana: Host, ben: Host) -> None:
    of_ben = await created(ben)
    assert of_ben["id"] not in await ids(ana.client)


async def test_lists_are_ordered_by_creation_on_demand(ana: Host, client: Client, database: Database) -> None:
    first, second = await created(ana, slug="first"), await created(ana, slug="second")
    async with database.connection() as connection:
        # Ids grow with time; only what was imported tells one order from the other.
        await connection.execute(
            "UPDATE event_types SET created_at = '2020-01-01' WHERE id = %s", (second["id"],)
        )
    oldest_first = await ids(ana.client, sortCreatedAt="asc")
    assert oldest_first[0] == second["id"]
    assert oldest_first[-1] == first["id"]
    assert await ids(ana.client, sortCreatedAt="desc") == oldest_first[::-1]
    assert await ids(client, username="ana", sortCreatedAt="asc") == oldest_first
    assert await ids(ana.client, sortCreatedAt="desc", take=1, skip=1) == [oldest_first[-2]]
    assert await ids(ana.client) == sorted(oldest_first)


async def test_an_order_that_is_none_is_named(ana: Host) -> None:
    error = refusal(await ana.client.get(URL, params={"sortCreatedAt": "up"}), 400)
    assert "sortCreatedAt" in error["message"]


async def test_an_unknown_credential_lists_nothing(client: Client, ana: Host) -> None:
    await created(ana)
    assert data(await client.get(URL, headers={"Authorization": "Bearer x"})) == []
