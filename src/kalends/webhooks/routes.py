"""`/v2/webhooks` and `/v2/event-types/{eventTypeId}/webhooks`: webhooks of users and of event types."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.query import Query
from kalends.auth.dependencies import Caller
from kalends.webhooks import schemas, service
from kalends.webhooks.callers import (
    EventTypeScope,
    EventTypeWebhook,
    Keys,
    OwnWebhook,
    event_type_webhook,
    own_webhook,
)
from kalends.webhooks.delivery_routes import delivery_router

_OWN, _OWN_TAG = "/v2/webhooks", "Webhooks"
_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG = "/v2/event-types/{eventTypeId}/webhooks", "Event Types / Webhooks"

own = Router(_OWN, _OWN_TAG)
of_event_type = Router(_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG)

routers = (
    own,
    of_event_type,
    delivery_router(_OWN, _OWN_TAG, own_webhook),
    delivery_router(_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG, event_type_webhook),
)

Page: TypeAlias = Annotated[schemas.ListQuery, Depends(Query(schemas.ListQuery))]


@own.post("")
async def create_webhook(
    caller: Caller, body: schemas.CreateWebhookBody, keys: Keys, work: Work
) -> schemas.UserWebhookOutput:
    """Make a webhook of the caller."""
    made = await service.create(work, keys, service.user_scope(caller), body.to_columns())
    return schemas.user_webhook(service.reveal(keys, made))


@own.get("")
async def list_webhooks(
    caller: Caller, page: Page, keys: Keys, connection: Reader
) -> list[schemas.UserWebhookOutput]:
    """List the caller's webhooks, the oldest first."""
    found = await service.list_in(connection, service.user_scope(caller), take=page.take, skip=page.skip)
    return [schemas.user_webhook(service.reveal(keys, one)) for one in found]


@own.get("/{webhookId}")
async def get_webhook(webhook: OwnWebhook, keys: Keys) -> schemas.WholeWebhookOutput:
    """Show a webhook with all that is stored of it, and whether it fails."""
    return schemas.whole_webhook(service.reveal(keys, webhook))


@own.patch("/{webhookId}")
async def update_webhook(
    webhook: OwnWebhook, body: schemas.UpdateWebhookBody, keys: Keys, work: Work, now: Now
) -> schemas.UserWebhookOutput:
    """Change a webhook; what is not sent stays."""
    changed = await service.update(work, keys, webhook.id, body.sent(), now=now)
    return schemas.user_webhook(service.reveal(keys, changed))


@own.delete("/{webhookId}")
async def delete_webhook(webhook: OwnWebhook, keys: Keys, work: Work) -> schemas.UserWebhookOutput:
    """Delete a webhook and return it."""
    return schemas.user_webhook(service.reveal(keys, await service.delete(work, webhook.id)))


@of_event_type.post("")
async def create_event_type_webhook(
    scope: EventTypeScope, body: schemas.CreateWebhookBody, keys: Keys, work: Work
) -> schemas.EventTypeWebhookOutput:
    """Make a webhook of an event type."""
    made = await service.create(work, keys, scope, body.to_columns())
    return schemas.event_type_webhook(service.reveal(keys, made))


@of_event_type.get("")
async def list_event_type_webhooks(
    scope: EventTypeScope, page: Page, keys: Keys, connection: Reader
) -> list[schemas.EventTypeWebhookOutput]:
    """List the webhooks of an event type, the oldest first."""
    found = await service.list_in(connection, scope, take=page.take, skip=page.skip)
    return [schemas.event_type_webhook(service.reveal(keys, one)) for one in found]


@of_event_type.delete("")
async def delete_event_type_webhooks(scope: EventTypeScope, work: Work) -> str:
    """Delete all webhooks of an event type."""
    return f"{await service.delete_all(work, scope)} webhooks deleted"


@of_event_type.get("/{webhookId}")
async def get_event_type_webhook(webhook: EventTypeWebhook, keys: Keys) -> schemas.EventTypeWebhookOutput:
    """Show a webhook of an event type."""
    return schemas.event_type_webhook(service.reveal(keys, webhook))


@of_event_type.patch("/{webhookId}")
async def update_event_type_webhook(
    webhook: EventTypeWebhook, body: schemas.UpdateWebhookBody, keys: Keys, work: Work, now: Now
) -> schemas.EventTypeWebhookOutput:
    """Change a webhook of an event type; what is not sent stays."""
    changed = await service.update(work, keys, webhook.id, body.sent(), now=now)
    return schemas.event_type_webhook(service.reveal(keys, changed))


@of_event_type.delete("/{webhookId}")
async def delete_event_type_webhook(
    webhook: EventTypeWebhook, keys: Keys, work: Work
) -> schemas.EventTypeWebhookOutput:
    """Delete a webhook of an event type and return it."""
    return schemas.event_type_webhook(service.reveal(keys, await service.delete(work, webhook.id)))
