"""The log of a webhook, and what to do about it: ours, in the style of the API, and alike in every scope."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import CurrentDatabase, Now, Reader
from kalends.api.http.operation import Guard, Router
from kalends.api.input.query import Query
from kalends.auth.dependencies import Caller
from kalends.security.encryption import KeyMissing
from kalends.webhooks import inputs, outputs, pinging, service
from kalends.webhooks.guards import Following, Keys, Sender
from kalends.webhooks.inputs import DeliveryId
from kalends.webhooks.refusals import (
    EventForgotten,
    ReplayEndsBeforeStart,
    TemplateUnusable,
    UnknownDelivery,
    WebhookInactive,
)
from kalends.webhooks.webhook import Webhook

DeliveriesPage: TypeAlias = Annotated[inputs.DeliveriesQuery, Depends(Query(inputs.DeliveriesQuery))]


def delivery_router(prefix: str, tag: str, webhook_of_path: Guard[Webhook]) -> Router:
    """Return the operations on the deliveries of a webhook, which the guard loads for the caller."""
    router = Router(f"{prefix}/{{webhookId}}", tag)

    @router.get("/deliveries")
    async def list_deliveries(
        webhook: Annotated[Webhook, Depends(webhook_of_path)], page: DeliveriesPage, connection: Reader
    ) -> list[outputs.DeliveryOutput]:
        """List what was and is to be delivered to a webhook, the latest first, with every attempt."""
        found = await service.list_deliveries(connection, webhook, page.to_command())
        return [outputs.delivery_output(one) for one in found]

    @router.post(
        "/deliveries/{deliveryId}/retry",
        status=200,
        refuses=(UnknownDelivery, EventForgotten, WebhookInactive, KeyMissing),
    )
    async def retry_delivery(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        delivery_id: DeliveryId,
        follower: Following,
        database: CurrentDatabase,
        now: Now,
    ) -> outputs.DeliveryOutput:
        """Deliver again, at once, under the same message id."""
        return outputs.delivery_output(await service.retry(database, follower, webhook, delivery_id, now=now))

    @router.post("/replay", status=200, refuses=(WebhookInactive, ReplayEndsBeforeStart, KeyMissing))
    async def replay_events(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        body: inputs.ReplayBody,
        follower: Following,
        database: CurrentDatabase,
        now: Now,
    ) -> outputs.ReplayOutput:
        """Deliver again all that happened since a moment: at most 1,000 events, which are kept for 30 days.

        `next` is from where to go on when there were more.
        """
        replayed = await service.replay(database, follower, webhook, body.to_command(), now=now)
        return outputs.replay_output(replayed)

    @router.post("/ping", status=200, refuses=(TemplateUnusable, KeyMissing))
    async def ping(
        webhook: Annotated[Webhook, Depends(webhook_of_path)],
        caller: Caller,
        keys: Keys,
        sender: Sender,
        now: Now,
    ) -> outputs.PingOutput:
        """Send a sample, and tell what came of it."""
        known = service.reveal(keys, webhook)
        return outputs.ping_output(await pinging.ping(sender, known, caller_id=caller.user.id, now=now))

    return router
