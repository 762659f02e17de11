"""Webhooks, wherever the API has them: of a user, an event type, an organization, an OAuth client."""

from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends

from kalends.access.oversight import Oversight, no_oversight, open_ledger, organization_oversight
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.input.query import Query
from kalends.api.refusals import BoundReached
from kalends.audit.authorship import RequestAuthor
from kalends.security.encryption import KeyMissing
from kalends.webhooks import inputs, service
from kalends.webhooks.deliveries.routes import delivery_router
from kalends.webhooks.guards import (
    Keys,
    client_scope,
    client_webhook,
    event_type_scope,
    event_type_webhook,
    organization_scope,
    organization_webhook,
    own_client_scope,
    own_client_webhook,
    own_scope,
    own_webhook,
    readable_client_scope,
    readable_client_webhook,
    team_event_type_scope,
    team_event_type_webhook,
)
from kalends.webhooks.outputs import (
    client_webhook_output,
    event_type_webhook_output,
    team_webhook_output,
    user_webhook_output,
    whole_webhook_output,
)
from kalends.webhooks.refusals import SubscriberUrlTaken, UnknownWebhook
from kalends.webhooks.service import RevealedWebhook
from kalends.webhooks.webhook import Scope, Webhook

_OWN, _OWN_TAG = "/v2/webhooks", "Webhooks"
_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG = "/v2/event-types/{eventTypeId}/webhooks", "Event Types / Webhooks"
_OF_TEAM_EVENT_TYPE = "/v2/teams/{teamId}/event-types/{eventTypeId}/webhooks"
_OF_TEAM_EVENT_TYPE_TAG = "Teams / Event Types / Webhooks"
_OF_ORGANIZATION, _OF_ORGANIZATION_TAG = "/v2/organizations/{orgId}/webhooks", "Orgs / Webhooks"
_OF_CLIENT, _OF_CLIENT_TAG = "/v2/oauth-clients/{clientId}/webhooks", "Platform / Webhooks"
_OF_CREDENTIAL = "/v2/platform/webhooks"

Output = TypeVar("Output")
OutputOf: TypeAlias = Callable[[RevealedWebhook], Output]
Page: TypeAlias = Annotated[inputs.ListQuery, Depends(Query(inputs.ListQuery))]


def webhook_router(
    prefix: str,
    tag: str,
    scope_of_path: Guard[Scope],
    webhook_of_path: Guard[Webhook],
    output: OutputOf[Output],
    overseeing: Guard[Oversight | None] = no_oversight,
    *,
    readable_scope: Guard[Scope] | None = None,
) -> Router:
    """Return the operations on the webhooks of a scope, but for showing a single one.

    `readable_scope` is for the list, where more may see it than change it.
    """
    router = Router(prefix, tag, output=output)
    ScopeOfPath: TypeAlias = Annotated[Scope, Depends(scope_of_path)]
    ReadableScope: TypeAlias = Annotated[Scope, Depends(readable_scope or scope_of_path)]
    WebhookOfPath: TypeAlias = Annotated[Webhook, Depends(webhook_of_path)]
    Overseer: TypeAlias = Annotated[Oversight | None, Depends(overseeing)]

    @router.post("", refuses=(BoundReached, SubscriberUrlTaken, KeyMissing))
    async def create_webhook(
        scope: ScopeOfPath,
        body: inputs.CreateWebhookBody,
        keys: Keys,
        work: Work,
        settings: CurrentSettings,
        author: RequestAuthor,
        overseer: Overseer,
    ) -> Output:
        """Make a webhook."""
        is_of_event_type = scope.event_type_id is not None
        most = settings.event_type_webhooks_most if is_of_event_type else settings.webhooks_most
        await open_ledger(work, overseer)
        made = await service.create(work, keys, scope, body.to_command(), most=most, author=author)
        return output(service.reveal(keys, made))

    @router.get("", refuses=(KeyMissing,))
    async def list_webhooks(scope: ReadableScope, page: Page, keys: Keys, connection: Reader) -> list[Output]:
        """List the webhooks, the oldest first."""
        found = await service.list_in(connection, scope, take=page.take, skip=page.skip)
        return [output(service.reveal(keys, one)) for one in found]

    @router.patch("/{webhookId}", refuses=(UnknownWebhook, SubscriberUrlTaken, KeyMissing))
    async def update_webhook(
        webhook: WebhookOfPath,
        body: inputs.UpdateWebhookBody,
        keys: Keys,
        work: Work,
        now: Now,
        author: RequestAuthor,
        overseer: Overseer,
    ) -> Output:
        """Change a webhook; what is not sent stays."""
        await open_ledger(work, overseer)
        changed = await service.update(work, keys, webhook.id, body.to_command(), now=now, author=author)
        return output(service.reveal(keys, changed))

    @router.delete("/{webhookId}", refuses=(UnknownWebhook, KeyMissing))
    async def delete_webhook(
        webhook: WebhookOfPath, keys: Keys, work: Work, author: RequestAuthor, overseer: Overseer
    ) -> Output:
        """Delete a webhook and return it."""
        await open_ledger(work, overseer)
        return output(service.reveal(keys, await service.delete(work, webhook.id, author=author)))

    return router


