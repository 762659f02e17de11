"""A subscriber, and the worker that delivers to it, step by step."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from kalends.app import Api
from kalends.db.database import Database
from kalends.outbox import consumption, timers
from kalends.outbox.consumption import Consumers
from kalends.settings import Settings
from kalends.webhooks.deliveries.courier import Courier
from kalends.webhooks.deliveries.following import Follower
from kalends.worker import BOOKINGS
from tests.conftest import Clock
from tests.support.client import Host, data
from tests.support.receiver import Receiver, receiving


@dataclass(slots=True)
class Post:
    """The worker, which works when told to."""

    database: Database
    settings: Settings
    clock: Clock
    courier: Courier
    consumers: Consumers

    async def hands_on(self) -> None:
        """Let due timers take effect, and turn all facts into deliveries."""
        while await timers.fire_due(self.database, BOOKINGS, now=self.clock()):
            pass
        while await consumption.consume(self.database, self.consumers, now=self.clock()):
            pass

    async def delivers(self) -> None:
        """Do all that is due now."""
        await self.hands_on()
        while await self.courier.send_due(self.database, self.settings, self.clock()):
            await self.courier.settled()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Return a subscriber."""
    async with receiving() as running:
        yield running


@pytest.fixture
def post(api: Api, database: Database, settings: Settings, clock: Clock) -> Post:
    """Return the worker."""
    courier = Courier(api.runtime.outgoing, api.runtime.keys, clock)
    return Post(database, settings, clock, courier, {"webhooks": Follower(settings.base_url)})


async def subscribe(host: Host, receiver: Receiver, *triggers: str, **properties: Any) -> dict[str, Any]:
    """Make a webhook of a user."""
    body = {"active": True, "subscriberUrl": receiver.url, "triggers": list(triggers), **properties}
    made: dict[str, Any] = data(await host.client.post("/v2/webhooks", json=body), 201)
    return made


async def deliveries(host: Host, webhook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    """Return the log of a webhook of a user."""
    answer = await host.client.get(f"/v2/webhooks/{webhook['id']}/deliveries", params=query)
    listed: list[dict[str, Any]] = data(answer)
    return listed
