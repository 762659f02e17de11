"""The log of a webhook, and what to do about it: ours, in the style of the API, and alike in every scope."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import Now, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.query import Query
from kalends.auth.dependencies import Caller
from kalends.webhooks import pinging, schemas, service
from kalends.webhooks.guards import Following, Keys, Sender
from kalends.webhooks.schemas import DeliveryId
from kalends.webhooks.webhook import Webhook

DeliveriesPage: TypeAlias = Annotated[schemas.DeliveriesQuery, Depends(Query(schemas.DeliveriesQuery))]


def delivery_router(prefix: str, tag: str, webhook_of_path: Guard[Webhook]) -> Router:
    """Return the operations on the deliveries of a webhook, which the guard loads for the caller."""
    router = Router(f"{prefix}/{{webhookId}}", tag)

    @router.get("/deliveries")
    async def list_deliveries(
        webhook: Annotated[Webhook, Depends(webhook_of_path)], page: DeliveriesPage, connection: Reader
    ) -> list[schemas.DeliveryOutput]:
        """List what was and is to be delivered to a webhook, the latest first, with every attempt."""
        found = await service.list_deliveries(connection, webhook, page.to_command())
        return [schemas.delivery(one) for one in found]

    @router.post("/deliveries/{deliveryId}/retry", status=200)
    async def retry_delivery(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        delivery_id: DeliveryId,
        follower: Following,
        work: Work,
        now: Now,
    ) -> schemas.DeliveryOutput:
        """Deliver again, at once, under the same message id."""
        return schemas.delivery(await service.retry(work, follower, webhook, delivery_id, now=now))

    @router.post("/replay", status=200)
    async def replay_events(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        body: schemas.ReplayBody,
        follower: Following,
        work: Work,
        now: Now,
    ) -> schemas.ReplayOutput:
        """Deliver again all that happened since a moment: at most 1,000 events, which are kept for 30 days.

        `next` is from where to go on when there were more.
        """
        replayed = await service.replay(work, follower, webhook, body.to_command(), now=now)
        return schemas.replay(replayed)

    @router.post("/ping", status=200)
    async def ping(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        caller: Caller,
        keys: Keys,
        sender: Sender,
        now: Now,
    ) -> schemas.PingOutput:
        """Send a sample, and tell what came of it."""
        known = service.reveal(keys, webhook)
        return schemas.ping(await pinging.ping(sender, known, caller_id=caller.user.id, now=now))

    return router
