"""Webhooks of OAuth clients: who has them, and what they hear (webhooks.md 3.3)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from kalends.db.database import Database
from kalends.memberships.membership import Role
from kalends.webhooks.farewell import service as farewell
from tests.conftest import Clock
from tests.support.client import Client, Guest, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Managed, Platform, Product, make_platform
from tests.support.receiver import Received, Receiver
from tests.webhooks.conftest import Post

TEN, ELEVEN = "2050-09-05T10:00:00Z", "2050-09-05T11:00:00Z"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URIS = {
    "bookingRedirectUri": "https://acme.example.com/booking?from=mail",
    "bookingCancelRedirectUri": "https://acme.example.com/cancel/",
    "bookingRescheduleRedirectUri": None,
}


async def subscribe(client: Client, path: str, receiver: Receiver, **properties: Any) -> dict[str, Any]:
    body = {
        "active": True,
        "subscriberUrl": receiver.url,
        "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED"],
        "secret": SECRET,
        **properties,
    }
    made: dict[str, Any] = data(await client.post(f"{path}/webhooks", json=body), 201)
    return made


def is_signed(request: Received) -> bool:
    """Tell whether the signature of a request is what the standard makes of it, at the time of its sender."""
    at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    return Webhook(SECRET).sign(request.id, at, request.body.decode()) == request.headers["webhook-signature"]


async def books(user: Managed, start: str = TEN, **event_type: Any) -> dict[str, Any]:
    made = await user.host.creates_event_type(**event_type)
    anybody = Client(transport=user.client._transport, base_url=user.client.base_url)
    booked: dict[str, Any] = await Guest(anybody).books(made, start)
    return booked


async def test_the_secret_of_the_client_is_enough(product: Product, receiver: Receiver) -> None:
    made = await subscribe(product.secret_only, product.path, receiver)
    assert made["oAuthClientId"] == product.id
    path = f"{product.path}/webhooks/{made['id']}"
    assert data(await product.secret_only.get(path)) == made
    assert data(await product.secret_only.get(f"{product.path}/webhooks")) == [made]
    assert data(await product.client.get("/v2/platform/webhooks")) == [made]
    changed = data(await product.secret_only.patch(path, json={"active": False}))
    assert changed == {**made, "active": False}
    taken = {"active": True, "subscriberUrl": receiver.url, "triggers": []}
    refusal(await product.secret_only.post(f"{product.path}/webhooks", json=taken), 409)
    assert data(await product.secret_only.delete(path))["id"] == made["id"]
    assert refusal(await product.secret_only.get(path), 404)["code"] == "NotFoundException"
    await subscribe(product.secret_only, product.path, receiver)
    assert data(await product.secret_only.delete(f"{product.path}/webhooks")) == "1 webhooks deleted"


async def test_members_see_them_and_admins_change_them(
    people: People, client: Client, acme: Platform, product: Product, receiver: Receiver
) -> None:
    made = await subscribe(product.secret_only, product.path, receiver)
    hooks = f"{product.path}/webhooks"
    member = await people.member("member", acme.id)
    admin = await people.member("admin", acme.id, Role.ADMIN)
    stranger = (await make_platform(people, "other")).key
    ann = await product.user("ann")
    body = {"active": True, "subscriberUrl": f"{receiver.url}/b", "triggers": []}
    assert len(data(await member.client.get(hooks))) == 1
    data(await member.client.get(f"{hooks}/{made['id']}"))
    refusal(await member.client.post(hooks, json=body), 403)
    refusal(await member.client.patch(f"{hooks}/{made['id']}", json={}), 403)
    refusal(await member.client.delete(hooks), 403)
    refusal(await stranger.get(hooks), 403)
    refusal(await client.get(hooks), 401)
    data(await admin.client.post(hooks, json=body), 201)
    for path in (hooks, f"{hooks}/{made['id']}"):
        refusal(await ann.client.get(path), 403)


async def test_a_webhook_of_another_scope_is_none_of_the_client(
    acme: Platform, product: Product, receiver: Receiver
) -> None:
    other = await acme.product("Other")
    theirs = await subscribe(other.secret_only, other.path, receiver)
    own = await subscribe(acme.owner.client, "/v2", receiver)
    for made in (theirs, own):
        refusal(await product.secret_only.get(f"{product.path}/webhooks/{made['id']}"), 403)
        refusal(await product.client.get(f"/v2/platform/webhooks/{made['id']}"), 403)


async def test_a_booking_of_a_managed_user_is_told(
    acme: Platform, product: Product, receiver: Receiver, post: Post
) -> None:
    await subscribe(product.secret_only, product.path, receiver)
    other = await acme.product("Other")
    await subscribe(other.secret_only, other.path, receiver, subscriberUrl=f"{receiver.url}/other")
    ann = await product.user("ann", timeZone="Europe/Rome")
    booked = await books(ann)
    await post.delivers()
    [request] = receiver.requests
    assert is_signed(request)
    told = request.json["payload"]
    assert (told["uid"], told["organizer"]["id"]) == (booked["uid"], ann.id)
    nothing = dict.fromkeys(("platformRescheduleUrl", "platformCancelUrl", "platformBookingUrl"), None)
    assert {**told, "platformClientId": product.id, **nothing} == told
    assert "arePlatformEmailsEnabled" not in told


async def test_what_happens_later_is_told_with_the_uris(
    acme: Platform, product: Product, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await acme.key.patch(product.path, json=URIS)
    await subscribe(product.secret_only, product.path, receiver)
    ann = await product.user("ann", timeZone="Europe/Rome")
    asked = await books(
        ann, slug="asked", confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False}
    )
    await ann.host.declines(asked)
    booked = await books(ann, ELEVEN)
    await ann.host.cancels(booked, "Ill")
    await post.delivers()
    shown = {
        "platformClientId": product.id,
        "platformBookingUrl": URIS["bookingRedirectUri"],
        "platformCancelUrl": URIS["bookingCancelRedirectUri"],
        "platformRescheduleUrl": None,
    }
    assert receiver.triggers == ["BOOKING_REJECTED", "BOOKING_CREATED", "BOOKING_CANCELLED"]
    for body in receiver.bodies:
        assert {**body["payload"], **shown} == body["payload"]
    assert receiver.bodies[0]["payload"]["arePlatformEmailsEnabled"] is False


async def test_bookings_of_others_are_not_told(
    acme: Platform, product: Product, receiver: Receiver, post: Post
) -> None:
    await subscribe(product.secret_only, product.path, receiver)
    event_type = await acme.owner.creates_event_type()
    await acme.owner.books(event_type, TEN)
    await post.delivers()
    assert receiver.requests == []


@pytest.mark.parametrize("is_followed", [True, False], ids=["followed", "not followed"])
async def test_a_deleted_user_is_told_of_last(
    product: Product, receiver: Receiver, post: Post, is_followed: bool
) -> None:
    await subscribe(product.secret_only, product.path, receiver)
    ann = await product.user("ann", timeZone="Europe/Rome")
    booked = await books(ann)
    if is_followed:
        await post.delivers()
    data(await product.secret_only.delete(f"{product.users}/{ann.id}"))
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
    told = receiver.bodies[1]["payload"]
    assert (told["uid"], told["platformClientId"]) == (booked["uid"], product.id)
    assert told["cancellationReason"] == "The account of the host was deleted."
    assert len(data(await product.secret_only.get(f"{product.path}/webhooks"))) == 1


async def test_a_deleted_client_is_told_of_last(
    acme: Platform, product: Product, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    await subscribe(product.secret_only, product.path, receiver)
    await books(await product.user("ann", timeZone="Europe/Rome"))
    data(await acme.key.delete(product.path))
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED"]
    await farewell.forget(database, clock.now)
    async with database.connection() as connection:
        assert await (await connection.execute("SELECT FROM webhooks")).fetchall() == []


async def test_what_was_missed_is_told_again(product: Product, receiver: Receiver, post: Post) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    booked = await books(ann)
    await post.delivers()
    made = await subscribe(product.secret_only, product.path, receiver)
    path = f"{product.path}/webhooks/{made['id']}"
    replayed = data(await product.secret_only.post(f"{path}/replay", json={"from": "2000-01-01T00:00:00Z"}))
    assert replayed["queued"] == 1
    await post.delivers()
    assert [body["payload"]["uid"] for body in receiver.bodies] == [booked["uid"]]
    [delivery] = data(await product.secret_only.get(f"{path}/deliveries"))
    assert delivery["status"] == "succeeded"
    assert data(await product.secret_only.post(f"{path}/ping"))["ok"]