def single_webhook_router(
    prefix: str, tag: str, webhook_of_path: Guard[Webhook], output: OutputOf[Output]
) -> Router:
    """Return the operation that shows a single webhook."""
    router = Router(prefix, tag, output=output)

    @router.get("/{webhookId}", refuses=(KeyMissing,))
    async def get_webhook(webhook: Annotated[Webhook, Depends(webhook_of_path)], keys: Keys) -> Output:
        """Show a webhook."""
        return output(service.reveal(keys, webhook))

    return router


def emptying_router(prefix: str, tag: str, scope_of_path: Guard[Scope]) -> Router:
    """Return the operation that deletes all webhooks of a scope."""
    router = Router(prefix, tag)

    @router.delete("")
    async def delete_webhooks(scope: Annotated[Scope, Depends(scope_of_path)], work: Work) -> str:
        """Delete all webhooks."""
        return f"{await service.delete_all(work, scope)} webhooks deleted"

    return router


routers = (
    webhook_router(_OWN, _OWN_TAG, own_scope, own_webhook, user_webhook_output),
    # With all that is stored of it, and whether it fails
    single_webhook_router(_OWN, _OWN_TAG, own_webhook, whole_webhook_output),
    delivery_router(_OWN, _OWN_TAG, own_webhook),
    webhook_router(
        _OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG, event_type_scope, event_type_webhook, event_type_webhook_output
    ),
    single_webhook_router(_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG, event_type_webhook, event_type_webhook_output),
    emptying_router(_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG, event_type_scope),
    delivery_router(_OF_EVENT_TYPE, _OF_EVENT_TYPE_TAG, event_type_webhook),
    # Deliveries come with bookings of teams' event types: until then there are none.
    webhook_router(
        _OF_TEAM_EVENT_TYPE,
        _OF_TEAM_EVENT_TYPE_TAG,
        team_event_type_scope,
        team_event_type_webhook,
        event_type_webhook_output,
    ),
    single_webhook_router(
        _OF_TEAM_EVENT_TYPE, _OF_TEAM_EVENT_TYPE_TAG, team_event_type_webhook, event_type_webhook_output
    ),
    emptying_router(_OF_TEAM_EVENT_TYPE, _OF_TEAM_EVENT_TYPE_TAG, team_event_type_scope),
    webhook_router(
        _OF_ORGANIZATION,
        _OF_ORGANIZATION_TAG,
        organization_scope,
        organization_webhook,
        team_webhook_output,
        organization_oversight,
    ),
    single_webhook_router(_OF_ORGANIZATION, _OF_ORGANIZATION_TAG, organization_webhook, team_webhook_output),
    delivery_router(_OF_ORGANIZATION, _OF_ORGANIZATION_TAG, organization_webhook),
    webhook_router(
        _OF_CLIENT,
        _OF_CLIENT_TAG,
        client_scope,
        client_webhook,
        client_webhook_output,
        readable_scope=readable_client_scope,
    ),
    single_webhook_router(_OF_CLIENT, _OF_CLIENT_TAG, readable_client_webhook, client_webhook_output),
    emptying_router(_OF_CLIENT, _OF_CLIENT_TAG, client_scope),
    delivery_router(_OF_CLIENT, _OF_CLIENT_TAG, client_webhook),
    # The client that the credential names
    webhook_router(
        _OF_CREDENTIAL, _OF_CLIENT_TAG, own_client_scope, own_client_webhook, client_webhook_output
    ),
    single_webhook_router(_OF_CREDENTIAL, _OF_CLIENT_TAG, own_client_webhook, client_webhook_output),
    emptying_router(_OF_CREDENTIAL, _OF_CLIENT_TAG, own_client_scope),
    delivery_router(_OF_CREDENTIAL, _OF_CLIENT_TAG, own_client_webhook),
)
