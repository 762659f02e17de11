"""Users of a client who attend each other's bookings (bookings.md 2.4)."""

from tests.support.client import Client, Guest, data
from tests.support.platforms import Platform, Product

TEN, NOON = "2050-09-05T10:00:00Z", "2050-09-05T12:00:00Z"


async def test_attendees_have_the_addresses_that_the_client_knows_them_by(
    acme: Platform, client: Client, product: Product
) -> None:
    ann, bob = await product.user("ann", timeZone="Europe/Rome"), await product.user("bob")
    eve = await (await acme.product("Other")).user("eve")
    made = await ann.host.creates_event_type()
    attendee = {"name": "Bob", "email": "Bob@acme.example.com", "timeZone": "UTC"}
    guests = ["eve@acme.example.com", "stranger@example.com", "bob@acme.example.com"]
    booked = await Guest(client).books(made, TEN, attendee=attendee, guests=guests)
    assert booked["attendees"][0]["email"] == bob.email
    assert booked["bookingFieldsResponses"]["email"] == bob.email
    as_host = data(await ann.client.get(f"/v2/bookings/{booked['uid']}"))
    assert as_host["guests"] == ["eve@acme.example.com", "stranger@example.com", bob.email]
    listed = await ann.client.get("/v2/bookings", params={"attendeeEmail": bob.email})
    assert [one["uid"] for one in data(listed)] == [booked["uid"]]
    assert [one["uid"] for one in data(await bob.client.get("/v2/bookings"))] == [booked["uid"]]
    assert data(await eve.client.get("/v2/bookings")) == []


async def test_a_guest_named_in_both_forms_attends_once(client: Client, product: Product) -> None:
    ann, bob = await product.user("ann", timeZone="Europe/Rome"), await product.user("bob")
    made = await ann.host.creates_event_type()
    booked = await Guest(client).books(made, NOON, guests=[bob.email, "bob@acme.example.com"])
    assert data(await ann.client.get(f"/v2/bookings/{booked['uid']}"))["guests"] == [bob.email]


async def test_addresses_stay_where_no_client_is(client: Client, acme: Platform, product: Product) -> None:
    await product.user("bob")
    made = await acme.owner.creates_event_type()
    attendee = {"name": "Bob", "email": "bob@acme.example.com", "timeZone": "UTC"}
    booked = await Guest(client).books(made, TEN, attendee=attendee)
    assert booked["attendees"][0]["email"] == "bob@acme.example.com"
