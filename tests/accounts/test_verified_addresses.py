"""An address counts once its holder confirms it; until then the one before does."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from kalends.accounts import service as accounts
from kalends.accounts.refusals import AmbiguousAccount, EmailTaken, UnknownAccount
from kalends.accounts.service import AccountChanges
from kalends.accounts.user import User
from kalends.db.database import Database
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox, Received
from tests.support.client import Client, Host, data, make_host, refusal
from tests.web.scene import Browser, Page

ADA = "ada@example.com"
IDA = "ida@example.com"


async def account_of(database: Database, named: str) -> User:
    async with database.connection() as connection:
        return await accounts.find_user_by_email(connection, named)


async def changes(database: Database, clock: Clock, named: str, wanted: AccountChanges) -> User:
    async with database.transaction() as work:
        user = await accounts.find_user_by_email(work.connection, named)
        return await accounts.change_account(work, user, wanted, now=clock.now)


async def asks_for(host: Host, email: str) -> Any:
    return data(await host.client.patch("/v2/me", json={"email": email}))


async def email_of(host: Host) -> Any:
    return data(await host.client.get("/v2/me"))["email"]


async def forgets_proof(database: Database, host: Host) -> None:
    """Make an account one whose address nobody has proven, as organizations make them."""
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET email_verified_at = NULL WHERE id = %s", (host.id,))


def link_in(mail: Received) -> str:
    found = re.search(r"http://localhost:5555(/confirm-email\?token=\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]


async def link_to(office: Office, mailbox: Mailbox, email: str) -> str:
    await office.works()
    return link_in(mailbox.last_to(email))


async def confirms(browser: Browser, link: str) -> Page:
    return await browser.sends(await browser.opens(link))


async def test_an_address_of_the_operators_making_is_verified(ana: Host, database: Database) -> None:
    assert (await account_of(database, ana.email)).verified_email == ana.email


async def test_the_holder_sees_the_address_they_ask_for_at_once(ana: Host, database: Database) -> None:
    assert (await asks_for(ana, ADA))["email"] == ADA
    assert await email_of(ana) == ADA
    stored = await account_of(database, ana.email)
    assert (stored.verified_email, stored.pending_email) == (ana.email, ADA)
    with pytest.raises(UnknownAccount):
        await account_of(database, ADA)


async def test_whoever_confirms_by_the_mail_has_the_address(
    ana: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser, clock: Clock
) -> None:
    await asks_for(ana, ADA)
    link = await link_to(office, mailbox, ADA)
    asked = await browser.opens(link)
    assert all(part in asked.text for part in (ADA, ana.username, ana.email))
    assert asked.response.text.count("<button") == 1
    assert (await account_of(database, ana.email)).pending_email == ADA
    clock.advance(timedelta(hours=23))
    done = await browser.sends(asked)
    assert (done.status, "confirmed" in done.text) == (200, True)
    stored = await account_of(database, ADA)
    assert (stored.id, stored.email_verified_at, stored.pending_email) == (ana.id, clock.now, None)
    assert "confirmed" in (await browser.opens(link)).text
    with pytest.raises(UnknownAccount):
        await account_of(database, ana.email)


async def test_the_address_before_is_told(ana: Host, office: Office, mailbox: Mailbox) -> None:
    await asks_for(ana, ADA)
    await office.works()
    told = mailbox.to(ana.email)
    assert ADA in told.text
    assert "token=" not in told.text


async def test_the_mail_to_the_new_address_holds_nothing_that_whoever_asks_wrote(
    ana: Host, office: Office, mailbox: Mailbox
) -> None:
    data(await ana.client.patch("/v2/me", json={"name": "WIN A PRIZE", "email": ADA}))
    await office.works()
    assert "PRIZE" not in mailbox.to(ADA).message.as_string()


async def test_a_link_works_for_a_day(
    ana: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser, clock: Clock
) -> None:
    await asks_for(ana, ADA)
    link = await link_to(office, mailbox, ADA)
    asked = await browser.opens(link)
    clock.advance(timedelta(hours=24))
    assert (await browser.sends(asked)).status == 409
    assert (await browser.opens(link)).form() is None
    assert (await account_of(database, ana.email)).id == ana.id


async def test_the_same_request_mails_the_confirmation_again_but_three_times_an_hour(
    ana: Host, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    for email in (ADA, IDA, ADA, ADA, IDA):
        assert (await asks_for(ana, email))["email"] == email
    await office.works()
    assert mailbox.recipients.count(ADA) + mailbox.recipients.count(IDA) == 3
    assert mailbox.recipients.count(ana.email) == 2
    clock.advance(timedelta(hours=1))
    await asks_for(ana, ADA)
    await office.works()
    assert mailbox.recipients.count(ADA) == 3


async def test_the_address_before_once_more_drops_the_claim(
    ana: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await asks_for(ana, ADA)
    link = await link_to(office, mailbox, ADA)
    asked = await browser.opens(link)
    await asks_for(ana, ana.email)
    assert await email_of(ana) == ana.email
    assert (await browser.sends(asked)).status == 409
    assert await email_of(ana) == ana.email


async def test_a_link_to_an_address_that_is_no_longer_asked_for_does_nothing(
    ana: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await asks_for(ana, ADA)
    link = await link_to(office, mailbox, ADA)
    await asks_for(ana, IDA)
    assert (await browser.opens(link)).form() is None
    await confirms(browser, await link_to(office, mailbox, IDA))
    assert await email_of(ana) == IDA


async def test_several_wait_for_one_address_and_the_first_to_confirm_has_it(
    ana: Host, ben: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    links = {}
    for host in (ana, ben):
        await asks_for(host, ADA)
        links[host.username] = await link_to(office, mailbox, ADA)
    asked = await browser.opens(links["ana"])
    await confirms(browser, links["ben"])
    assert (await account_of(database, ADA)).id == ben.id
    late = await browser.sends(asked)
    assert (late.status, "another account" in late.text) == (409, True)
    assert await email_of(ana) == ana.email
    refusal(await ana.client.patch("/v2/me", json={"email": ADA.upper()}), 409)


async def test_of_two_who_confirm_at_once_exactly_one_has_the_address(
    ana: Host, ben: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    asked = []
    for host in (ana, ben):
        await asks_for(host, ADA)
        asked.append(await browser.opens(await link_to(office, mailbox, ADA)))
    pages = await asyncio.gather(*(browser.sends(page) for page in asked))
    assert sorted(page.status for page in pages) == [200, 409]
    assert sorted([await email_of(ana) == ADA, await email_of(ben) == ADA]) == [False, True]


async def test_one_link_twice_at_once_confirms_once(
    ana: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await asks_for(ana, ADA)
    asked = await browser.opens(await link_to(office, mailbox, ADA))
    pages = await asyncio.gather(*(browser.sends(asked) for _ in range(3)))
    assert {page.status for page in pages} <= {200, 409}
    assert await email_of(ana) == ADA


@pytest.mark.parametrize("token", ["", "x", "a" * 80, "====", "é"])
async def test_a_link_of_ones_own_making_is_refused(browser: Browser, token: str) -> None:
    assert (await browser.opens("/confirm-email", token=token)).status == 403
    assert (await browser.posts("/confirm-email", token=token)).status == 403


async def test_an_altered_link_is_refused(
    ana: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await asks_for(ana, ADA)
    link = await link_to(office, mailbox, ADA)
    place = link.index("token=") + len("token=")
    altered = link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :]
    assert (await browser.opens(altered)).status == 403


async def test_a_locked_account_is_given_no_address(
    ana: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser, clock: Clock
) -> None:
    await asks_for(ana, ADA)
    asked = await browser.opens(await link_to(office, mailbox, ADA))
    await changes(database, clock, ana.email, AccountChanges(is_locked=True))
    assert (await browser.sends(asked)).status == 409
    assert (await account_of(database, ana.email)).pending_email == ADA


@pytest.mark.parametrize("change", [{"email": "ANA@example.com"}, {"name": "Ada"}])
async def test_a_change_that_is_none_of_the_address_leaves_it_verified(
    ana: Host, database: Database, change: dict[str, str]
) -> None:
    data(await ana.client.patch("/v2/me", json=change))
    stored = await account_of(database, ana.email)
    assert (stored.email_verified_at is not None, stored.pending_email) == (True, None)


async def test_other_changes_leave_what_waits(ana: Host, database: Database) -> None:
    await asks_for(ana, ADA)
    data(await ana.client.patch("/v2/me", json={"timeFormat": 24}))
    assert (await account_of(database, ana.email)).pending_email == ADA


@pytest.mark.parametrize(
    ("wanted", "email"),
    [
        (AccountChanges(verifies_email=True), ADA),
        (AccountChanges(email=IDA), IDA),
        (AccountChanges(email=IDA, verifies_email=True), IDA),
    ],
)
async def test_the_operator_vouches_for_the_address_that_waits_or_for_another(
    ana: Host, database: Database, clock: Clock, wanted: AccountChanges, email: str
) -> None:
    await asks_for(ana, ADA)
    changed = await changes(database, clock, ana.email, wanted)
    assert (changed.email, changed.email_verified_at, changed.pending_email) == (email, clock.now, None)


async def test_the_operator_gives_nobody_what_another_has_proven(
    ana: Host, ben: Host, database: Database, clock: Clock
) -> None:
    await asks_for(ana, ADA)
    await asks_for(ben, ADA)
    await changes(database, clock, ana.email, AccountChanges(verifies_email=True))
    assert await email_of(ben) == ben.email
    with pytest.raises(EmailTaken):
        await changes(database, clock, ben.email, AccountChanges(email=ADA))


async def test_an_address_that_nobody_has_proven_is_confirmed_by_asking_for_it(
    ana: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await forgets_proof(database, ana)
    assert (await asks_for(ana, ana.email))["email"] == ana.email
    await confirms(browser, await link_to(office, mailbox, ana.email))
    assert (await account_of(database, ana.email)).verified_email == ana.email


async def test_an_account_is_found_by_an_address_that_nobody_has_proven_until_somebody_does(
    ana: Host, ben: Host, database: Database, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await forgets_proof(database, ana)
    assert (await account_of(database, ana.email)).id == ana.id
    await asks_for(ben, ana.email)
    assert (await account_of(database, ana.email)).id == ana.id
    await confirms(browser, await link_to(office, mailbox, ana.email))
    assert (await account_of(database, ana.email)).id == ben.id
    assert (await account_of(database, str(ana.id))).id == ana.id


async def test_of_several_that_have_proven_nothing_none_is_picked(
    ana: Host, ben: Host, client: Client, database: Database
) -> None:
    await forgets_proof(database, ana)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE users SET email = %s, email_verified_at = NULL WHERE id = %s", (ana.email, ben.id)
        )
    with pytest.raises(AmbiguousAccount) as refused:
        await account_of(database, ana.email)
    assert str(ben.id) in refused.value.message


async def test_nobody_waits_for_an_address_of_the_operators_making(
    ana: Host, client: Client, database: Database
) -> None:
    await asks_for(ana, "ada@example.com")
    await make_host(client, database, "ada", time_zone="Europe/Rome")
    assert await email_of(ana) == ana.email


async def test_pending_addresses_of_strangers_stand_in_nobodys_way(
    ana: Host, ben: Host, office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    await asks_for(ben, ADA)
    await asks_for(ana, ADA)
    await confirms(browser, await link_to(office, mailbox, ADA))
    assert await email_of(ana) == ADA
