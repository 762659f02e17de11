"""Deliveries that may not be sent, or cannot be signed, are logged as such (webhooks note, 11)."""

from pydantic import SecretStr

from kalends.encryption import Keyring
from kalends.outgoing import Outgoing
from kalends.webhooks.courier import Courier
from tests.support.client import Host
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, deliveries, subscribe
from tests.webhooks.test_delivering import books


async def test_a_blocked_delivery_is_logged_as_such(ana: Host, receiver: Receiver, post: Post) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    strict = Outgoing(allow_private=False)
    post.courier = Courier(strict, Keyring(post.settings), post.clock)
    await books(ana)
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
    await books(ana)
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert logged["attempts"][0]["error"] == "secret"
    assert "KALENDS_SECRET_KEY" in logged["attempts"][0]["errorDetail"]
    assert receiver.requests == []
