"""Invitations to teams and organizations: their mails, their page, and accepting them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from kalends.accounts import service as accounts
from kalends.accounts.service import AccountChanges
from kalends.db.database import Database
from kalends.memberships.invitations.sending import forget_mails
from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Client, Host, client_with_key, data, refusal
from tests.support.organizations import People

EVE = "eve.li@acme.org"
NOW = datetime(2050, 9, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
async def boss(people: People) -> Host:
    """Return the OWNER of an organization."""
    return await people.account("boss")


@pytest.fixture
async def acme(people: People, boss: Host) -> int:
    """Return the organization."""
    return await people.organization("acme", boss)


async def invites(boss: Host, acme: int, status: int = 201, **properties: Any) -> Any:
    """Make a user of the organization, and return the answer."""
    answer = await boss.client.post(f"/v2/organizations/{acme}/users", json={"email": EVE, **properties})
    assert answer.status_code == status, answer.text
    return answer.json()


def link_in(mailbox: Mailbox, address: str) -> str:
    """Return the path and query of the link in the last mail to an address."""
    found = re.search(r"https?://[^/\s]+(/invitation\?token=[\w-]+)", mailbox.last_to(address).text)
    assert found is not None
    return found[1]


async def follows(client: Client, link: str) -> httpx.Response:
    """Send the form of an invitation's page."""
    token = link.partition("token=")[2]
    return await client.post("/invitation", data={"token": token})


async def test_a_new_user_gets_in_by_the_link(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox, database: Database
) -> None:
    await invites(boss, acme, organizationRole="ADMIN", autoAccept=False)
    await office.works()
    mail = mailbox.to(EVE)
    assert "Boss" in mail.subject
    assert "Acme" in mail.subject
    link = link_in(mailbox, EVE)
    for page in (await client.get(link), await client.get(link)):
        assert page.status_code == 200
        assert all(part in page.text for part in ("Boss", "Acme", EVE))
        assert page.text.count("<button") == 1
        assert page.headers["cache-control"] == "no-store"
    [_, pending] = data(await boss.client.get(f"/v2/organizations/{acme}/memberships"))
    assert pending["accepted"] is False
    accepted = await follows(client, link)
    assert accepted.status_code == 200
    key = re.search(r"<code>(\w+)</code>", accepted.text)
    assert key is not None
    eve = client_with_key(client, key[1])
    assert data(await eve.get("/v2/me"))["organizationId"] == acme
    listed = data(await eve.get(f"/v2/organizations/{acme}/users"))
    assert [one["emailVerified"] is not None for one in listed if one["email"] == EVE] == [True]
    again = await follows(client, link)
    assert again.status_code == 409
    assert "<code>" not in again.text
    assert "<button" not in (await client.get(link)).text


async def test_who_was_accepted_at_once_is_invited_all_the_same(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox
) -> None:
    await invites(boss, acme)
    await office.works()
    assert "<code>" in (await follows(client, link_in(mailbox, EVE))).text


