"""Deliveries that may not be sent, or cannot be signed, are logged as such (webhooks.md 11)."""

import asyncio

from pydantic import SecretStr

from kalends.outgoing import Limits, Outgoing, parse_url
from kalends.security.encryption import Keyring
from kalends.webhooks.deliveries.courier import Courier
from tests.outgoing.servers import SlowNames
from tests.support.client import Host, data
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, deliveries, subscribe


async def test_a_blocked_delivery_is_logged_as_such(ana: Host, receiver: Receiver, post: Post) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    strict = Outgoing(allow_private=False)
    post.courier = Courier(strict, Keyring(post.settings), post.clock)
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert logged["attempts"][0]["error"] == "blocked_address"
    assert "KALENDS_OUTGOING_ALLOW_PRIVATE" in logged["attempts"][0]["errorDetail"]
    assert receiver.requests == []


async def test_a_secret_of_another_key_is_logged_and_shown_to_nobody(
    ana: Host, receiver: Receiver, post: Post
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", secret="s3cret")
    other = post.settings.model_copy(update={"secret_key": SecretStr("another secret of 32 characters!")})
    post.courier = Courier(post.courier._outgoing, Keyring(other), post.clock)
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert logged["attempts"][0]["error"] == "secret"
    assert "KALENDS_SECRET_KEY" in logged["attempts"][0]["errorDetail"]
    assert receiver.requests == []


async def test_names_that_do_not_answer_delay_only_the_webhooks_of_their_owner(
    ana: Host, ben: Host, receiver: Receiver, post: Post
) -> None:
    names = SlowNames()
    outgoing = Outgoing(allow_private=True, limits=Limits(lookups=8), resolve=names)
    post.courier = Courier(outgoing, Keyring(post.settings), post.clock)
    for number in range(20):
        body = {"active": True, "triggers": ["BOOKING_CREATED"]}
        body |= {"subscriberUrl": f"http://slow{number}.example/"}
        data(await ben.client.post("/v2/webhooks", json=body), 201)
    await ben.books(await ben.creates_event_type())
    await post.hands_on()
    await post.courier.send_due(post.database, post.settings, post.clock())
    port = parse_url(receiver.url).port
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", subscriberUrl=f"http://hooks.example:{port}/")
    await ana.books(await ana.creates_event_type())
    delivering = asyncio.create_task(post.delivers())
    arriving = asyncio.create_task(receiver.arrived.wait())
    await asyncio.wait([delivering, arriving], return_when=asyncio.FIRST_COMPLETED)
    is_first = arriving.done()
    names.released.set()
    await delivering
    arriving.cancel()
    [logged] = await deliveries(ana, webhook)
    assert is_first
    assert logged["status"] == "succeeded"
