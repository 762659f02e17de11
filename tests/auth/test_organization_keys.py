"""Keys of organizations: they name a place, and the membership of their user decides."""

import pytest

from kalends.accounts import service as accounts
from kalends.api.output.errors import Forbidden
from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.support.client import Client, Host, data, refusal
from tests.support.organizations import People


async def is_admitted(client: Client) -> bool:
    """Tell whether a client's key is one, asked where a credential is needed and where none is."""
    statuses = {(await client.get(path)).status_code for path in ("/v2/me", "/v2/event-types?username=ana")}
    assert statuses in ({200}, {401})
    return statuses == {200}


async def test_a_key_of_an_organization_acts_as_its_user(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    key = await people.key_of(ana, acme)
    assert data(await key.get("/v2/me"))["id"] == ana.id
    assert len(data(await key.get("/v2/schedules"))) == 1


async def test_a_key_is_none_once_its_user_has_left_the_organization(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    key = await people.key_of(ana, acme)
    assert await is_admitted(key)
    await people.leaves(ana, acme)
    assert not await is_admitted(key)
    assert "left" in refusal(await key.get("/v2/me"), 401)["message"]
    assert await is_admitted(ana.client)
    await people.joins(ana, acme, accepted=False)
    assert not await is_admitted(key)


async def test_a_key_is_gone_with_its_organization(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    key = await people.key_of(ana, acme)
    async with people.database.connection() as connection:
        await connection.execute("DELETE FROM teams WHERE id = %s", (acme,))
    assert not await is_admitted(key)
    assert await is_admitted(ana.client)


async def test_who_was_only_invited_gets_no_key(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    cleo = await people.member("cleo", acme, accepted=False)
    with pytest.raises(Forbidden, match="no accepted member"):
        await people.key_of(cleo, acme)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
async def test_who_rules_an_organization_refreshes_a_key_of_it(ana: Host, people: People, role: Role) -> None:
    acme = await people.organization("acme", ana)
    cleo = await people.member("cleo", acme, role)
    key = await people.key_of(cleo, acme)
    old = key.api_key
    key.api_key = data(await key.post("/v2/api-keys/refresh", json={}))["apiKey"]
    assert await is_admitted(key)
    # It is one of the organization still.
    await people.leaves(cleo, acme)
    assert not await is_admitted(key)
    key.api_key = old
    assert not await is_admitted(key)


async def test_a_member_does_not_refresh_a_key_of_an_organization(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    cleo = await people.member("cleo", acme)
    key = await people.key_of(cleo, acme)
    assert refusal(await key.post("/v2/api-keys/refresh", json={}), 401)["code"] == "TRPCError"
    assert await is_admitted(key)
    data(await cleo.client.post("/v2/api-keys/refresh", json={}))


async def test_me_shows_the_main_organization(ana: Host, people: People) -> None:
    me = data(await ana.client.get("/v2/me"))
    assert (me["organizationId"], "organization" in me) == (None, False)
    acme = await people.organization("acme", ana, is_platform=True)
    await people.organization("umbrella", ana)
    me = data(await ana.client.get("/v2/me"))
    assert me["organizationId"] == acme
    assert me["organization"] == {"id": acme, "isPlatform": True}
    changed = data(await ana.client.patch("/v2/me", json={"name": "Ana"}))
    assert (changed["organizationId"], "organization" in changed) == (acme, False)


async def test_the_organization_that_an_account_belongs_to_is_the_main_one(ana: Host, people: People) -> None:
    await people.organization("acme", ana)
    umbrella = await people.organization("umbrella", ana)
    async with people.database.connection() as connection:
        await connection.execute("UPDATE users SET organization_id = %s WHERE id = %s", (umbrella, ana.id))
    assert data(await ana.client.get("/v2/me"))["organizationId"] == umbrella


async def test_an_invitation_gives_no_main_organization(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    cleo = await people.member("cleo", acme, accepted=False)
    assert data(await cleo.client.get("/v2/me"))["organizationId"] is None


async def test_the_main_organization_is_not_that_of_the_key(ana: Host, people: People) -> None:
    acme = await people.organization("acme", ana)
    umbrella = await people.organization("umbrella", ana)
    key = await people.key_of(ana, umbrella)
    assert data(await key.get("/v2/me"))["organizationId"] == acme


async def test_a_locked_account_has_no_key_of_an_organization(
    ana: Host, people: People, clock: Clock
) -> None:
    acme = await people.organization("acme", ana)
    key = await people.key_of(ana, acme)
    async with people.database.transaction() as work:
        user = await accounts.find_user_by_email(work.connection, ana.email)
        await accounts.change_account(work, user, accounts.AccountChanges(is_locked=True), now=clock.now)
    refusal(await key.get("/v2/me"), 401)
