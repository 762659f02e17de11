"""What handlers of webhooks ask for: the caller's scope or webhook, checked before the body is looked at."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.api.dependencies import CurrentSettings, Reader
from kalends.api.fields import EventTypeId
from kalends.auth.dependencies import Caller
from kalends.encryption import Keyring
from kalends.outgoing import Outgoing
from kalends.webhooks import service
from kalends.webhooks.following import Follower
from kalends.webhooks.schemas import WebhookId
from kalends.webhooks.webhook import Scope, Webhook


async def own_webhook(caller: Caller, webhook_id: WebhookId, connection: Reader) -> Webhook:
    """Return the webhook of the path, which must be the caller's."""
    return await service.get_for_user(connection, caller, webhook_id)


async def _event_type_scope(caller: Caller, event_type_id: EventTypeId, connection: Reader) -> Scope:
    return await service.event_type_scope(connection, caller, event_type_id)


OwnWebhook: TypeAlias = Annotated[Webhook, Depends(own_webhook)]
EventTypeScope: TypeAlias = Annotated[Scope, Depends(_event_type_scope)]


async def event_type_webhook(scope: EventTypeScope, webhook_id: WebhookId, connection: Reader) -> Webhook:
    """Return the webhook of the path, which must be one of its event type, and that the caller's."""
    return await service.get_of_event_type(connection, scope, webhook_id)


EventTypeWebhook: TypeAlias = Annotated[Webhook, Depends(event_type_webhook)]


async def _keys(request: Request) -> Keyring:
    keys: Keyring = request.app.state.keys
    return keys


async def _outgoing(request: Request) -> Outgoing:
    outgoing: Outgoing = request.app.state.outgoing
    return outgoing


async def _follower(settings: CurrentSettings) -> Follower:
    return Follower(settings.base_url)


Keys: TypeAlias = Annotated[Keyring, Depends(_keys)]
Sender: TypeAlias = Annotated[Outgoing, Depends(_outgoing)]
Following: TypeAlias = Annotated[Follower, Depends(_follower)]
