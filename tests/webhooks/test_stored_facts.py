"""Facts that an earlier release has stored are delivered and replayed as that release would have done."""

from datetime import UTC, datetime

import msgspec
import pytest

from kalends.bookings.facts.fact import VERSION
from kalends.bookings.facts.stored import decode
from kalends.outbox.fact import Fact
from kalends.webhooks.deliveries.health import WebhookDisabled
from kalends.webhooks.deliveries.health import decode as decode_disabled
from kalends.webhooks.triggers import OF_BOOKINGS
from tests.bookings.facts import golden
from tests.bookings.facts.consequences import FOLLOWER
from tests.outbox.facts import happen
from tests.support.client import Host, data
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, subscribe

ALL = sorted({row.trigger for row in OF_BOOKINGS.values() if row is not None})


@pytest.mark.parametrize("version", range(VERSION + 1))
async def test_facts_of_every_version_are_delivered_and_replayed(
    version: int, ana: Host, receiver: Receiver, post: Post
) -> None:
    webhook = await subscribe(ana, receiver, *ALL)
    stored = golden.facts_of_version(version)
    await happen(post.database, *(fact_of(text, ana) for text in stored.values()))
    kept = golden.consequences_of_version(version)
    expected = sorted(told["bodies"][0] for told in kept.values() if told["bodies"])
    await post.delivers()
    assert sorted(bodies_at(receiver, post)) == expected
    receiver.requests.clear()
    replay = {"from": "2001-01-01T00:00:00Z"}
    replayed = data(await ana.client.post(f"/v2/webhooks/{webhook['id']}/replay", json=replay))
    assert replayed == {"queued": len(expected), "next": None}
    await post.delivers()
    assert sorted(bodies_at(receiver, post)) == expected


def test_a_webhook_that_was_switched_off_is_read_from_every_version() -> None:
    since, at = datetime(2050, 8, 27, tzinfo=UTC), datetime(2050, 9, 1, 6, tzinfo=UTC)
    told = WebhookDisabled("w1", "https://example.com/hook", since, at, "It fails.")
    text = (
        b'{"webhook_id":"w1","subscriber_url":"https://example.com/hook",'
        b'"failing_since":"2050-08-27T00:00:00Z","disabled_at":"2050-09-01T06:00:00Z","reason":"It fails."'
    )
    assert msgspec.json.encode(told) == text + b',"version":1}'
    for version in (b"}", b',"version":1}', b',"version":1,"coming":[1]}'):
        assert decode_disabled(text + version) == told


def fact_of(text: bytes, host: Host) -> Fact:
    """Return a stored text as a fact about a booking of this host."""
    fact = decode(text)
    return Fact(fact.kind.value, None, None, host.id, fact.ordering_key, text)


def bodies_at(receiver: Receiver, post: Post) -> list[str]:
    """Return what arrived, with the site of the golden bodies."""
    return [
        request.body.decode().replace(post.settings.base_url, FOLLOWER.site) for request in receiver.requests
    ]
