"""A platform's day, from its client to the end of a user."""

from datetime import timedelta

from tests.conftest import Clock
from tests.platform.test_webhooks import is_signed, subscribe
from tests.support.client import Client, client_with_key, data, refusal
from tests.support.platforms import Platform
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post


async def test_a_day(acme: Platform, client: Client, receiver: Receiver, post: Post, clock: Clock) -> None:
    product = await acme.product("Clinic", redirectUris=["https://clinic.example.com"])
    await subscribe(product.secret_only, product.path, receiver)
    ann = await product.user("ann", timeZone="Europe/Rome")
    await product.user("bea")
    hours = [{"days": ["Monday"], "startTime": "10:00", "endTime": "12:00"}]
    schedule = data(await ann.client.get("/v2/schedules/default"))
    data(await ann.client.patch(f"/v2/schedules/{schedule['id']}", json={"availability": hours}))
    await ann.host.creates_event_type("visit")

    # A patient finds a time by names, from the product's own page, and takes it.
    query = {
        "username": ann.username,
        "eventTypeSlug": "visit",
        "start": "2050-09-05",
        "end": "2050-09-05",
    }
    slots = data(await client.get("/v2/slots", params=query))
    [first, _] = slots["2050-09-05"]
    assert first["start"] == "2050-09-05T08:00:00.000Z"
    wanted = {
        "username": ann.username,
        "eventTypeSlug": "visit",
        "start": first["start"],
        "attendee": {"name": "Bo", "email": "bo@example.com", "timeZone": "Europe/Rome"},
    }
    booked = data(await client.post("/v2/bookings", json=wanted), 201)
    assert [one["uid"] for one in data(await ann.client.get("/v2/bookings"))] == [booked["uid"]]
    await post.delivers()
    [request] = receiver.requests
    assert is_signed(request)
    assert request.json["payload"]["platformClientId"] == product.id

    # The browser's token expires, and the product's server gets another one.
    clock.advance(timedelta(minutes=61))
    origin = {"Origin": "https://clinic.example.com"}
    refusal(await ann.client.get("/v2/me", headers=origin), 498)
    keys = data(await product.refreshes(ann.refresh_token))
    fresh = client_with_key(client, keys["accessToken"])
    assert data(await fresh.get("/v2/me", headers=origin))["id"] == ann.id
    refusal(await fresh.get("/v2/me", headers={"Origin": "https://elsewhere.example.com"}), 401)

    # The doctor leaves, and with her what was booked.
    data(await product.secret_only.delete(f"{product.users}/{ann.id}"))
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
    assert receiver.bodies[1]["payload"]["uid"] == booked["uid"]
    refusal(await fresh.get("/v2/me"), 401)
    assert len(data(await product.secret_only.get(product.users))) == 1
