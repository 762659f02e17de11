"""What follows from the address of an account follows from the proven one.

Each test tries it for an address that waits to be confirmed, for one that somebody only typed, and, to show
that it would notice, for one that is proven. `tests/source/test_addresses.py` lists the places.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from kalends.accounts import service as accounts
from kalends.accounts.refusals import UnknownAccount
from kalends.db.database import Database
from kalends.memberships.membership import Role
from kalends.notifications import queries as notifications
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import SEATS, TEN, URL, attendee
from tests.support.client import Client, Guest, Host, booking_of, data
from tests.support.organizations import People

VICTIM = "victim@corp.example"
BLOCKED = "blocked@example.com"

Obtains: TypeAlias = Callable[[Host, str], Awaitable[None]]


@pytest.fixture(params=["waiting", "typed", "proven"])
def way(request: pytest.FixtureRequest) -> str:
    """Return how an account comes to an address."""
    return str(request.param)


@pytest.fixture
def is_proven(way: str) -> bool:
    """Return whether that proves it."""
    return way == "proven"


@pytest.fixture
def obtains(way: str, database: Database) -> Obtains:
    """Return what gives an account an address in that way."""

    async def waiting(host: Host, email: str) -> None:
        data(await host.client.patch("/v2/me", json={"email": email}))

    async def writing(host: Host, email: str) -> None:
        async with database.connection() as connection:
            await connection.execute(
                "UPDATE users SET email = %s, email_verified_at = CASE WHEN %s THEN now() END WHERE id = %s",
                (email, way == "proven", host.id),
            )

    return waiting if way == "waiting" else writing


def as_victim(email: str = VICTIM) -> dict[str, Any]:
    return {"attendee": {**attendee("victim"), "email": email}}


async def uids(client: Client, path: str = URL, **query: Any) -> list[str]:
    return [booking["uid"] for booking in data(await client.get(path, params=query))]


async def test_bookings_that_one_attends_are_listed(
    ana: Host, ben: Host, guest: Guest, obtains: Obtains, is_proven: bool
) -> None:
    booking = await guest.books(await ana.creates_event_type(), **as_victim())
    await obtains(ben, VICTIM)
    assert await uids(ben.client) == ([booking["uid"]] if is_proven else [])


@pytest.mark.parametrize("path", ["bookings", "users/{user}/bookings", "bookings?userIds={user}"])
async def test_organizations_list_what_their_members_attend(
    ana: Host, guest: Guest, people: People, obtains: Obtains, is_proven: bool, path: str
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    member = await people.member("carl", acme, Role.MEMBER)
    booking = await guest.books(await ana.creates_event_type(), **as_victim())
    await obtains(member, VICTIM)
    shown = await uids(boss.client, f"/v2/organizations/{acme}/{path.format(user=member.id)}")
    assert shown == ([booking["uid"]] if is_proven else [])


async def test_ones_own_seat_is_whole(
    ana: Host, ben: Host, guest: Guest, obtains: Obtains, is_proven: bool
) -> None:
    event_type = await ana.creates_event_type(seats={**SEATS, "showAttendeeInfo": False})
    booking = await guest.books(event_type, **as_victim())
    await obtains(ben, VICTIM)
    shown = data(await ben.client.get(f"{URL}/{booking['uid']}"))
    assert (VICTIM in str(shown["attendees"])) is is_proven


async def test_acts_are_signed(ana: Host, ben: Host, guest: Guest, obtains: Obtains, is_proven: bool) -> None:
    booking = await guest.books(await ana.creates_event_type(), **as_victim())
    await obtains(ben, VICTIM)
    moved = await ben.reschedules(booking, "2050-09-05T11:00:00Z")
    assert (moved.get("rescheduledByEmail") == VICTIM) is is_proven
    cancelled = await ben.cancels(moved, "ill")
    assert (cancelled.get("cancelledByEmail") == VICTIM) is is_proven


async def test_a_block_is_lifted_for_oneself(ana: Host, ben: Host, obtains: Obtains, is_proven: bool) -> None:
    event_type = await ana.creates_event_type()
    await obtains(ben, BLOCKED)
    answer = await ben.client.post(URL, json=booking_of(event_type["id"], TEN, **as_victim(BLOCKED)))
    assert answer.status_code == (201 if is_proven else 403)


async def test_what_one_books_takes_ones_time(
    ana: Host, ben: Host, client: Client, obtains: Obtains, is_proven: bool
) -> None:
    own = await ben.creates_event_type()
    await obtains(ben, VICTIM)
    await ben.books(await ana.creates_event_type(), **as_victim())
    answer = await client.post(URL, json=booking_of(own["id"], TEN))
    assert answer.status_code == (400 if is_proven else 201)


async def test_what_strangers_may_have_mailed_to_an_address_is_limited_until_it_is_proven(
    ben: Host, database: Database, obtains: Obtains, is_proven: bool
) -> None:
    await obtains(ben, VICTIM)
    async with database.connection() as connection:
        limited = await notifications.count_recent(connection, [VICTIM])
    assert (VICTIM not in limited) is is_proven


async def test_an_account_that_has_it_proven_stands_in_the_way_of_others_and_no_other_does(
    ana: Host, ben: Host, people: People, obtains: Obtains, is_proven: bool
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    await obtains(ben, VICTIM)
    answer = await ana.client.patch("/v2/me", json={"email": VICTIM.upper()})
    assert answer.status_code == (409 if is_proven else 200)
    answer = await boss.client.post(f"/v2/organizations/{acme}/users", json={"email": VICTIM})
    assert answer.status_code == (409 if is_proven else 201)


async def test_organizations_take_an_address_for_their_users_unless_another_has_proven_it(
    ben: Host, people: People, obtains: Obtains, is_proven: bool
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    path = f"/v2/organizations/{acme}/users"
    eve = data(await boss.client.post(path, json={"email": "eve@acme.org"}), 201)
    await obtains(ben, VICTIM)
    answer = await boss.client.patch(f"{path}/{eve['id']}", json={"email": VICTIM})
    assert answer.status_code == (409 if is_proven else 200)


async def asks(host: Host) -> None:
    data(await host.client.patch("/v2/me", json={"email": VICTIM}))


async def test_an_address_that_waits_finds_nobody(ben: Host, database: Database) -> None:
    await asks(ben)
    async with database.connection() as connection:
        assert (await accounts.find_user_by_email(connection, ben.email)).id == ben.id
        with pytest.raises(UnknownAccount):
            await accounts.find_user_by_email(connection, VICTIM)


async def test_mails_invitations_and_outputs_of_a_host_go_by_the_address_that_counts(
    ben: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await asks(ben)
    booking = await guest.books(await ben.creates_event_type())
    assert [host["email"] for host in booking["hosts"]] == [ben.email]
    await office.works()
    assert VICTIM not in [mail.recipient for mail in mailbox.received if mail.invitation is not None]
    mailbox.to(booking["attendees"][0]["email"])
    told = mailbox.to(booking["attendees"][0]["email"])
    assert told.message["Reply-To"] == ben.email
    assert str(told.event.organizer.value).lower() == f"mailto:{ben.email}"
    assert VICTIM not in told.message.as_string()


async def test_an_organization_sees_the_address_that_counts(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    carl = await people.member("carl", acme)
    await asks(carl)
    shown = data(await boss.client.get(f"/v2/organizations/{acme}/users"))
    assert {user["email"] for user in shown} == {boss.email, carl.email}
    assert data(await boss.client.get(f"/v2/organizations/{acme}/users", params={"emails": VICTIM})) == []
    absences = f"/v2/organizations/{acme}/ooo"
    assert data(await boss.client.get(absences, params={"email": VICTIM})) == []


async def test_an_organization_that_changes_a_proven_address_waits_for_its_holder(
    people: People, database: Database, office: Office, mailbox: Mailbox
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    path = f"/v2/organizations/{acme}/users"
    eve = data(await boss.client.post(path, json={"email": "eve@acme.org"}), 201)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET email_verified_at = now() WHERE id = %s", (eve["id"],))
    changed = data(await boss.client.patch(f"{path}/{eve['id']}", json={"email": VICTIM, "bio": "Hi"}))
    assert (changed["email"], changed["emailVerified"], changed["bio"]) == (VICTIM, None, "Hi")
    [listed] = [user for user in data(await boss.client.get(path)) if user["id"] == eve["id"]]
    assert (listed["email"], listed["emailVerified"] is None) == ("eve@acme.org", False)
    await office.works()
    assert "/confirm-email?" in mailbox.to(VICTIM).text


async def test_an_organization_corrects_an_address_that_nobody_has_proven_at_once(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    path = f"/v2/organizations/{acme}/users"
    eve = data(await boss.client.post(path, json={"email": "evee@acme.org"}), 201)
    data(await boss.client.patch(f"{path}/{eve['id']}", json={"email": "eve@acme.org"}))
    [listed] = [user for user in data(await boss.client.get(path)) if user["id"] == eve["id"]]
    assert (listed["email"], listed["emailVerified"]) == ("eve@acme.org", None)


async def test_an_organization_has_one_user_of_an_address(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    path = f"/v2/organizations/{acme}/users"
    eve, eva = [
        data(await boss.client.post(path, json={"email": email, "username": email[:3]}), 201)
        for email in ("eve@acme.org", "eva@acme.org")
    ]
    for email in ("eve@acme.org", "EVE@acme.org"):
        assert (await boss.client.post(path, json={"email": email})).status_code == 409
        answer = await boss.client.patch(f"{path}/{eva['id']}", json={"email": email})
        assert answer.status_code == 409
    data(await boss.client.delete(f"{path}/{eve['id']}"))
    data(await boss.client.patch(f"{path}/{eva['id']}", json={"email": "eve@acme.org"}))