async def test_a_repeated_call_mails_again_while_it_is_open_and_three_times_an_hour(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await invites(boss, acme)
    for _ in range(4):
        await invites(boss, acme, 409)
    await office.works()
    assert mailbox.recipients == [EVE] * 3
    clock.advance(timedelta(hours=1))
    await invites(boss, acme, 409)
    await office.works()
    assert mailbox.recipients == [EVE] * 4
    await follows(client, link_in(mailbox, EVE))
    clock.advance(timedelta(hours=1))
    await invites(boss, acme, 409)
    await office.works()
    assert len(mailbox.recipients) == 4


async def test_an_address_is_mailed_three_invitations_an_hour_whoever_sends_them(
    boss: Host, acme: int, people: People, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    carl = await people.account("carl")
    others = [await people.account(f"other{number}") for number in range(4)]
    teams = []
    for one in others:
        teams.append(data(await one.client.post("/v2/teams", json={"name": f"Of {one.id}"}), 201)["id"])
        path = f"/v2/teams/{teams[-1]}/memberships"
        data(await one.client.post(path, json={"userId": carl.id}), 201)
    await office.works()
    assert mailbox.recipients == [carl.email] * 3
    # The one that was not mailed is there all the same, and is mailed when it is asked for later.
    assert {one["id"] for one in data(await carl.client.get("/v2/teams"))} == set(teams)
    path = f"/v2/teams/{teams[3]}/memberships"
    refusal(await others[3].client.post(path, json={"userId": carl.id}), 409)
    await office.works()
    assert len(mailbox.recipients) == 3
    clock.advance(timedelta(hours=1))
    refusal(await others[3].client.post(path, json={"userId": carl.id}), 409)
    await office.works()
    assert mailbox.recipients == [carl.email] * 4


async def test_what_is_taken_back_and_made_again_counts_on(
    boss: Host, acme: int, people: People, office: Office, mailbox: Mailbox
) -> None:
    carl = await people.account("carl")
    path = f"/v2/organizations/{acme}/memberships"
    for _ in range(5):
        made = data(await boss.client.post(path, json={"userId": carl.id}), 201)
        data(await boss.client.delete(f"{path}/{made['id']}"))
    await office.works()
    assert mailbox.recipients == [carl.email] * 3
    for _ in range(5):
        eve = (await invites(boss, acme))["data"]
        data(await boss.client.delete(f"/v2/organizations/{acme}/users/{eve['id']}"))
    await office.works()
    assert mailbox.recipients[3:] == [EVE] * 3


async def test_who_was_mailed_is_forgotten_after_an_hour(
    boss: Host, acme: int, database: Database, clock: Clock
) -> None:
    await invites(boss, acme)
    for passed, left in ((timedelta(minutes=59), 1), (timedelta(minutes=1), 0)):
        clock.advance(passed)
        await forget_mails(database, clock.now)
        async with database.connection() as connection:
            row = await (await connection.execute("SELECT count(*) FROM invitation_mails")).fetchone()
        assert row == (left,)


async def test_a_link_works_for_a_week(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await invites(boss, acme)
    await office.works()
    link = link_in(mailbox, EVE)
    clock.advance(timedelta(days=7))
    assert "<button" not in (await client.get(link)).text
    assert (await follows(client, link)).status_code == 409
    await invites(boss, acme, 409)
    assert (await follows(client, link)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a" * 64, "AAAA" * 16, "é"])
async def test_a_link_that_is_none(client: Client, token: str) -> None:
    page = await client.get("/invitation", params={"token": token})
    assert page.status_code == 404
    assert "This link is not valid" in page.text
    assert "booking" not in page.text.partition("<body>")[2]
    assert (await client.post("/invitation", data={"token": token})).status_code == 404


async def test_the_link_of_another_address_is_void(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox
) -> None:
    eve = (await invites(boss, acme))["data"]
    await office.works()
    link = link_in(mailbox, EVE)
    path = f"/v2/organizations/{acme}/users/{eve['id']}"
    data(await boss.client.patch(path, json={"email": "other@acme.org"}))
    assert (await follows(client, link)).status_code == 409


async def test_a_membership_that_is_gone_takes_its_link_along(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox
) -> None:
    eve = (await invites(boss, acme))["data"]
    await office.works()
    data(await boss.client.delete(f"/v2/organizations/{acme}/users/{eve['id']}"))
    assert (await follows(client, link_in(mailbox, EVE))).status_code == 404


async def test_who_has_an_account_is_invited_to_a_team_and_gets_no_other_key(
    boss: Host, people: People, client: Client, office: Office, mailbox: Mailbox
) -> None:
    lab = await people.team("lab")
    await people.joins(boss, lab, Role.OWNER)
    carl = await people.account("carl")
    path = f"/v2/teams/{lab}/memberships"
    body = {"userId": carl.id, "accepted": True}
    data(await boss.client.post(path, json=body), 201)
    refusal(await boss.client.post(path, json=body), 409)
    await office.works()
    assert mailbox.recipients == [carl.email] * 2
    answer = await follows(client, link_in(mailbox, carl.email))
    assert answer.status_code == 200
    assert "<code>" not in answer.text
    data(await carl.client.get(f"/v2/teams/{lab}"))


async def test_accepting_by_the_api_closes_the_link(
    boss: Host, people: People, client: Client, office: Office, mailbox: Mailbox
) -> None:
    lab = await people.team("lab")
    await people.joins(boss, lab, Role.OWNER)
    carl = await people.account("carl")
    path = f"/v2/teams/{lab}/memberships"
    made = data(await boss.client.post(path, json={"userId": carl.id}), 201)
    await office.works()
    data(await carl.client.patch(f"{path}/{made['id']}", json={"accepted": True}))
    assert (await follows(client, link_in(mailbox, carl.email))).status_code == 409


async def test_an_address_that_nobody_proved_is_mailed_nothing(
    boss: Host, people: People, office: Office, mailbox: Mailbox
) -> None:
    lab = await people.team("lab")
    await people.joins(boss, lab, Role.OWNER)
    carl = await people.account("carl")
    async with people.database.connection() as connection:
        await connection.execute("UPDATE users SET email_verified_at = NULL WHERE id = %s", (carl.id,))
    data(await boss.client.post(f"/v2/teams/{lab}/memberships", json={"userId": carl.id}), 201)
    await office.works()
    assert mailbox.recipients == []


async def test_an_invitation_goes_to_the_address_that_is_proven_and_not_to_the_one_that_waits(
    boss: Host, people: People, client: Client, office: Office, mailbox: Mailbox
) -> None:
    lab = await people.team("lab")
    await people.joins(boss, lab, Role.OWNER)
    carl = await people.account("carl")
    data(await carl.client.patch("/v2/me", json={"email": "victim@example.com"}))
    data(await boss.client.post(f"/v2/teams/{lab}/memberships", json={"userId": carl.id}), 201)
    await office.works()
    assert "/invitation?" not in mailbox.to("victim@example.com").text
    invited = [mail for mail in mailbox.received if "/invitation?" in mail.text]
    assert [mail.recipient for mail in invited] == [carl.email]
    assert (await follows(client, link_in(mailbox, carl.email))).status_code == 200
    assert data(await carl.client.get("/v2/me"))["email"] == "victim@example.com"


async def test_nobody_proves_by_an_invitation_what_another_account_has_proven(
    boss: Host, acme: int, people: People, client: Client, office: Office, mailbox: Mailbox
) -> None:
    await invites(boss, acme)
    await office.works()
    real = await people.account("real")
    async with people.database.transaction() as work:
        user = await accounts.find_user_by_email(work.connection, real.email)
        await accounts.change_account(work, user, AccountChanges(email=EVE), now=NOW)
    assert (await follows(client, link_in(mailbox, EVE))).status_code == 409
    async with people.database.connection() as connection:
        assert (await accounts.find_user_by_email(connection, EVE)).id == real.id


async def test_the_mail_speaks_the_language_of_the_account(
    boss: Host, acme: int, client: Client, office: Office, mailbox: Mailbox
) -> None:
    await invites(boss, acme, locale="de")
    await office.works()
    assert "lädt Sie zu Acme ein" in mailbox.to(EVE).subject
    assert "Einladung annehmen" in (await client.get(link_in(mailbox, EVE))).text
