"""The log of a webhook, and what to do about it: ours, in the style of the API, and alike in every scope."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import Depends, Response

from kalends.api.dependencies import Now, Reader, Work
from kalends.api.envelope import success
from kalends.api.query import Query
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.webhooks import pinging, schemas, service
from kalends.webhooks.callers import Following, Keys, Sender
from kalends.webhooks.schemas import DeliveryId
from kalends.webhooks.webhook import Webhook

DeliveriesPage: TypeAlias = Annotated[schemas.DeliveriesQuery, Depends(Query(schemas.DeliveriesQuery))]


def delivery_router(prefix: str, tag: str, find: Callable[..., Awaitable[Webhook]]) -> Router:
    """Return the operations on the deliveries of a webhook, which `find` loads for the caller."""
    router = Router(f"{prefix}/{{webhookId}}", tag)

    @router.get("/deliveries", response_model=Success[list[schemas.DeliveryOutput]])
    async def list_deliveries(
        page: DeliveriesPage, connection: Reader, webhook: Webhook = Depends(find)
    ) -> Response:
        """List what was and is to be delivered to a webhook, the latest first, with every attempt."""
        found = await service.list_deliveries(connection, webhook, page.to_command())
        return success([schemas.delivery(one) for one in found])

    @router.post(
        "/deliveries/{deliveryId}/retry",
        response_model=Success[schemas.DeliveryOutput],
        status_code=200,
    )
    async def retry_delivery(
        delivery_id: DeliveryId,
        follower: Following,
        work: Work,
        now: Now,
        webhook: Webhook = Depends(find),
    ) -> Response:
        """Deliver again, at once, under the same message id."""
        return success(schemas.delivery(await service.retry(work, follower, webhook, delivery_id, now=now)))

    @router.post("/replay", response_model=Success[schemas.ReplayOutput], status_code=200)
    async def replay_events(
        body: schemas.ReplayBody,
        follower: Following,
        work: Work,
        now: Now,
        webhook: Webhook = Depends(find),
    ) -> Response:
        """Deliver again all that happened since a moment: at most 1,000 events, which are kept for 30 days.

        `next` is from where to go on when there were more.
        """
        replayed = await service.replay(work, follower, webhook, body.to_command(), now=now)
        return success(schemas.replay(replayed))

    @router.post("/ping", response_model=Success[schemas.PingOutput], status_code=200)
    async def ping(keys: Keys, sender: Sender, now: Now, webhook: Webhook = Depends(find)) -> Response:
        """Send a sample, and tell what came of it."""
        return success(schemas.ping(await pinging.ping(sender, service.reveal(keys, webhook), now=now)))

    return router
